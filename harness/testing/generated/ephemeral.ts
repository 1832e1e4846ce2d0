import {status} from '../edit.ts';
import type {Generator} from './scene.ts';

/** An ephemeral container is started again, or leaves, at each version. */
export const ephemeralContainers: Generator = function* (scene) {
  for (const {name} of scene.timeline.before.pod.spec.ephemeralContainers) {
    const isIt = ([its]: readonly unknown[]): boolean => its === name;
    for (const {index, at} of scene.places()) {
      const where = `${name}, ${at}`;
      const may = scene.deviating();
      const restarts = scene.given(['toNotStartEphemeral'], isIt);
      const keeps = scene.given(['toKeepEphemeral'], isIt);
      yield {
        kind: 'an ephemeral container is started again',
        at: where,
        edit: e => scene.versions(e, index, Infinity, pod => (status(pod, name).containerID = 'containerd://second')),
        must: restarts,
        may,
      };
      yield {
        kind: 'an ephemeral container is counted as restarted',
        at: where,
        edit: e => scene.versions(e, index, Infinity, pod => (status(pod, name).restartCount += 1)),
        must: restarts,
        may,
      };
      yield {
        kind: 'an ephemeral container leaves the spec',
        at: where,
        edit: e => scene.versions(e, index, Infinity, pod => (pod.spec = {...pod.spec, ephemeralContainers: []})),
        must: keeps,
        may: [...may, ...scene.given(['toPreserve'], given => given.includes('spec'))],
      };
      yield {
        kind: 'an ephemeral container leaves the status',
        at: where,
        edit: e => scene.versions(e, index, Infinity, pod => (pod.status.ephemeralContainerStatuses = [])),
        must: keeps,
        may,
      };
    }
  }
};
