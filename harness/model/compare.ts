import type {Observation} from '../recording/observation.ts';
import {statusesOf, type Pod} from '../recording/pod.ts';
import type {Recording} from '../recording/recording.ts';
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
  const [start, ...segments] = segmentsOf(recording);
  for (const [at, prediction] of predictAll(pod, exits).entries()) {
    const segment = segments[at];
    const before = podsOf(segments[at - 1] ?? start ?? []).at(-1);
    if (segment === undefined || before === undefined) {
      return undecided(`${prediction.exit.container} was not told to exit: ${end.text}`);
    }
    const comparison = compareExit(prediction, before, segment, at === 0 ? startDisagreements(pod, before) : []);
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

function compareExit(
  prediction: Prediction,
  before: Pod,
  segment: readonly Observation[],
  startedWrong: readonly Disagreement[],
): Comparison {
  const {container} = prediction.exit;
  const seen = {before, versions: podsOf(segment)};
  const last = seen.versions.at(-1) ?? before;
  const foreign = seen.versions
    .flatMap(statusesOf)
    .find(({state}) => foreignReasons.has(state.terminated?.reason ?? ''));
  if (foreign !== undefined) return undecided(`${foreign.name} ended with ${foreign.state.terminated?.reason ?? ''}`);
  const onTheWay = [...startedWrong, ...pathDisagreements(prediction, seen)];
  if (onTheWay.length > 0) return disagree(onTheWay);
  const gap = segment.find(o => o.kind === 'gap' && o.resource === 'pods');
  if (gap?.kind === 'gap') return undecided(`the watch lost continuity: ${gap.why}`);
  const inTheEnd = endDisagreements(prediction, seen);
  if (inTheEnd.length === 0) return {outcome: 'agrees', disagreements: [], why: undefined};
  if (!hasExited(prediction, before, last)) return undecided(`${container} was not seen to exit`);
  return isStillAtWork(segment)
    ? undecided('the node was still at work when the patience was over')
    : disagree(inTheEnd);
}

/** Ends of a container that are the machine's doing, not the story's. */
const foreignReasons = new Set(['OOMKilled', 'ContainerStatusUnknown', 'StartError', 'ContainerCannotRun']);

/** Longer than the kubelet's retry after an error (10 to 15 s), so that a Pod which stands still for it is stuck. */
const standstillMs = 16_000;

function isStillAtWork(segment: readonly Observation[]): boolean {
  const end = segment.at(-1);
  const last = segment.findLast(({kind}) => kind === 'pod');
  if (end?.kind !== 'end' || end.reason !== 'out-of-patience') return false;
  return end.atMs - (last?.atMs ?? 0) < standstillMs;
}

function disagree(disagreements: readonly Disagreement[]): Comparison {
  return {outcome: 'disagrees', disagreements, why: undefined};
}

function undecided(why: string): Comparison {
  return {outcome: 'undecided', disagreements: [], why};
}
