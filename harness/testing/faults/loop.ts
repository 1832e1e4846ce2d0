import type {Pod} from '../../recording/pod.ts';
import {status, type Edit} from '../edit.ts';
import type {Fault} from './fault.ts';

const loop = 'loop';

/** Edits the last versions of the Pod before it is deleted. */
const inTheEnd = (e: Edit, edit: Parameters<Edit['pods']>[2]) => {
  const alive = e.timeline.after.filter(({pod}) => pod.metadata.deletionTimestamp === undefined);
  return e.pods(alive.at(-1)?.index ?? NaN, alive.at(-1)?.index ?? NaN, edit);
};

/** Edits the neighbour after the loop began. */
const beside = (e: Edit, edit: Parameters<Edit['pods']>[2]) =>
  e.pods(0, Infinity, pod => {
    if (pod.metadata.name === 'neighbour' && pod.status.phase === 'Running') edit(pod);
  });

/** The source is started once more, 10 s after the Pod was deleted; its grace period is shorter. */
const startedLate = (id: string) => (pod: Pod) => {
  const startedAt = new Date(Date.parse(pod.metadata.deletionTimestamp ?? '') + 10_000).toISOString();
  Object.assign(status(pod, 'source'), {containerID: `containerd://${id}`, state: {running: {startedAt}}});
};

/** Faults in loops. */
export const loopFaults: readonly Fault[] = [
  {
    name: 'a back-off is shown that delays nothing',
    in: loop,
    edit: e => inTheEnd(e, pod => (status(pod, 'source').state = {waiting: {reason: 'CrashLoopBackOff'}})),
    turns: {'LOP-1': 'the starts did not become rarer, though CrashLoopBackOff was shown'},
  },
  {
    name: 'a Pod that loops fails',
    in: loop,
    edit: e => inTheEnd(e, pod => (pod.status.phase = 'Failed')),
    turns: {'LOP-2': 'the phase became Failed'},
  },
  {
    name: 'a restart count goes back to zero',
    in: loop,
    edit: e => inTheEnd(e, pod => (status(pod, 'worker').restartCount = 0)),
    turns: {'LOP-3': 'restartCount of worker went down'},
  },
  {
    name: 'a container is counted once more while it waits',
    in: loop,
    edit: e => {
      const waits = e.timeline.after.find(({pod}) => status(pod, 'worker').restartCount === 2)?.index ?? NaN;
      const [version] = e.recording.observations.slice(waits);
      if (version === undefined) throw new Error('worker does not wait for its second start');
      e.insert(waits, structuredClone(version)).pods(waits + 1, Infinity, pod => {
        if (pod.metadata.name === 'loop') status(pod, 'worker').restartCount += 1;
      });
    },
    turns: {'LOP-3': 'restartCount of worker is more than the number of its restarts'},
  },
  {
    name: 'one restart of many is not counted',
    in: loop,
    edit: e =>
      e.pods(e.raised, Infinity, pod => {
        if (pod.metadata.name === 'loop' && status(pod, 'worker').restartCount > 1)
          status(pod, 'worker').restartCount -= 1;
      }),
    turns: {'LOP-3': 'restartCount of worker is less than the number of its restarts'},
  },
  {
    name: 'one restart of many counts a container twice',
    in: loop,
    edit: e => {
      const second = e.timeline.after.find(({pod}) => status(pod, 'worker').restartCount === 2);
      e.pods(second?.index ?? NaN, Infinity, pod => {
        if (pod.metadata.name === 'loop') status(pod, 'worker').restartCount += 1;
      });
    },
    turns: {'LOP-3': 'restartCount of worker went up by more than one'},
  },
  {
    name: 'the neighbour is restarted with the loop',
    in: loop,
    edit: e => e.addPod('neighbour', pod => (status(pod, 'neighbour').restartCount = 1)),
    turns: {'LOP-4': 'neighbour was restarted'},
  },
  {
    name: 'a deleted Pod in a loop stays long after its grace period',
    in: loop,
    edit: e => {
      const step = e.recording.observations.findIndex(({kind}) => kind === 'step');
      const quick = (e.recording.observations[step]?.atMs ?? NaN) - 3_000; // the node was slower in that recording
      e.each('pod', version => (version.atMs = quick), 0, step).delay(e.last, 30_000);
    },
    turns: {'LOP-5': 'the Pod was there long after its grace period'},
  },
  {
    name: 'the loop goes on though the Pod was deleted',
    in: loop,
    edit: e => e.addPod('loop', startedLate('another')).addPod('loop', startedLate('a-third')),
    turns: {'LOP-5': 'source was started again'},
  },
  {
    name: 'a Pod without the action has the condition',
    in: loop,
    edit: e => beside(e, pod => pod.status.conditions.push({type: 'AllContainersRestarting', status: 'False'})),
    turns: {'CND-16': 'neighbour had it'},
  },
];
