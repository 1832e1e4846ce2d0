import {conditionOf, statusesOf, type Pod} from '../../recording/pod.ts';
import type {Generator} from './scene.ts';

const changes: Readonly<Record<string, (pod: Pod) => unknown>> = {
  'is restarted': pod => {
    statusesOf(pod).forEach(status => (status.restartCount += 1));
  },
  'has other containers': pod => {
    statusesOf(pod).forEach(status => (status.containerID = 'containerd://second'));
  },
  'is not ready': pod => {
    statusesOf(pod).forEach(status => (status.ready = false));
  },
  'has failed': pod => (pod.status.phase = 'Failed'),
};

/** A Pod on the same node that should go on as it is does not, at each of its versions from the first in which it is ready. */
export const neighbours: Generator = function* (scene) {
  if (!scene.isFirst) return;
  const {observations} = scene.recording;
  const names = new Set(observations.flatMap(o => (o.kind === 'pod' ? [o.object.metadata.name] : [])));
  names.delete(scene.pod);
  for (const name of names) {
    const isIt = ([its]: readonly unknown[]): boolean => its === name;
    const versions = observations.flatMap((o, index) =>
      o.kind === 'pod' && o.object.metadata.name === name ? [{index, pod: o.object}] : [],
    );
    const ready = versions.findIndex(
      ({pod}) => pod.status.phase === 'Running' && statusesOf(pod).every(each => each.ready),
    );
    for (const [place, {index}] of versions.entries()) {
      const at = `${name}, version ${place + 1} of ${versions.length}`;
      for (const [what, change] of Object.entries(changes))
        yield {
          kind: `a neighbour ${what}`,
          at,
          edit: e => e.pods(index, index, change),
          must: place > ready ? scene.given(['toLeaveAlone'], isIt) : [],
          may: scene.anywhere(['toLeaveAlone', 'toHaveNoCondition', 'toRestartOneIndex', 'toKeepGroup']),
        };
      yield {
        kind: 'a neighbour without the action has the condition',
        at,
        edit: e =>
          e.pods(index, index, pod => pod.status.conditions.push({type: 'AllContainersRestarting', status: 'False'})),
        must: scene.given(['toHaveNoCondition'], isIt),
      };
    }
    const last = versions.at(-1);
    if (last === undefined) continue;
    for (const [what, change] of Object.entries(changes))
      yield {
        kind: `a neighbour ${what}`,
        at: `${name}, in the end`,
        edit: e => e.addPod(name, change),
        must: scene.given(['toLeaveAlone'], isIt),
        may: scene.anywhere(['toRestartOneIndex']),
      };
    yield {
      kind: 'a neighbour is deleted',
      at: name,
      edit: e => e.insert(last.index, {kind: 'pod', type: 'DELETED', atMs: scene.timeline.end.atMs, object: last.pod}),
      must: scene.given(['toLeaveAlone'], isIt),
      may: scene.anywhere(['toKeepGroup', 'toKeepOnlyPod']),
    };
    yield {
      kind: 'the Pod beside it has no condition either',
      at: name,
      edit: e =>
        scene.versions(e, 0, Infinity, pod => {
          const condition = conditionOf(pod, 'AllContainersRestarting');
          pod.status.conditions = pod.status.conditions.filter(each => each !== condition);
        }),
      must: [],
      mustNotPass: scene.given(['toHaveNoCondition'], isIt),
      may: scene.all(),
    };
  }
};
