import {condition, status, type Edit} from './edit.ts';

/** A named fault, put into a good recording, and all that it turns red with what is seen instead. */
export interface Fault {
  readonly name: string;
  /** Scenario whose recording is edited. */
  readonly in: string;
  readonly edit: (recording: Edit) => void;
  /** Requirement to what its verdict says; nothing else may turn. */
  readonly turns: Readonly<Record<string, string>>;
}

const type = 'AllContainersRestarting';
const sidecar = 'sidecar-exits';
const init = 'init-container-exits';
const regular = 'regular-container-exits';
const otherwise = 'sidecar-exits-otherwise';
const lost = (path: string) => `${path} changed`;

/** Volumes under test and the requirement of each. */
const volumes = {
  'VOL-1': 'disk',
  'VOL-2': 'memory',
  'VOL-3': 'config',
  'VOL-4': 'secret',
  'VOL-5': 'downward',
  'VOL-6': 'projected',
};

const identity: readonly Fault[] = [
  {
    name: 'the UID changes',
    in: sidecar,
    edit: e => e.lastPods(3, pod => (pod.metadata.uid = 'another')),
    turns: {'IDN-1': lost('metadata.uid')},
  },
  {
    name: 'the Pod gets another address',
    in: sidecar,
    edit: e => e.lastPods(3, pod => (pod.status.podIPs = [{ip: '10.244.0.99'}])),
    turns: {'IDN-2': lost('status.podIPs')},
  },
  {
    name: 'the address is gone for a moment',
    in: regular,
    edit: e => e.pods(e.lowered, e.lowered, pod => delete pod.status.podIPs),
    turns: {'IDN-2': lost('status.podIPs')},
  },
  {
    name: 'the Pod is on another node',
    in: sidecar,
    edit: e => e.lastPods(1, pod => (pod.status['hostIP'] = '192.0.2.1')),
    turns: {'IDN-3': lost('status.hostIP')},
  },
  {
    name: 'a container finds another network namespace',
    in: sidecar,
    edit: e => e.restarts('trainer', start => (start.namespaces['net'] = 'net:[1]')),
    turns: {'IDN-4': 'trainer saw others than prepare before it'},
  },
  {
    name: 'the start time moves',
    in: init,
    edit: e => e.lastPods(1, pod => (pod.status.startTime = '2030-01-01T00:00:00Z')),
    turns: {'IDN-5': lost('status.startTime')},
  },
  {
    name: 'the host name changes',
    in: sidecar,
    edit: e => e.restarts('prepare', start => (start.hostname = 'another')),
    turns: {'IDN-6': 'prepare saw others than prepare before it'},
  },
  {
    name: 'the QoS class changes',
    in: sidecar,
    edit: e => e.lastPods(1, pod => (pod.status['qosClass'] = 'BestEffort')),
    turns: {'IDN-7': lost('status.qosClass')},
  },
  {
    name: 'the generation goes up',
    in: sidecar,
    edit: e => e.lastPods(1, pod => (pod.metadata.generation = 99)),
    turns: {'IDN-8': lost('metadata.generation')},
  },
];

const volume: readonly Fault[] = [
  ...Object.entries(volumes).flatMap(([id, name]): Fault[] => [
    {
      name: `volume ${name} is mounted anew`,
      in: sidecar,
      edit: e =>
        e.restarts(
          'trainer',
          start => (start.volumes[name] = {mount: '1:1', origin: start.volumes[name]?.origin ?? ''}),
        ),
      turns: {[id]: `volume ${name} is another mount (trainer)`},
    },
    {
      name: `volume ${name} is wiped`,
      in: init,
      edit: e =>
        e.restarts(
          undefined,
          start => (start.volumes[name] = {mount: start.volumes[name]?.mount ?? '', origin: 'new'}),
        ),
      turns: {[id]: `the content of volume ${name} changed (${id < 'VOL-3' ? 'watcher' : 'prepare'})`},
    },
  ]),
  {
    name: 'a container is resumed in place of made anew',
    in: sidecar,
    edit: e => e.restarts('reporter', start => (start.layer = 'used')),
    turns: {'VOL-10': 'what an earlier run wrote is still in the writable layer (reporter)'},
  },
  {
    name: 'what an init container appended is gone',
    in: regular,
    edit: e => e.restarts('prepare', start => (start.earlierRuns = 0)),
    turns: {'VOL-11': 'what an earlier run appended is missing, or more is there (prepare)'},
  },
];

