import {statusOf} from '../recording/pod.ts';
import {runsOf, type PodVersion, type Timeline} from '../recording/timeline.ts';
import {marks} from '../timeouts.ts';
import {broken, missing, unknown, type Evidence, type Finding} from './finding.ts';
import {slownessToEnd} from './slowness.ts';

/** The deletion of the Pod by the scenario, as evidence, and when the Pod was gone from the API. */
export interface Deletion extends Evidence {
  readonly goneAtMs: number | undefined;
}

/** The deletion after a timeline's stimulus; undefined where the scenario has none. */
export function deletionOf({recording, stimulusIndex, before}: Timeline): Deletion | undefined {
  const {observations} = recording;
  const index = observations.findIndex((o, at) => at > stimulusIndex && o.kind === 'step' && o.does === 'delete');
  const step = observations[index];
  if (step === undefined) return undefined;
  const gone = observations.find(
    o => o.kind === 'pod' && o.type === 'DELETED' && o.object.metadata.uid === before.pod.metadata.uid,
  );
  return {index, atMs: step.atMs, text: 'the Pod is deleted', goneAtMs: gone?.atMs};
}

/** The first version in which the Pod is being deleted; the kubelet deletes it once more in the end. */
export function markedIn({after}: Timeline): PodVersion | undefined {
  return after.find(({pod}) => pod.metadata.deletionTimestamp !== undefined);
}

/** When the Pod was deleted, ms, by the API server's clock, which goes by the second; NaN where `marked` does not say. */
export function deletedAt({pod}: PodVersion): number {
  const {deletionTimestamp = '', deletionGracePeriodSeconds = 0} = pod.metadata;
  return Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1000;
}

/** When a container was started, ms, by its kubelet, whose times go by the second; NaN where it does not say. */
export function startedAt({pod}: PodVersion, name: string): number {
  const {running, terminated} = statusOf(pod, name)?.state ?? {};
  return Date.parse((running ?? terminated)?.startedAt ?? '');
}

/**
 * How long after the deletion of the Pod the kubelet may not have heard of it, ms. It is taken to be no quicker at that than
 * it was at telling of the first starts of this Pod's containers, nor than a busy one was seen to be; its own times go by the
 * second.
 */
export function unheardMs(timeline: Timeline): number {
  const lags = timeline.containers.flatMap(({name}) => {
    const [run] = runsOf(timeline, name);
    const told = timeline.versions.find(({pod}) => statusOf(pod, name)?.containerID !== undefined);
    return run === undefined || told === undefined ? [] : [told.atMs - run.start.atMs];
  });
  return Math.max(marks.deletionHeard.ms, ...lags) + marks.leastTolerance.ms;
}

/** What is wrong where a deleted Pod is not gone within a bound, ms from the deletion; undefined where it is. */
export function staysLonger(
  timeline: Timeline,
  {atMs, goneAtMs}: Deletion,
  boundMs: number,
  {expected, evidence}: Pick<Finding, 'expected' | 'evidence'>,
): Finding | undefined {
  if (goneAtMs === undefined) return missing(timeline, expected, 'the Pod was still there', evidence);
  if (goneAtMs - atMs <= boundMs) return undefined;
  const saw = 'the Pod was there long after its grace period';
  if (goneAtMs - atMs <= boundMs + marks.podGoneLate.ms)
    return unknown(expected, `${saw}, as on a busy node`, evidence);
  const slow = slownessToEnd(timeline, boundMs);
  return slow === undefined ? broken(expected, saw, evidence) : unknown(expected, `${saw}, ${slow}`, evidence);
}
