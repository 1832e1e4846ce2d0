import {sliceSchema} from '../../checks/service.ts';
import {conditionOf} from '../../recording/pod.ts';
import type {Generator} from './scene.ts';

/** The endpoint of the Pod is wrong in each version of its EndpointSlice. */
export const endpoints: Generator = function* (scene) {
  const both = scene.of('toKeepEndpoint', 'toHaveNoReadyEndpoint');
  if (both.length === 0) return;
  const slices = scene.recording.observations.flatMap((o, index) =>
    o.kind === 'object' &&
    o.resource === 'endpointslices' &&
    index > scene.timeline.stimulusIndex &&
    o.atMs <= scene.timeline.end.atMs
      ? [{index, atMs: o.atMs, metadata: o.object.metadata, endpoints: sliceSchema.parse(o.object).endpoints ?? []}]
      : [],
  );
  const down = slices.find(({endpoints: its}) => its.some(({conditions}) => conditions.ready === false));
  const until = scene.after.find(
    ({index, pod}) => index > (scene.raised[0]?.index ?? Infinity) && conditionOf(pod, 'Ready')?.status === 'True',
  );
  for (const {index, atMs, metadata, endpoints: its} of slices) {
    const at = scene.place(`observation ${index}`);
    yield {
      kind: 'the Pod leaves the EndpointSlice',
      at,
      edit: e => e.each('object', ({object}) => (object['endpoints'] = []), index, index),
      must: scene.of('toKeepEndpoint'),
      may: both,
    };
    yield {
      kind: 'the Pod has another address in the EndpointSlice',
      at,
      edit: e =>
        e.each(
          'object',
          ({object}) => (object['endpoints'] = its.map(each => ({...each, addresses: ['10.244.0.99']}))),
          index,
          index,
        ),
      must: scene.of('toKeepEndpoint'),
      may: both,
    };
    if (down === undefined || until === undefined || atMs >= until.atMs - 600) continue;
    yield {
      kind: 'the endpoint is ready before the Pod is',
      at,
      edit: e =>
        e.insert(index, {
          kind: 'object',
          resource: 'endpointslices',
          type: 'MODIFIED',
          atMs: atMs + 50,
          object: {
            metadata,
            endpoints: its.map(each => ({...each, conditions: {...each.conditions, ready: true}})),
          },
        }),
      must: index >= down.index ? scene.of('toHaveNoReadyEndpoint') : [],
      may: both,
    };
  }
  if (down === undefined) return;
  for (const ready of [true, false])
    yield {
      kind: ready ? 'the endpoint stays ready' : 'the endpoint does not become ready again',
      at: scene.place('throughout'),
      edit: e =>
        e.objects('endpointslices', down.index, object => {
          const all = sliceSchema.parse(object).endpoints ?? [];
          object['endpoints'] = all.map(each => ({...each, conditions: {...each.conditions, ready}}));
        }),
      must: ready ? [] : both,
      mustNotPass: both,
      may: both,
    };
};
