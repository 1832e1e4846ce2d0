import {status} from '../edit.ts';
import type {Fault} from './fault.ts';

const sidecar = 'sidecar-exits';
const init = 'init-container-exits';
const regular = 'regular-container-exits';

/** Requirements that rest on what each container reads when it starts. */
const readAtStart = ['IDN-4', 'IDN-6', ...[1, 2, 3, 4, 5, 6, 10, 11].map(number => `VOL-${number}`), 'CTR-15'];

/** Faults in the containers' order, counts, hooks, ends and states. */
export const containerFaults: readonly Fault[] = [
  {
    name: 'an init container starts before the sidecar in front of it is ready',
    in: sidecar,
    edit: e => e.restarts('loader', start => (start.began = e.uptime('watcher', 'ready') - 0.3)),
    turns: {'CTR-1': 'loader started before watcher was ready'},
  },
  {
    name: 'an init container does not run again',
    in: regular,
    edit: e => e.dropJournal('loader', 'start', 'done'),
    turns: {
      'CTR-1': 'loader did not start',
      'CTR-2': 'reporter started before loader was done',
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
    turns: {'CTR-3': 'trainer started before reporter was ready'},
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
    turns: {'CTR-10': 'evaluator was alive for longer'},
  },
  {
    name: 'the last state tells of another end',
    in: sidecar,
    edit: e => e.lastPods(1, pod => (status(pod, 'prepare').lastState = {terminated: {exitCode: 1, reason: 'Error'}})),
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
];
