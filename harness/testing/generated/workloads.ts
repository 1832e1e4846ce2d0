import {controllerOf, statusesOf} from '../../recording/pod.ts';
import type {Observation} from '../../recording/observation.ts';
import type {Edit} from '../edit.ts';
import type {Generator, Scene} from './scene.ts';

type Watched = Extract<Observation, {kind: 'object'}>;
type Fields = Record<string, unknown>;

/** What looks at Pods and objects that come and go. */
const ofObjects = [
  'toKeepOnlyPod',
  'toKeepGroup',
  'toRestartOneIndex',
  'toKeepObjects',
  'toKeepJobSet',
  'toCountNoFailedPod',
  'toFailJobByPolicy',
  'toLeaveFailurePolicyAlone',
  'toCompleteJob',
  'toFailJobByRestarts',
] as const;

/** A controller takes the restart for the end of the Pod: it deletes it, or makes another. */
export const controllers: Generator = function* (scene) {
  const controller = controllerOf(scene.timeline.before.pod);
  if (controller === undefined) return;
  const may = scene.anywhere(ofObjects);
  const {pod} = scene.timeline.before;
  for (const {index, at, atMs} of scene.places()) {
    yield {
      kind: 'the controller creates another Pod',
      at,
      edit: e => {
        const object = {...pod, metadata: {...pod.metadata, name: 'another', uid: 'another'}};
        return e.insert(index, {kind: 'pod', atMs, type: 'ADDED', object});
      },
      must: scene.of('toKeepOnlyPod', 'toKeepGroup', 'toRestartOneIndex'),
      may,
    };
    yield {
      kind: 'the controller deletes the Pod',
      at,
      edit: e => scene.versions(e, index, Infinity, each => (each.metadata.deletionTimestamp = '2030-01-01T00:00:00Z')),
      must: scene.of('toKeepOnlyPod', 'toKeepGroup'),
      may,
    };
    yield {
      kind: "the Pod's index changes",
      at,
      edit: e =>
        scene.versions(
          e,
          index,
          Infinity,
          each => (each.metadata.labels = {'batch.kubernetes.io/job-completion-index': '7'}),
        ),
      must: scene.of('toRestartOneIndex'),
    };
  }
  for (const [index, o] of scene.recording.observations.entries()) {
    if (o.kind !== 'pod' || index < scene.timeline.stimulusIndex || o.object.metadata.name === scene.pod) continue;
    if (controllerOf(o.object)?.uid !== controller.uid) continue;
    for (const [field, change] of [
      ['id', (status: ReturnType<typeof statusesOf>[number]) => (status.containerID = 'containerd://second')],
      ['count', (status: ReturnType<typeof statusesOf>[number]) => (status.restartCount += 1)],
    ] as const)
      yield {
        kind: `a container of another index is restarted, by its ${field}`,
        at: scene.place(`observation ${index}`),
        edit: e =>
          e.pods(index, index, each => {
            statusesOf(each).slice(0, 1).forEach(change);
          }),
        must: scene.of('toRestartOneIndex'),
        may,
      };
  }
};

