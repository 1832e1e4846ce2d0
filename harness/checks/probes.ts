import type {JournalEntry} from '../recording/observation.ts';
import {statusOf, type ContainerStatus} from '../recording/pod.ts';
import {
  eventsOf,
  runsAround,
  type ContainerRun,
  type EventAt,
  type JournalLine,
  type Timeline,
} from '../recording/timeline.ts';
import {marks} from '../timeouts.ts';
import {broken, held, journalHole, missing, unknown, type Check, type Evidence} from './finding.ts';
import {evidence, restartedIn, stimulusEvidence} from './restart.ts';

/** The kinds of probe, by their field in a container's spec; a probe that is watched writes a line of that name. */
export type Probe = 'startupProbe' | 'readinessProbe' | 'livenessProbe';

const kinds: readonly Probe[] = ['startupProbe', 'readinessProbe', 'livenessProbe'];

const shown = ({index, atMs, entry}: JournalLine): Evidence => ({
  index,
  atMs,
  text: `${entry.container} ${entry.what}`,
});

/**
 * The startup probe starts over: a container that was started anew does not count as started before its startup probe ran
 * in it (KEP-5532, "Probes").
 */
export function startsOverStartupProbe(): Check {
  return startsOver('startupProbe', 'started', ({started}) => started === true);
}

/** The readiness probe starts over: a container that was started anew is not ready before it ran in it (KEP-5532, "Probes"). */
export function startsOverReadinessProbe(): Check {
  return startsOver('readinessProbe', 'ready', ({ready}) => ready);
}

function startsOver(probe: Probe, word: string, is: (status: ContainerStatus) => boolean): Check {
  return timeline => {
    const expected = `no container is ${word} again before its ${probe} has run in it`;
    return ofNewRuns(timeline, expected, probe, (name, _run, first, trail) => {
      const anew = restartedIn(timeline, name);
      const up = timeline.after.find(({index, pod}) => {
        const now = statusOf(pod, name);
        return index >= (anew?.index ?? Infinity) && now !== undefined && is(now);
      });
      if (up === undefined) return missing(timeline, expected, `${name} did not become ${word} again`, trail);
      trail.push(evidence(up, `${name} ${word}`));
      if (up.atMs < first.atMs - timeline.clockErrorMs)
        return broken(expected, `${name} was ${word} before its ${probe} had run`, trail);
      return undefined;
    });
  };
}

/**
 * The liveness probe starts over: in a container that was started anew it waits for the startup probe, as it does at first
 * (Liveness, Readiness and Startup Probes). A startup probe that passes does so after the container wrote that it is ready.
 */
export function startsOverLivenessProbe(): Check {
  return timeline => {
    const probe: Probe = 'livenessProbe';
    const expected = `the ${probe} of a container that was started again waits until its startupProbe has passed again`;
    return ofNewRuns(timeline, expected, probe, (name, run, first, trail) => {
      const startup = run.lines.find(({entry}) => entry.what === 'startupProbe');
      const ready = run.lines.find(({entry}) => entry.what === 'ready');
      if (startup === undefined || ready === undefined)
        return unknown(expected, `${name} was not seen to pass its startupProbe`, trail);
      trail.push(shown(startup));
      return first.entry.uptime < Math.max(startup.entry.uptime, ready.entry.uptime)
        ? broken(expected, `the ${probe} of ${name} ran before its startupProbe had passed`, trail, trail.length - 2)
        : undefined;
    });
  };
}

/**
 * A container is not ended for failures of its liveness probe in the run before: failureThreshold counts failures in a row
 * of one container (API reference, Probe). Only where both runs' probes together reach the threshold can that be seen.
 */
