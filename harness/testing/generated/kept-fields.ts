import type {Pod} from '../../recording/pod.ts';
import type {Generator, Scene} from './scene.ts';

/** What the Pod keeps: each field with another value, as long as it has one. */
const fields: Readonly<Record<string, (pod: Pod) => unknown>> = {
  'metadata.uid': pod => (pod.metadata.uid = 'another'),
  'metadata.generation': pod => (pod.metadata.generation = (pod.metadata.generation ?? 0) + 1),
  'metadata.ownerReferences': pod => (pod.metadata.ownerReferences = [{kind: 'Job', name: 'another', uid: 'another'}]),
  'spec.nodeName': pod => (pod.spec = {...pod.spec, nodeName: 'another'}),
  'spec.serviceAccountName': pod => (pod.spec = {...pod.spec, serviceAccountName: 'another'}),
  'spec.terminationGracePeriodSeconds': pod => (pod.spec = {...pod.spec, terminationGracePeriodSeconds: 77}),
  'status.podIP': pod => (pod.status['podIP'] = '10.244.0.99'),
  'status.podIPs': pod => pod.status.podIPs?.push({ip: 'fd00::99'}),
  'status.hostIP': pod => (pod.status['hostIP'] = '192.0.2.1'),
  'status.hostIPs': pod => (pod.status['hostIPs'] = [{ip: '192.0.2.1'}]),
  'status.startTime': pod => (pod.status.startTime = '2020-01-01T00:00:00Z'),
  'status.qosClass': pod => (pod.status['qosClass'] = 'BestEffort'),
};

const gone: Readonly<Record<string, (pod: Pod) => unknown>> = {
  'status.podIP': pod => delete pod.status['podIP'],
  'status.podIPs': pod => delete pod.status.podIPs,
  'status.hostIP': pod => delete pod.status['hostIP'],
  'status.startTime': pod => delete pod.status.startTime,
  'status.qosClass': pod => delete pod.status['qosClass'],
};

/** A field that the Pod keeps has another value from some version on, or is gone in one. */
export const keptFields: Generator = function* (scene) {
  for (const {index, at} of scene.places()) {
    for (const [path, change] of Object.entries(fields)) {
      const must = keepers(scene, path);
      if (must.length > 0)
        yield {
          kind: `${path} changes`,
          at,
          edit: e => scene.versions(e, index, Infinity, change),
          must,
          may: alsoOf(scene, path),
        };
    }
    for (const [path, change] of Object.entries(gone)) {
      const must = keepers(scene, path);
      if (must.length > 0)
        yield {kind: `${path} is gone for a moment`, at, edit: e => scene.versions(e, index, index, change), must};
    }
  }
};

function keepers(scene: Scene, path: string): readonly string[] {
  const kept = scene.given(['toPreserve'], given =>
    given.some(each => typeof each === 'string' && `${path}.`.startsWith(`${each}.`)),
  );
  return path === 'metadata.uid'
    ? [
        ...kept,
        ...scene.of('toKeepOnlyPod', 'toKeepGroup', 'toComeThrough'),
        ...scene.of('toRestartWithoutApiServer', 'toRestartOnceKubeletIsBack'),
      ]
    : kept;
}

/** A node that changes is seen by its name as by its address; what looks for the Pod by its UID may miss it. */
function alsoOf(scene: Scene, path: string): readonly string[] {
  if (path === 'metadata.uid')
    return scene.anywhere([
      'toPreserve',
      'toComeThrough',
      'toComeThroughEveryTime',
      'toKeepOnlyPod',
      'toEndWhenDeleted',
      'toEndInFinalPhase',
      'toEndByDeletion',
    ]);
  return [];
}