/** Objects that controllers keep are deleted, doubled, or tell of a failure, at each of their versions. */
export const controlled: Generator = function* (scene) {
  const may = scene.anywhere(ofObjects);
  const after = scene.recording.observations
    .map((o, index) => ({o, index}))
    .filter((each): each is {o: Watched; index: number} => each.o.kind === 'object')
    .filter(({index}) => index > scene.timeline.stimulusIndex);
  const before = scene.recording.observations.findLast(
    (o, index): o is Watched => o.kind === 'object' && index < scene.timeline.stimulusIndex,
  );
  const kept = (resource: string) => scene.given(['toKeepObjects'], ([its]) => its === resource);
  const resources = new Set(scene.recording.observations.flatMap(o => (o.kind === 'object' ? [o.resource] : [])));
  for (const resource of resources)
    for (const {index, at, atMs} of scene.places())
      if (kept(resource).length > 0 && before !== undefined)
        yield {
          kind: `one more of ${resource} is created`,
          at,
          edit: e => {
            const object = {...before.object, metadata: {...before.object.metadata, name: 'another', uid: 'another'}};
            return e.insert(index, {...before, resource, type: 'ADDED', atMs, object});
          },
          must: kept(resource),
        };
  for (const {o, index} of after) {
    const {resource} = o;
    const at = scene.place(`${resource}, observation ${index}`);
    const edit = (change: (object: Watched) => unknown) => (e: Edit) => e.each('object', change, index, index);
    const status = (differs: Fields) =>
      edit(({object}) => (object['status'] = {...fieldsOf(object['status']), ...differs}));
    yield {
      kind: 'a controlled object is deleted',
      at,
      edit: edit(object => (object.type = 'DELETED')),
      must: [...kept(resource), ...(resource === 'jobsets' ? scene.of('toKeepJobSet') : [])],
      may,
    };
    if (resource === 'jobs') {
      yield {
        kind: 'the Job counts a failed Pod',
        at,
        edit: status({failed: 1}),
        must: scene.of('toCountNoFailedPod'),
        may,
      };
      yield {
        kind: 'the Job has a failed Pod to count',
        at,
        edit: status({uncountedTerminatedPods: {failed: ['a']}}),
        must: scene.of('toCountNoFailedPod'),
        may,
      };
      for (const type of ['Failed', 'FailureTarget'])
        yield {
          kind: 'the Job fails by its failure policy',
          at,
          edit: status({conditions: [{type, status: 'True', reason: 'PodFailurePolicy'}]}),
          must: scene.of('toCountNoFailedPod', 'toLeaveFailurePolicyAlone'),
          may,
        };
    }
    if (resource === 'poddisruptionbudgets')
      yield {
        kind: 'a disrupted Pod is recorded',
        at,
        edit: status({disruptedPods: {[scene.pod]: '2030-01-01T00:00:00Z'}}),
        must: scene.of('toLeaveBudgetAlone'),
      };
    if (resource === 'jobsets') {
      yield {kind: 'the JobSet counts a restart', at, edit: status({restarts: 1}), must: scene.of('toKeepJobSet')};
      yield {kind: 'the JobSet fails', at, edit: status({terminalState: 'Failed'}), must: scene.of('toKeepJobSet')};
      yield {
        kind: 'the JobSet fails',
        at: `${at}, by its condition`,
        edit: status({conditions: [{type: 'Failed', status: 'True'}]}),
        must: scene.of('toKeepJobSet'),
      };
    }
  }
  for (const resource of resources) {
    const available = scene.given(['toBeAvailableAgain'], ([its]) => its === resource);
    yield {
      kind: 'not all Pods are counted as available again',
      at: scene.place(resource),
      edit: e =>
        e.objects(resource, scene.timeline.stimulusIndex, object => {
          object['status'] = {...fieldsOf(object['status']), availableReplicas: 0};
        }),
      must: available,
    };
  }
  yield {
    kind: 'the Job does not end',
    at: scene.place('throughout'),
    edit: e => e.objects('jobs', scene.timeline.stimulusIndex, job => (job['status'] = {})),
    must: scene.of('toCompleteJob', 'toFailJobByRestarts', 'toFailJobByPolicy'),
    may,
  };
  yield {
    kind: 'the Job ends for another reason',
    at: scene.place('throughout'),
    edit: e =>
      e.objects('jobs', scene.timeline.stimulusIndex, job => {
        job['status'] = {conditions: [{type: 'Failed', status: 'True', reason: 'DeadlineExceeded'}]};
      }),
    must: scene.of('toCompleteJob', 'toFailJobByRestarts', 'toCountNoFailedPod'),
    may,
  };
};

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? {...value} : {};
}

export type {Scene};
