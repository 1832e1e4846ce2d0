import {condition, runsUnder, status, type Edit} from '../edit.ts';
import type {Fault} from './fault.ts';

const sidecar = 'sidecar-exits';
const init = 'init-container-exits';
const type = 'AllContainersRestarting';

const shown = (e: Edit, edit: (now: ReturnType<typeof condition>) => void) =>
  e.pods(e.raised, e.lowered - 1, pod => {
    edit(condition(pod, type));
  });

/** Faults in conditions and phase. */
export const conditionFaults: readonly Fault[] = [
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
      'CND-15': 'AllContainersRestarting never became True',
      'CND-17': 'AllContainersRestarting never became True',
      'CND-18': 'AllContainersRestarting never became True',
    },
  },
  {
    name: 'the condition is not reported as True, though its time moves',
    in: sidecar,
    edit: e => e.pods(e.raised, Infinity, pod => (condition(pod, type).status = 'False')),
    turns: {
      'CND-2': 'AllContainersRestarting was not reported as True while containers were ended',
      'CND-3': 'AllContainersRestarting was not reported as True while containers were ended',
      'CND-4': 'AllContainersRestarting was not reported as True while containers were ended',
      'CND-5': 'lastTransitionTime tells of a change that was not delivered',
      'CND-6': 'AllContainersRestarting never became True',
      'CND-7': 'AllContainersRestarting never became True',
      'CND-13': 'AllContainersRestarting did not go True and then False',
      'CND-14': 'AllContainersRestarting never became True',
      'CND-15': 'AllContainersRestarting never became True',
      'CND-17': 'AllContainersRestarting never became True',
      'CND-18': 'AllContainersRestarting was not reported as True while containers were ended',
    },
  },
  {
    name: 'a container is started again before the condition is raised',
    in: sidecar,
    edit: e => {
      const [last] = e.timeline.after.slice(-1);
      const {containerID = ''} = status(last?.pod ?? e.timeline.before.pod, 'prepare');
      e.pods(e.raised, e.raised, pod => (status(pod, 'prepare').containerID = containerID));
    },
    turns: {'CND-2': 'prepare had been started again before'},
  },
  {
    name: 'the condition goes False while an old container runs',
    in: sidecar,
    edit: e => {
      e.pods(e.lowered, e.lowered, runsUnder('evaluator', status(e.timeline.before.pod, 'evaluator').containerID));
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
      'CND-18': 'AllContainersRestarting stayed True, and was not watched for so long',
    },
  },
  {
    name: 'the condition goes False when more than a minute has passed',
    in: sidecar,
    edit: e => e.delay(e.lowered, 61_000),
    turns: {'CND-18': 'AllContainersRestarting was True for longer'},
  },
  {
    name: 'the condition is there twice',
    in: sidecar,
    edit: e => e.pods(e.last, e.last, pod => pod.status.conditions.push({...condition(pod, type)})),
    turns: {'CND-17': 'AllContainersRestarting was there more than once'},
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
    name: 'lastTransitionTime moves though the status does not',
    in: sidecar,
    edit: e => e.pods(e.last, Infinity, pod => (condition(pod, type).lastTransitionTime = '2099-01-01T00:00:00Z')),
    turns: {'CND-5': 'lastTransitionTime moved though the status did not'},
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
    turns: {'CND-10': 'phase became Failed', 'CND-15': 'phase was Failed'},
  },
  {
    name: 'the phase is Running while an init container runs',
    in: sidecar,
    edit: e => e.pods(e.raised, e.last, pod => (pod.status.phase = 'Running')),
    turns: {'CND-15': 'phase was Running while an init container ran'},
  },
  {
    name: 'a container waits without a reason',
    in: sidecar,
    edit: e => e.pods(e.lowered, e.lowered, pod => (status(pod, 'trainer').state = {waiting: {}})),
    turns: {'CND-11': 'trainer waited without a reason'},
  },
];