export function forgetsLivenessFailures(): Check {
  return timeline => {
    const probe: Probe = 'livenessProbe';
    const expected = 'no container is ended before its liveness probe has failed as often as failureThreshold says';
    return ofNewRuns(timeline, expected, probe, (name, run, _first, trail) => {
      const threshold = numberIn(specOf(timeline, name)?.[probe], 'failureThreshold') ?? 3;
      const counts = [runsAround(timeline, name).before.at(-1), run].map(
        each => each?.lines.filter(({entry}) => entry.what === probe).length ?? 0,
      );
      const [earlier = 0, now = 0] = counts;
      const ended = run.lines.find(({entry}) => entry.what === 'SIGTERM');
      if (ended !== undefined) {
        trail.push({...shown(ended), text: `${name} SIGTERM, after ${now} runs of its ${probe}`});
        if (now >= threshold) return unknown(expected, `${name} was ended after ${threshold} or more`, trail);
        const saw = `${name} was ended after fewer than ${threshold}`;
        const told = failuresTold(timeline, name, ended.atMs);
        if (Math.max(earlier + now, told ?? 0) >= threshold)
          return broken(expected, `${saw}, counting those of the run before`, trail);
        const mayLackOne = told === undefined || told < earlier + now;
        return mayLackOne && earlier + now + 1 >= threshold
          ? unknown(expected, `${saw}, where one more may have been cut short when the run before ended`, trail)
          : broken(expected, saw, trail);
      }
      return earlier + now < threshold
        ? unknown(expected, `the ${probe} of ${name} ran too seldom to tell`, trail)
        : undefined;
    });
  };
}

/** How late an event may come, ms: well before the container could be ended for its probe once more. */
const eventComesMs = 5_000;

/**
 * How often the liveness probe of a container had failed when it was ended for that, in all its runs, as the kubelet told: a
 * probe that is cut short when its container ends has failed for the kubelet, and wrote nothing.
 *
 * @param endedAtMs when the container got SIGTERM
 * @returns undefined where the events do not tell, or are summed up with those of other probes
 */
