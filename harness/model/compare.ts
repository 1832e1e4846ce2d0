import type {Observation} from '../recording/observation.ts';
import {statusesOf, type ContainerStatus, type Pod} from '../recording/pod.ts';
import type {Recording} from '../recording/recording.ts';
import {marks} from '../timeouts.ts';
import {endDisagreements, hasExited, pathDisagreements, startDisagreements, type Disagreement} from './legal.ts';
import {predictAll, type Prediction} from './model.ts';
import type {Story} from './pod.ts';

/** What a recording says of the model. */
export interface Comparison {
  readonly outcome: 'agrees' | 'disagrees' | 'undecided';
  readonly disagreements: readonly Disagreement[];
  /** Why nothing can be said, where it is undecided. */
  readonly why: string | undefined;
}

/**
 * Compares a recording with what the model says of its story. Where the recording has a hole, the Pod was disturbed from
 * outside or the container that was told never exited, it is undecided.
 */
export function compare({pod, exits}: Story, recording: Recording): Comparison {
  const end = recording.observations.at(-1);
  if (end?.kind !== 'end') return undecided('the recording has no end');
  if (end.reason !== 'settled' && end.reason !== 'out-of-patience') return undecided(end.text);
  const [start = [], ...segments] = segmentsOf(recording);
  for (const [at, prediction] of predictAll(pod, exits).entries()) {
    const segment = segments[at];
    const before = podsOf(segments[at - 1] ?? start).at(-1);
    if (segment === undefined || before === undefined) {
      return undecided(`${prediction.exit.container} was not told to exit: ${end.text}`);
    }
    const comparison = compareExit(prediction, {
      server: recording.header.server,
      start,
      before,
      segment,
      wrong: at === 0 ? startDisagreements(pod, before) : [],
    });
    if (comparison.outcome !== 'agrees') return comparison;
  }
  return {outcome: 'agrees', disagreements: [], why: undefined};
}

/** What was seen before the first container was told to exit, and from each time that one was told until the next. */
function segmentsOf({header, observations}: Recording): readonly (readonly Observation[])[] {
  const seen = observations.filter(o => o.kind !== 'pod' || o.object.metadata.name === header.pod);
  const cuts = [0, ...seen.flatMap(({kind}, at) => (kind === 'stimulus' ? [at] : []))];
  return cuts.map((cut, at) => seen.slice(cut, cuts[at + 1]));
}

function podsOf(observations: readonly Observation[]): readonly Pod[] {
  return observations.flatMap(o => (o.kind === 'pod' ? [o.object] : []));
}

interface Around {
  /** gitVersion of the API server. */
  readonly server: string;
  /** What was seen before the first exit. */
  readonly start: readonly Observation[];
  readonly before: Pod;
  /** What was seen from this exit until the next. */
  readonly segment: readonly Observation[];
  /** What is wrong already. */
  readonly wrong: readonly Disagreement[];
}

function compareExit(prediction: Prediction, {server, start, before, segment, wrong}: Around): Comparison {
  const {container} = prediction.exit;
  const seen = {before, versions: podsOf(segment)};
  const last = seen.versions.at(-1) ?? before;
  const foreign = seen.versions.flatMap(statusesOf).find(status => foreignReasonOf(status) !== undefined);
  if (foreign !== undefined) return undecided(`${foreign.name}: ${foreignReasonOf(foreign) ?? ''}`);
  const onTheWay = [...wrong, ...pathDisagreements(prediction, seen)];
  if (onTheWay.length > 0) return disagree(onTheWay);
  const gap = segment.find(o => o.kind === 'gap' && o.resource === 'pods');
  if (gap?.kind === 'gap') return undecided(`the watch lost continuity: ${gap.why}`);
  const inTheEnd = endDisagreements(prediction, seen, server);
  if (inTheEnd.length === 0) return {outcome: 'agrees', disagreements: [], why: undefined};
  if (!hasExited(prediction, before, last)) return undecided(`${container} was not seen to exit`);
  const slow = slowness(start, segment);
  return slow === undefined ? disagree(inTheEnd) : undecided(slow);
}

/** What happens to a container by the machine's doing, not the story's. */
const foreignReasons = new Set([
  'OOMKilled',
  'ContainerStatusUnknown',
  'StartError',
  'ContainerCannotRun',
  'RunContainerError',
  'CreateContainerError',
  'CreateContainerConfigError',
  'ErrImagePull',
  'ImagePullBackOff',
]);

/** A container that could not be started is seen in its last state alone where it was tried again. */
function foreignReasonOf({state, lastState}: ContainerStatus): string | undefined {
  const reasons = [state.terminated?.reason, state.waiting?.reason, lastState.terminated?.reason];
  return reasons.find(reason => reason !== undefined && foreignReasons.has(reason));
}

/** Why what has not come says nothing of the cluster: the node was slow from the start, or still at work at the end. */
function slowness(start: readonly Observation[], segment: readonly Observation[]): string | undefined {
  const end = segment.at(-1);
  if (end?.kind !== 'end' || end.reason !== 'out-of-patience') return undefined;
  if ((start.at(-1)?.atMs ?? 0) > marks.slowPodStart.ms) {
    return `the node took over ${marks.slowPodStart.ms / 1000} s to start the Pod`;
  }
  const last = segment.findLast(({kind}) => kind === 'pod');
  const stoodStill = end.atMs - (last?.atMs ?? 0) >= marks.standstill.ms;
  return stoodStill ? undefined : 'the node was still at work when the patience was over';
}

function disagree(disagreements: readonly Disagreement[]): Comparison {
  return {outcome: 'disagrees', disagreements, why: undefined};
}

function undecided(why: string): Comparison {
  return {outcome: 'undecided', disagreements: [], why};
}