const containers: readonly Fault[] = [
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
    edit: e => e.addJournal({container: 'evaluator', what: 'alive', uptime: e.uptime('evaluator', 'SIGTERM') + 20}),
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

const kept = (container: string, id: string | undefined) => (pod: Parameters<typeof status>[0]) => {
  const now = status(pod, container);
  now.state = {running: {}};
  if (id !== undefined) now.containerID = id;
};

const trigger: readonly Fault[] = [
  ...[
    {id: 'TRG-1', scenario: regular, container: 'reporter'},
    {id: 'TRG-2', scenario: init, container: 'watcher'},
    {id: 'TRG-3', scenario: sidecar, container: 'reporter'},
  ].map(({id, scenario, container}): Fault => ({
    name: `a running container is spared by the restart that ${id} is about`,
    in: scenario,
    edit: e => {
      const old = status(e.timeline.before.pod, container).containerID;
      e.pods(e.lowered + 1, Infinity, kept(container, old));
    },
    turns: {
      [id]: `not started again: ${container}`,
      'CTR-5': `${container} kept its container id`,
      'CND-13': `${container} was shown running under its old id`,
      'EPH-1': 'no restart of all containers was seen',
    },
  })),
  {
    name: 'an unlisted code moves the count of another container',
    in: otherwise,
    edit: e => e.lastPods(2, pod => (status(pod, 'trainer').restartCount = 1)),
    turns: {'TRG-5': 'restartCount of trainer moved'},
  },
  {
    name: 'an unlisted code raises the condition',
    in: otherwise,
    edit: e => e.pods(e.last, e.last, pod => (condition(pod, type).status = 'True')),
    turns: {'TRG-5': 'AllContainersRestarting became True'},
  },
  {
    name: 'after an unlisted code the source stays down',
    in: otherwise,
    edit: e => e.stopAfter(e.timeline.after[0]?.index ?? 0),
    turns: {'TRG-5': 'watcher was not started again'},
  },
];

const ephemeral: readonly Fault[] = [
  {
    name: 'the ephemeral container neither runs nor is terminated',
    in: sidecar,
    edit: e => e.lastPods(1, pod => (status(pod, 'debugger').state = {waiting: {reason: 'PodInitializing'}})),
    turns: {'EPH-1': 'debugger was not terminated'},
  },
  {
    name: 'the ephemeral container is counted',
    in: sidecar,
    edit: e => e.lastPods(1, pod => (status(pod, 'debugger').restartCount = 1)),
    turns: {'EPH-2': 'restartCount of debugger moved'},
  },
  {
    name: 'the ephemeral container leaves the status for a moment',
    in: sidecar,
    edit: e => e.pods(e.lowered, e.lowered, pod => (pod.status.ephemeralContainerStatuses = [])),
    turns: {'EPH-3': 'debugger left the status'},
  },
];

const shown = (e: Edit, edit: (now: ReturnType<typeof condition>) => void) =>
  e.pods(e.raised, e.lowered - 1, pod => {
    edit(condition(pod, type));
  });

const conditions: readonly Fault[] = [
  {
    name: 'the condition is True before any trigger',
    in: sidecar,
    edit: e =>
      e.pods(e.timeline.before.index - 4, e.timeline.before.index - 1, pod => (condition(pod, type).status = 'True')),
    turns: {'CND-1': 'AllContainersRestarting was True before'},
  },
  {
    name: 'the condition is never raised',
    in: sidecar,
    edit: e => {
      const before = structuredClone(condition(e.timeline.before.pod, type));
      e.pods(e.raised, Infinity, pod => Object.assign(condition(pod, type), before));
    },
    turns: {
      'CND-2': 'AllContainersRestarting never became True',
      'CND-3': 'AllContainersRestarting never became True',
      'CND-4': 'AllContainersRestarting never became True',
      'CND-5': 'AllContainersRestarting never became True',
      'CND-6': 'AllContainersRestarting never became True',
      'CND-7': 'AllContainersRestarting never became True',
      'CND-13': 'AllContainersRestarting did not go True and then False',
      'CND-14': 'AllContainersRestarting never became True',
    },
  },
  {
    name: 'a container is started again before the condition is raised',
    in: sidecar,
    edit: e => e.pods(e.raised, e.raised, pod => (status(pod, 'prepare').containerID = 'containerd://another')),
    turns: {'CND-2': 'prepare had been started again before'},
  },
  {
    name: 'the condition goes False while an old container runs',
    in: sidecar,
    edit: e => {
      e.pods(e.lowered, e.lowered, kept('evaluator', status(e.timeline.before.pod, 'evaluator').containerID));
    },
    turns: {
      'CND-3': 'evaluator was still running when AllContainersRestarting went False',
      'CND-13': 'evaluator was shown running under its old id',
    },
  },
  {
    name: 'the condition stays True',
    in: sidecar,
    edit: e => {
      const raised = structuredClone(
        condition(e.timeline.after.find(({index}) => index === e.raised)?.pod ?? e.timeline.before.pod, type),
      );
      e.pods(e.raised, Infinity, pod => Object.assign(condition(pod, type), raised));
    },
    turns: {
      'CND-3': 'AllContainersRestarting stayed True',
      'CND-13': 'AllContainersRestarting did not go True and then False',
    },
  },
  {
    name: 'the condition is raised a second time',
    in: sidecar,
    edit: e => {
      const {reason = '', message = ''} = condition(
        e.timeline.after.find(({index}) => index === e.raised)?.pod ?? e.timeline.before.pod,
        type,
      );
      e.pods(e.last, e.last, pod => Object.assign(condition(pod, type), {status: 'True', reason, message}));
    },
    turns: {'CND-4': 'AllContainersRestarting became True more than once'},
  },
  {
    name: 'lastTransitionTime goes back',
    in: sidecar,
    edit: e => e.pods(e.lowered, Infinity, pod => (condition(pod, type).lastTransitionTime = '2020-01-01T00:00:00Z')),
    turns: {'CND-5': 'lastTransitionTime went back'},
  },
  {
    name: 'lastTransitionTime moves without the status',
    in: sidecar,
    edit: e => e.pods(e.last, e.last, pod => (condition(pod, type).lastTransitionTime = '2030-01-01T00:00:00Z')),
    turns: {'CND-5': 'lastTransitionTime moved without the status'},
  },
  {
    name: 'the condition has no reason',
    in: sidecar,
    edit: e => shown(e, now => delete now.reason),
    turns: {
      'CND-6': 'reason or message is empty',
      'CND-14': 'reason is absent, message is "container exited with restart policy rule"',
    },
  },
  {
    name: 'the message names another container',
    in: sidecar,
    edit: e =>
      shown(e, now =>
        Object.assign(now, {reason: 'ContainerExited', message: 'Container trainer exited with code 88'}),
      ),
    turns: {'CND-14': 'reason is ContainerExited, message is "Container trainer exited with code 88"'},
  },
  {
    name: 'Ready stays True',
    in: sidecar,
    edit: e => e.pods(e.raised, e.raised, pod => (condition(pod, 'Ready').status = 'True')),
    turns: {'CND-7': 'Ready was not False while AllContainersRestarting was True'},
  },
  {
    name: 'ContainersReady does not come back',
    in: init,
    edit: e => e.pods(e.raised, Infinity, pod => (condition(pod, 'ContainersReady').status = 'False')),
    turns: {'CND-7': 'ContainersReady did not become True again'},
  },
  {
    name: 'the sandbox is reported gone for a moment',
    in: sidecar,
    edit: e => e.pods(e.lowered, e.lowered, pod => (condition(pod, 'PodReadyToStartContainers').status = 'False')),
    turns: {'CND-8': 'PodReadyToStartContainers was not True'},
  },
  {
    name: 'the Pod becomes uninitialized',
    in: sidecar,
    edit: e => e.pods(e.lowered, e.lowered, pod => (condition(pod, 'Initialized').status = 'False')),
    turns: {'CND-9': 'Initialized went from True to False'},
  },
  {
    name: 'the Pod fails for a moment',
    in: sidecar,
    edit: e => e.pods(e.raised, e.raised, pod => (pod.status.phase = 'Failed')),
    turns: {'CND-10': 'phase became Failed'},
  },
  {
    name: 'a container waits without a reason',
    in: sidecar,
    edit: e => e.pods(e.lowered, e.lowered, pod => (status(pod, 'trainer').state = {waiting: {}})),
    turns: {'CND-11': 'trainer waited without a reason'},
  },
];

/** Every recorded fault: at least one for each requirement. */
export const faults: readonly Fault[] = [
  ...trigger,
  ...identity,
  ...volume,
  ...containers,
  ...ephemeral,
  ...conditions,
];
