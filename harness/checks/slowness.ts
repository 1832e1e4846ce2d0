import type {JournalEntry} from '../recording/observation.ts';
import {eventsOf, type Timeline} from '../recording/timeline.ts';
import {budgets, marks, toleratedRestarts} from '../timeouts.ts';

/**
 * Why nothing is said by what came late in a recording, or not at all: the node is too slow for that, or was meanwhile. A
 * restart of all containers is at worst as long as an ordinary restart of each of them, one after the other, and one more
 * for the end that is found first.
 *
 * @param boundMs the time that was exceeded
 * @returns undefined where the node was quick enough
 */
export function slowness(timeline: Timeline, boundMs: number = budgets().restart.ms): string | undefined {
  const {recording, containers, journal} = timeline;
  const {calibration} = recording.header;
  if (calibration === undefined) return 'and how quick the node is was not found out';
  if (calibration.restartMs * (containers.length + 1) > boundMs)
    return 'on a node that is slow to restart even one container in the ordinary way';
  if (podStartMs(timeline) > marks.slowPodStart.ms)
    return `on a node that took over ${marks.slowPodStart.ms / 1000} s to start the Pod`;
  return isHeldUp(journal.map(({entry}) => entry)) ? 'on a node that was held up meanwhile' : undefined;
}

/**
 * As slowness, of a deleted Pod that went late: on a node that took longer to start the Pod than it may take to go, nothing
 * is said by that either.
 */
export function slownessToEnd(timeline: Timeline, boundMs: number): string | undefined {
  const slow = slowness(timeline, boundMs);
  if (slow !== undefined || podStartMs(timeline) <= boundMs) return slow;
  return 'on a node that took longer to start the Pod';
}

/**
 * How long something that the kubelet ends by itself may have lasted: its own time, and what this node takes for a few
 * ordinary restarts of one container.
 *
 * @param ownMs what the documents give it
 * @param fallbackMs when it would have ended without the kubelet's doing
 * @returns undefined where that is not known, or where the node is so slow that the two can't be told apart
 */
export function longest({recording}: Timeline, ownMs: number, fallbackMs: number): number | undefined {
  const {calibration} = recording.header;
  if (calibration === undefined) return undefined;
  const boundMs = ownMs + Math.max(marks.leastTolerance.ms, toleratedRestarts * calibration.restartMs);
  return boundMs < fallbackMs ? boundMs : undefined;
}

/**
 * Why a restart more of a container says nothing: its liveness probe got no answer in time, so that the kubelet ended it for
 * a node that is slow.
 */
export function lateProbe({recording, stimulusIndex}: Timeline, container: string): string | undefined {
  const late = eventsOf(recording, container).some(
    ({index, object}) =>
      index > stimulusIndex &&
      object.reason === 'Unhealthy' &&
      /^Liveness probe .*(timed out|timeout|deadline exceeded)/i.test(object.message ?? ''),
  );
  return late ? `and the liveness probe of ${container} got no answer in time` : undefined;
}

/** Whether a script stood still between its first command and its first line, or between two that it writes at a steady pace. */
export function isHeldUp(entries: readonly JournalEntry[]): boolean {
  const lastAlive = new Map<string, number>();
  return entries.some(entry => {
    const {container, uptime, what} = entry;
    const from = what === 'start' ? entry.began : what === 'alive' ? lastAlive.get(container) : undefined;
    if (what === 'alive') lastAlive.set(container, uptime);
    else lastAlive.delete(container);
    return from !== undefined && (uptime - from) * 1000 > marks.heldUp.ms;
  });
}

/** From the first version of the Pod until the scenario's first step. */
function podStartMs({recording, versions, stimulusAtMs}: Timeline): number {
  const step = recording.observations.find(({kind}) => kind === 'step')?.atMs ?? stimulusAtMs;
  return step - (versions[0]?.atMs ?? 0);
}