function failuresTold({recording, stimulusIndex}: Timeline, name: string, endedAtMs: number): number | undefined {
  const incomplete = recording.observations.some(
    o =>
      (o.kind === 'gap' && o.resource === 'events') ||
      (o.kind === 'event' && o.object.reason === 'Unhealthy' && o.object.message?.startsWith('(combined') === true),
  );
  const events = eventsOf(recording, name);
  const says = ({object: {reason, message}}: EventAt, what: string, text: string): boolean =>
    reason === what && message?.includes(text) === true;
  // Events come late, and in order.
  const killed = events.findIndex(
    event =>
      event.index > stimulusIndex &&
      event.atMs >= endedAtMs - marks.leastTolerance.ms &&
      says(event, 'Killing', 'failed liveness probe'),
  );
  if (incomplete || killed === -1 || (events[killed]?.atMs ?? 0) > endedAtMs + eventComesMs) return undefined;
  const failed = events.slice(0, killed).filter(event => says(event, 'Unhealthy', 'Liveness probe failed'));
  const counts = new Map(failed.map(({object: {message, count}}) => [message, count ?? 1])); // the last of each
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

/** initialDelaySeconds counts from the new start of the container (Configure Liveness, Readiness and Startup Probes). */
export function delaysProbesAnew(): Check {
  return timeline => {
    const expected = 'no probe runs in a new container before its initialDelaySeconds have passed since its start';
    const hole = journalHole(timeline);
    if (hole !== undefined) return unknown(expected, hole);
    const trail: Evidence[] = [];
    for (const probe of kinds) {
      for (const name of watched(timeline, probe)) {
        const delay = numberIn(specOf(timeline, name)?.[probe], 'initialDelaySeconds') ?? 0;
        if (delay === 0) continue;
        const [run] = runsAround(timeline, name).after;
        const first = run?.lines.find(({entry}) => entry.what === probe);
        if (run === undefined || first === undefined) return notRunAgain(timeline, expected, {probe, name}, trail);
        const after = first.entry.uptime - run.start.entry.began;
        trail.push({...shown(first), text: `${name} ${probe}, ${after.toFixed(1)} s after its start`});
        // The kubelet may know the start to the second only, and the container may be held up before it looks at its clock.
        const saw = `the ${probe} of ${name} ran before`;
        if (after < delay - 2) return broken(expected, saw, trail);
        if (after < delay - 1) return unknown(expected, `${saw}, by less than a busy node takes to start it`, trail);
      }
    }
    return trail.length === 0 ? unknown(expected, 'no probe with a delay had run') : held(expected, trail);
  };
}

/**
 * Each probe that ran in a container before runs in the new one, and none between the two (KEP-5532, "Restart Phases": probes
 * become active again).
 */
export function probesNewContainers(): Check {
  return timeline => {
    const expected = 'each exec probe runs in the new container, and not before its start';
    const hole = journalHole(timeline);
    if (hole !== undefined) return unknown(expected, hole);
    const trail: Evidence[] = [stimulusEvidence(timeline)];
    for (const probe of kinds) {
      for (const name of watched(timeline, probe)) {
        const {before, after} = runsAround(timeline, name);
        const [run] = after;
        const ended = before.at(-1)?.lines.findLast(({entry}) => entry.what === 'SIGTERM' || entry.what === 'exit');
        const first = run?.lines.find(({entry}) => entry.what === probe);
        if (run === undefined || first === undefined) return notRunAgain(timeline, expected, {probe, name}, trail);
        trail.push(shown(first));
        const between = timeline.journal.find(
          ({entry}) =>
            entry.container === name &&
            entry.what === probe &&
            entry.uptime > (ended?.entry.uptime ?? Infinity) + marks.clocks.ms / 1000 &&
            entry.uptime < run.start.entry.began,
        );
        if (between !== undefined)
          return broken(expected, `the ${probe} of ${name} ran between its end and its new start`, [
            ...trail,
            shown(between),
          ]);
      }
    }
    return trail.length === 1
      ? unknown(expected, 'no probe that writes to the journal had run')
      : held(expected, trail);
  };
}

type Judge = (
  container: string,
  run: ContainerRun,
  first: JournalLine,
  trail: Evidence[],
) => ReturnType<Check> | undefined;

/**
 * A probe that did not run in the first new run of a container. A run that was ended before any probe is due says nothing: the
 * container had been started again by itself, and the restart of all came upon it.
 */
function notRunAgain(
  timeline: Timeline,
  expected: string,
  {probe, name}: {readonly probe: Probe; readonly name: string},
  trail: readonly Evidence[],
): ReturnType<Check> {
  const saw = `the ${probe} of ${name} did not run again`;
  const [run, next] = runsAround(timeline, name).after;
  const ended = run?.lines.find(({entry}) => entry.what === 'SIGTERM');
  const lasted = ended === undefined || run === undefined ? Infinity : ended.entry.uptime - run.start.entry.began;
  return next !== undefined && lasted * 1000 < marks.leastTolerance.ms
    ? unknown(expected, `${saw} before it was ended again`, trail)
    : missing(timeline, expected, saw, trail);
}

/** Judges the first new run of each container whose probe of that kind ran before. */
function ofNewRuns(timeline: Timeline, expected: string, probe: Probe, judge: Judge): ReturnType<Check> {
  const hole = journalHole(timeline);
  if (hole !== undefined) return unknown(expected, hole);
  const trail: Evidence[] = [];
  for (const name of watched(timeline, probe)) {
    const [run] = runsAround(timeline, name).after;
    if (run === undefined) return missing(timeline, expected, `${name} was not started again`, trail);
    trail.push(shown(run.start));
    const first = run.lines.find(({entry}) => entry.what === probe);
    if (first === undefined) return notRunAgain(timeline, expected, {probe, name}, trail);
    trail.push(shown(first));
    const finding = judge(name, run, first, trail);
    if (finding !== undefined) return finding;
  }
  return trail.length === 0 ? unknown(expected, `no ${probe} had run before`) : held(expected, trail);
}

/** Containers that had run and whose probe of that kind had written of itself before the exit. */
function watched(timeline: Timeline, probe: JournalEntry['what']): readonly string[] {
  return timeline.hadRun.filter(name =>
    runsAround(timeline, name).before.some(run => run.lines.some(({entry}) => entry.what === probe)),
  );
}

function specOf({before}: Timeline, container: string): Readonly<Record<string, unknown>> | undefined {
  const {initContainers, containers} = before.pod.spec;
  return [...initContainers, ...containers].find(({name}) => name === container);
}

function numberIn(object: unknown, field: string): number | undefined {
  const value: unknown = typeof object === 'object' && object !== null ? Reflect.get(object, field) : undefined;
  return typeof value === 'number' ? value : undefined;
}
