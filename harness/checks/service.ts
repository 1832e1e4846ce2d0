import {z} from 'zod';
import {conditionOf} from '../recording/pod.ts';
import {objectsOf, type Timeline} from '../recording/timeline.ts';
import {marks} from '../timeouts.ts';
import {broken, held, missing, unknown, type Check, type Evidence, type Finding} from './finding.ts';
import {evidence, ofRestart, stimulusEvidence} from './restart.ts';

/** What is read of an EndpointSlice. */
export const sliceSchema = z.looseObject({
  endpoints: z
    .array(
      z.looseObject({
        addresses: z.array(z.string()),
        conditions: z.looseObject({ready: z.boolean().nullish()}).default({}),
        targetRef: z.looseObject({name: z.string().optional()}).optional(),
      }),
    )
    .nullish(),
});

/** The Pod's endpoint in one version of the EndpointSlice; no addresses where it is not there. */
interface Endpoint {
  readonly index: number;
  readonly atMs: number;
  readonly slice: string;
  readonly resourceVersion: string;
  readonly addresses: string;
  readonly ready: boolean;
}

/** The Pod's endpoints from the last before the stimulus until the next one, in order. */
function endpointsOf(timeline: Timeline): readonly Endpoint[] {
  return endpointsFrom(timeline).filter(({index, atMs}) => index < timeline.stimulusIndex || atMs <= timeline.end.atMs);
}

/** The Pod's endpoints from the last before the stimulus until the end of the recording, in order. */
function endpointsFrom({recording, before: {pod}, stimulusIndex}: Timeline): readonly Endpoint[] {
  const endpoints = objectsOf(recording, 'endpointslices').map(({index, atMs, object}) => {
    const found = (sliceSchema.parse(object).endpoints ?? []).find(
      ({targetRef}) => targetRef?.name === pod.metadata.name,
    );
    return {
      index,
      atMs,
      slice: object.metadata.name,
      resourceVersion: object.metadata.resourceVersion,
      addresses: found?.addresses.join(' ') ?? '',
      ready: found !== undefined && found.conditions.ready !== false,
    };
  });
  // There is a slice for each family of addresses: one that has the Pod is followed.
  const before = new Map(endpoints.filter(({index}) => index < stimulusIndex).map(each => [each.slice, each]));
  const first = [...before.values()].find(({addresses}) => addresses !== '') ?? [...before.values()].at(-1);
  const later = endpoints.filter(({index, slice}) => index > stimulusIndex && slice === first?.slice);
  return first === undefined ? [] : [first, ...later];
}

/**
 * The EndpointSlice keeps the Pod and its address through the restart; the endpoint is not ready in between and ready again
 * afterwards (KEP-5532, Restart Phases; pod-lifecycle, Readiness probe).
 */
export function keepsEndpoint(): Check {
  return timeline => {
    const expected = 'the EndpointSlice keeps the address of the Pod: not ready in between, ready afterwards';
    const [first, ...later] = endpointsOf(timeline);
    const hole = holeIn(timeline, first);
    if (hole !== undefined || first === undefined) return unknown(expected, hole ?? '');
    const trail = [show(first), stimulusEvidence(timeline)];
    const moved = later.find(({addresses}) => addresses !== first.addresses);
    if (moved !== undefined) {
      const saw = moved.addresses === '' ? 'the Pod left the EndpointSlice' : 'the Pod had another address in it';
      return broken(expected, saw, [...trail, show(moved)]);
    }
    const down = later.find(({ready}) => !ready);
    if (down === undefined) return neverDown(timeline, expected, trail);
    const last = later.at(-1);
    if (last?.ready !== true) return neverUp(timeline, expected, [...trail, show(down)]);
    return ofRestart(timeline, held(expected, [...trail, show(down), show(last)]));
  };
}

/** Once the endpoint is not ready, it is not ready again before the Pod is (pod-lifecycle, Readiness probe). */
export function hasNoReadyEndpoint(): Check {
  return timeline => {
    const expected = 'the endpoint of the Pod is not ready until the Pod is ready again';
    const [first, ...later] = endpointsOf(timeline);
    const hole = holeIn(timeline, first);
    if (hole !== undefined || first === undefined) return unknown(expected, hole ?? '');
    const trail = [show(first), stimulusEvidence(timeline)];
    const down = later.find(({ready}) => !ready);
    if (down === undefined) return neverDown(timeline, expected, trail);
    const again = later.find(({index, ready}) => index > down.index && ready);
    const {since, until} = notReady(timeline);
    if (since === undefined || until === undefined)
      return unknown(expected, 'the Pod was not seen to become ready again', [...trail, show(down)]);
    const seen = [...trail, show(down), evidence(until, 'Ready=True')];
    if (again === undefined) return neverUp(timeline, expected, seen);
    // The two come over different connections, of which one may lag behind.
    const sooner = again.atMs < until.atMs - marks.clocks.ms;
    if (sooner && !isNewer(again.resourceVersion, until.pod.metadata.resourceVersion))
      return broken(expected, 'it was ready before the Pod was', [...seen, show(again)]);
    return ofRestart(timeline, held(expected, [...seen, show(again)]));
  };
}

function show({index, atMs, addresses, ready}: Endpoint): Evidence {
  return {index, atMs, text: `endpoint ${addresses === '' ? 'absent' : addresses}, ${ready ? 'ready' : 'not ready'}`};
}

function holeIn({recording}: Timeline, first: Endpoint | undefined): string | undefined {
  const gap = recording.observations.find(o => o.kind === 'gap' && o.resource === 'endpointslices');
  if (gap?.kind === 'gap') return `the watch lost continuity: ${gap.why}`;
  return first?.ready === true ? undefined : 'the endpoint was not ready when the source was told to exit';
}

/** Whether a resourceVersion is newer than another (API concepts, "Resource versions"); not, where they can't be compared. */
function isNewer(one: string, other: string): boolean {
  return [one, other].every(each => /^\d+$/.test(each)) && BigInt(one) > BigInt(other);
}

/** The first version in which the Pod is not Ready, and the first after it in which it is again. */
function notReady({after}: Timeline) {
  const since = after.find(({pod}) => conditionOf(pod, 'Ready')?.status === 'False');
  const until = after.find(
    ({index, pod}) => index > (since?.index ?? Infinity) && conditionOf(pod, 'Ready')?.status === 'True',
  );
  return {since, until};
}

/** The endpoint did not become ready again, unless it did so too late for this step: the controller has its own pace. */
function neverUp(timeline: Timeline, expected: string, trail: readonly Evidence[]): Finding {
  const saw = 'it did not become ready again';
  const late = endpointsFrom(timeline).find(({atMs, ready}) => atMs > timeline.end.atMs && ready);
  return late === undefined
    ? missing(timeline, expected, saw, trail)
    : unknown(expected, `${saw} before the next step`, [...trail, show(late)]);
}

/** The endpoint stayed ready: that counts where the Pod was not for long enough to be noticed. */
function neverDown(timeline: Timeline, expected: string, trail: readonly Evidence[]): Finding {
  const {since, until} = notReady(timeline);
  if (since === undefined) return unknown(expected, 'the Pod was not seen to be not Ready', trail);
  const seen = [...trail, evidence(since, 'Ready=False')];
  const lastedMs = (until?.atMs ?? timeline.end.atMs) - since.atMs;
  return lastedMs < marks.endpointNoticed.ms
    ? unknown(expected, 'the Pod was not Ready for too short a time to be noticed', seen)
    : broken(expected, 'the endpoint stayed ready', seen);
}
