import {status} from '../edit.ts';
import type {Pod} from '../../recording/pod.ts';
import type {Fault} from './fault.ts';

const sidecar = 'sidecar-exits';
const init = 'init-container-exits';
const regular = 'regular-container-exits';

/** Requirements that rest on what each container reads when it starts. */
const readAtStart = [
  'IDN-4',
  'IDN-6',
  'IDN-12',
  ...[1, 2, 3, 4, 5, 6, 9, 10, 11].map(number => `VOL-${number}`),
  'CTR-15',
  'CTR-16',
];

/** Faults in the containers' order, counts, hooks, ends and states. */
export const containerFaults: readonly Fault[] = [
  {
    name: 'an init container starts before the sidecar in front of it is ready',
    in: sidecar,
    edit: e => e.restarts('loader', start => (start.began = e.uptime('watcher', 'ready') - 0.3)),
    turns: {
      'CTR-1': 'loader started before watcher was ready',
      'CTR-2': 'loader started before watcher was ready',
    },
  },
  {
    name: 'an init container does not run again',
    in: regular,
    edit: e => e.dropJournal('loader', 'start', 'done'),
    turns: {
      'CTR-1': 'loader did not start',
      'CTR-2': 'loader did not start',
      'CTR-3': 'trainer started before loader was done',
      ...Object.fromEntries(readAtStart.map(id => [id, 'the journal has no new start of loader'])),
    },
  },
  {
    name: 'a sidecar starts before the init container in front of it is done',
    in: sidecar,
    edit: e => e.restarts('reporter', start => (start.began = e.uptime('loader', 'done') - 0.1)),
    turns: {'CTR-2': 'reporter started before loader was done'},
  },
  {
    name: 'a regular container does not wait for a startup probe',
    in: sidecar,
    edit: e => e.restarts('trainer', start => (start.began = e.uptime('reporter', 'ready') - 0.1)),
    turns: {
      'CTR-2': 'trainer started before reporter was ready',
      'CTR-3': 'trainer started before reporter was ready',
    },
  },
  {
    name: 'a restart count jumps by two',
    in: sidecar,
    edit: e => e.lastPods(2, pod => (status(pod, 'evaluator').restartCount += 1)),
    turns: {'CTR-4': 'restartCount of evaluator went up by more than 1'},
  },
  {
    name: 'a restart count stays',
    in: regular,
    edit: e => e.pods(e.raised, Infinity, pod => (status(pod, 'prepare').restartCount = 0)),
    turns: {'CTR-4': 'restartCount of prepare did not go up'},
  },
  {
    name: 'a container that had not run is counted',
    in: init,
    edit: e => e.lastPods(1, pod => (status(pod, 'trainer').restartCount = 1)),
    turns: {'CTR-4': 'restartCount of trainer went up by more than 0'},
  },
  {
    name: 'postStart does not run again',
    in: sidecar,
    edit: e => e.dropJournal('trainer', 'postStart'),
    turns: {'CTR-8': 'postStart of trainer did not run again'},
  },
  {
    name: 'postStart runs twice',
    in: sidecar,
    edit: e => e.addJournal({container: 'trainer', what: 'postStart', uptime: e.uptime('trainer', 'postStart') + 1}),
    turns: {'CTR-8': 'postStart of trainer ran more often than trainer'},
  },
  {
    name: 'a preStop hook runs',
    in: sidecar,
    edit: e => e.addJournal({container: 'trainer', what: 'preStop', uptime: e.uptime('trainer', 'SIGTERM') - 0.05}),
    turns: {'CTR-9': 'preStop of trainer ran'},
  },
  {
    name: 'the grace period is waited for',
    in: sidecar,
    edit: e => {
      const told = e.uptime('evaluator', 'SIGTERM');
      for (let after = 2; after < 20; after += 0.5) {
        e.addJournal({container: 'evaluator', what: 'alive', uptime: told + after});
      }
    },
    turns: {
      'CTR-10': 'evaluator was alive for longer',
      'CTR-16': 'evaluator ran twice at a time',
      'CTR-17': 'they took longer',
    },
  },
  {
    name: 'a container is killed without a signal',
    in: sidecar,
    edit: e => e.dropJournal('trainer', 'SIGTERM'),
    turns: {'CTR-25': 'trainer did not get SIGTERM'},
  },
  {
    name: 'the last state tells of another end',
    in: sidecar,
    edit: e => e.lastPods(1, pod => (status(pod, 'trainer').lastState = {terminated: {exitCode: 1, reason: 'Error'}})),
    turns: {'CTR-12': 'lastState is terminated for another reason'},
  },
  {
    name: "the source's exit code is never shown",
    in: sidecar,
    edit: e =>
      e.pods(
        e.raised,
        e.lowered,
        pod => (status(pod, 'watcher').state = {waiting: {reason: 'RestartingAllContainers'}}),
      ),
    turns: {'CTR-13': 'the exit code was never shown'},
  },
  {
    name: 'the environment changes',
    in: sidecar,
    edit: e => e.restarts('evaluator', start => (start.environment = 'another')),
    turns: {'CTR-15': 'the environment changed (evaluator)'},
  },
  {
    name: 'the image changes',
    in: sidecar,
    edit: e => e.lastPods(12, pod => (status(pod, 'prepare').imageID = 'another')),
    turns: {'CTR-15': 'the image of prepare changed'},
  },
  {
    name: 'the old run of a container goes on beside the new one',
    in: sidecar,
    edit: e => e.addJournal({container: 'evaluator', what: 'alive', uptime: e.uptime('evaluator', 'start') + 0.1}),
    turns: {'CTR-10': 'evaluator was alive for longer', 'CTR-16': 'evaluator ran twice at a time'},
  },
  {
    name: 'a container that had completed stays so',
    in: 'pod-policy-always',
    edit: e => {
      e.step('others have ended');
      const old = status(e.timeline.before.pod, 'on-failure');
      e.pods(e.lowered, e.last, pod => Object.assign(status(pod, 'on-failure'), old));
    },
    turns: {'CTR-6': 'on-failure did not run again'},
  },
  {
    name: 'a container that waited in CrashLoopBackOff goes on waiting',
    in: 'crash-loop',
    edit: e => {
      const old = status(e.timeline.before.pod, 'crasher');
      e.pods(e.lowered, e.last, pod => Object.assign(status(pod, 'crasher'), old));
    },
    turns: {'CTR-7': 'crasher did not run again', 'CTR-22': 'crasher was not seen to start again'},
  },
  {
    name: 'a container that waited in CrashLoopBackOff waits on when the others run again',
    in: 'crash-loop',
    edit: e => e.restarts('crasher', start => (start.began = e.uptime('source', 'ready') + 12)),
    turns: {'CTR-7': 'crasher waited for its back-off'},
  },
  {
    name: 'a container that waited in CrashLoopBackOff is counted twice',
    in: 'crash-loop',
    edit: e => e.pods(e.lowered, e.last, pod => (status(pod, 'crasher').restartCount += 2)),
    turns: {'CTR-22': 'restartCount of crasher went up by more than 1'},
  },
  {
    name: 'a container that is restarted alone after a restart of all is counted twice',
    in: 'restarted-alone-later',
    edit: e => e.step('once').pods(e.timeline.stimulusIndex, e.last, pod => (status(pod, 'worker').restartCount += 1)),
    turns: {'CTR-24': 'restartCount of worker went up by more than 1'},
  },
  {
    name: 'a container that is restarted alone for the first time is not counted',
    in: 'restarted-alone-later',
    edit: e => e.step('once').pods(e.timeline.stimulusIndex, Infinity, pod => (status(pod, 'worker').restartCount = 1)),
    turns: {'CTR-24': 'restartCount of worker did not go up'},
  },
  {
    name: 'the log of the previous run is that of another',
    in: 'sidecar-exits-early',
    edit: e => e.answers('the log of the run that was ended', {code: 200, body: ''}),
    turns: {'CTR-14': 'the log does not have what the run wrote'},
  },
  {
    name: 'the log of the previous run is refused for another reason',
    in: 'sidecar-exits-early',
    edit: e => e.answers('the log of the run that was ended', {code: 400, body: 'container "worker" is not valid'}),
    turns: {'CTR-14': 'the answer was 400: container "worker" is not valid'},
  },
  {
    name: 'a preStop hook does not run when the Pod is deleted',
    in: 'probe-fails',
    edit: e =>
      e.pods(e.timeline.stimulusIndex, Infinity, pod => {
        exitsWith(pod, 'source', 42, 143);
      }),
    turns: {'CTR-18': 'the preStop hook of source did not run'},
  },
  {
    name: 'a container is given other limits',
    in: 'behind-service',
    edit: e => {
      e.step('resized');
      e.pods(e.lowered, e.last, pod => (status(pod, 'worker').resources = {limits: {cpu: '2'}}));
    },
    turns: {'CTR-21': 'the status of worker has other resources'},
  },
  {
    name: 'the cgroup of a container has other limits',
    in: 'behind-service',
    edit: e => e.restarts('worker', ({volumes: {limits}}) => limits && (limits.origin = '134217728 100000 100000 ')),
    turns: {'CTR-20': 'the cgroup of worker has other limits', 'CTR-21': 'the cgroup of worker has other limits'},
  },
  {
    name: 'a container that had not run starts with a count',
    in: init,
    edit: e => e.pods(e.lowered, Infinity, pod => (status(pod, 'trainer').restartCount = 1)),
    turns: {
      'CTR-4': 'restartCount of trainer went up by more than 0',
      'CTR-23': 'restartCount of trainer was not 0 when it started',
    },
  },
];

/** Changes the code that a container ended with. */
function exitsWith(pod: Pod, container: string, was: number, is: number): void {
  const {terminated} = status(pod, container).state;
  if (terminated?.exitCode === was) terminated.exitCode = is;
}
