import {status, type Edit} from '../edit.ts';
import type {Fault} from './fault.ts';

const shape = 'agent-and-worker';

/** Puts another Pod of the same controller in, created after the restart has begun. */
function addPod(e: Edit): void {
  const {pod} = e.timeline.before;
  const object = {...pod, metadata: {...pod.metadata, name: 'another', uid: 'another'}};
  e.insert(e.raised, {kind: 'pod', atMs: e.timeline.stimulusAtMs + 1000, type: 'ADDED', object});
}

/** Puts a condition into every version of the Job from a place on. */
function giveJob(e: Edit, from: number, type: string, reason: string): void {
  e.objects('jobs', from, job => (job['status'] = {conditions: [{type, status: 'True', reason}]}));
}

const neverEnds = (from: (e: Edit) => number) => (e: Edit) => e.objects('jobs', from(e), job => (job['status'] = {}));

/** Faults in what controllers make of the restart. */
export const workloadFaults: readonly Fault[] = [
  {
    name: 'the ReplicaSet creates another Pod',
    in: 'deployment',
    edit: addPod,
    turns: {'WRK-1': 'another Pod was created'},
  },
  {
    name: 'the Pod is deleted',
    in: 'deployment',
    edit: e => e.lastPods(1, pod => (pod.metadata.deletionTimestamp = '2030-01-01T00:00:00Z')),
    turns: {'WRK-1': 'the Pod was deleted'},
  },
  {
    name: 'the Deployment makes another ReplicaSet',
    in: 'deployment',
    edit: e =>
      e.insert(e.raised, {
        kind: 'object',
        atMs: e.timeline.stimulusAtMs + 1000,
        resource: 'replicasets',
        type: 'ADDED',
        object: {metadata: {name: 'another', uid: 'another', resourceVersion: '1'}},
      }),
    turns: {'WRK-1': 'one more of replicasets was created'},
  },
  {
    name: 'the Deployment goes on without an available Pod',
    in: 'deployment',
    edit: e => e.objects('deployments', e.raised, deployment => (deployment['status'] = {availableReplicas: 0})),
    turns: {'WRK-1': 'availableReplicas did not come back'},
  },
  {
    name: 'the budget records a disrupted Pod',
    in: 'deployment',
    edit: e =>
      e.objects('poddisruptionbudgets', e.raised, budget => (budget['status'] = {disruptedPods: {deployment: 'now'}})),
    turns: {'WRK-7': 'a disrupted Pod was recorded'},
  },
  {
    name: 'the restart never comes',
    in: 'deployment',
    edit: e => e.stopAfter(e.raised),
    turns: {'WRK-1': 'no restart of all containers was seen', 'WRK-7': 'not every container was started again'},
  },
  {
    name: 'the StatefulSet replaces the Pod by one of the same name',
    in: 'statefulset',
    edit: e => e.lastPods(1, pod => (pod.metadata.uid = 'another')),
    turns: {'WRK-2': 'the Pod was replaced'},
  },
  {
    name: 'the Pod is left without its StatefulSet',
    in: 'statefulset',
    edit: e => e.pods(e.lowered, Infinity, pod => (pod.metadata.ownerReferences = [])),
    turns: {'WRK-2': 'the Pod lost its controller'},
  },
  {
    name: 'the DaemonSet creates another Pod for the node',
    in: 'daemonset',
    edit: addPod,
    turns: {'WRK-3': 'another Pod was created'},
  },
  {
    name: 'the Job counts a failed Pod',
    in: 'job',
    edit: e => e.objects('jobs', e.told('all finish'), job => Object.assign(statusIn(job), {failed: 1})),
    turns: {'WRK-4': 'the Job counted a failed Pod'},
  },
  {
    name: 'the Job does not become Complete',
    in: 'job',
    edit: neverEnds(e => e.told('all finish')),
    turns: {'WRK-4': 'the Job did not become Complete'},
  },
  {
    name: 'the podFailurePolicy ends the Job',
    in: 'job',
    edit: e => {
      giveJob(e, e.raised, 'FailureTarget', 'PodFailurePolicy');
    },
    turns: {'WRK-4': 'the Job failed', 'WRK-5': 'the Job failed with reason PodFailurePolicy'},
  },
  {
    name: 'the other index is restarted too',
    in: 'indexed-job',
    edit: e => {
      const other = e.recording.observations.findLast(
        o => o.kind === 'pod' && o.object.metadata.name !== e.timeline.before.pod.metadata.name,
      );
      if (other?.kind !== 'pod') throw new Error('no other index');
      const object = structuredClone(other.object);
      status(object, 'worker').restartCount = 1;
      e.insert(e.raised, {...other, object});
    },
    turns: {'WRK-6': 'another index was restarted'},
  },
  {
    name: 'the Pod gets another index',
    in: 'indexed-job',
    edit: e => e.lastPods(1, pod => (pod.metadata.labels = {'batch.kubernetes.io/job-completion-index': '7'})),
    turns: {'WRK-6': 'the index changed'},
  },
  {
    name: 'the podFailurePolicy does not end the Job of a Pod that failed',
    in: 'job-without-matching-rule',
    edit: e => {
      giveJob(e, 0, 'FailureTarget', 'BackoffLimitExceeded');
    },
    turns: {'WRK-14': 'the Job failed for another reason'},
  },
  {
    name: 'restarts of containers do not count against backoffLimit',
    in: 'job-on-failure',
    edit: neverEnds(e => e.raised),
    turns: {'WRK-9': 'the Job did not fail'},
  },
  {
    name: 'the Job fails for another reason than its backoffLimit',
    in: 'job-on-failure',
    edit: e => {
      giveJob(e, e.raised, 'Failed', 'DeadlineExceeded');
    },
    turns: {'WRK-9': 'the Job failed for another reason'},
  },
  {
    name: 'the worker does not wait for the barrier after the restart',
    in: shape,
    edit: e => e.restarts('worker', start => (start.began -= 1.2)),
    turns: {'WRK-10': 'worker started before the barrier was down'},
  },
  {
    name: 'the agent is restarted twice',
    in: shape,
    edit: e => e.pods(e.lowered, Infinity, pod => (status(pod, 'agent').restartCount += 1)),
    turns: {'WRK-11': 'restartCount of agent went up by more than 1'},
  },
  {
    name: 'the Job waits for the agent',
    in: shape,
    edit: neverEnds(e => e.told('the worker ends well')),
    turns: {'WRK-12': 'the Job did not become Complete'},
  },
  {
    name: 'the end of the agent with 0 restarts the worker too',
    in: shape,
    edit: e => e.pods(e.told('the agent ends well'), Infinity, pod => (status(pod, 'worker').restartCount += 1)),
    turns: {'WRK-13': 'restartCount of worker moved'},
  },
  {
    name: 'the second Pod of the group restarts twice',
    in: 'jobset',
    edit: e => e.addPod(another(e), pod => (status(pod, 'agent').restartCount = 2)),
    turns: {'WRK-8': 'restartCount of agent went up by more than 1'},
  },
  {
    name: 'the group never restarts',
    in: 'jobset',
    edit: e => e.stopAfter(e.timeline.stimulusIndex),
    turns: {'WRK-8': 'not started again: agent, worker'},
  },
  {
    name: 'a Pod of the group is deleted',
    in: 'jobset',
    edit: e => e.addPod(another(e), pod => (pod.metadata.deletionTimestamp = '2030-01-01T00:00:00Z')),
    turns: {'WRK-8': 'a Pod was deleted'},
  },
  {
    name: 'a Pod of the group is replaced',
    in: 'jobset',
    edit: e => e.addPod(another(e), pod => (pod.metadata.uid = 'new')),
    turns: {'WRK-8': 'another Pod was created'},
  },
  {
    name: 'JobSet makes another Job',
    in: 'jobset',
    edit: e =>
      e.insert(e.last, {
        kind: 'object',
        atMs: e.timeline.stimulusAtMs + 1000,
        resource: 'jobs',
        type: 'ADDED',
        object: {metadata: {name: 'another', uid: 'another', resourceVersion: '1'}},
      }),
    turns: {'WRK-8': 'one more of jobs was created'},
  },
  {
    name: 'JobSet counts a restart of its own',
    in: 'jobset',
    edit: showsJobSet({restarts: 1}),
    turns: {'WRK-8': 'status.restarts went up'},
  },
  {
    name: 'JobSet fails',
    in: 'jobset',
    edit: showsJobSet({conditions: [{type: 'Failed', status: 'True'}]}),
    turns: {'WRK-8': 'the JobSet failed'},
  },
];

/** An edit after which a last version of the JobSet has another status. */
function showsJobSet(status: object): (e: Edit) => void {
  return e => {
    const last = e.recording.observations.findLast(o => o.kind === 'object' && o.resource === 'jobsets');
    if (last?.kind !== 'object') throw new Error('no JobSet');
    const object = {...last.object, status: {...statusIn(last.object), ...status}};
    e.insert(e.last, {...last, type: 'MODIFIED', object});
  };
}

/** Name of a Pod that was told with the scenario's own. */
function another(e: Edit): string {
  const told = e.recording.observations.find(o => o.kind === 'stimulus' && o.pod !== undefined);
  if (told?.kind !== 'stimulus' || told.pod === undefined) throw new Error('no other Pod was told');
  return told.pod;
}

function statusIn(job: Record<string, unknown>): object {
  const {status: own} = job;
  return typeof own === 'object' && own !== null ? own : {};
}
