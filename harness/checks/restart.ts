import {backOffOf} from '../recording/back-off.ts';
import {statusOf} from '../recording/pod.ts';
import {runsAround, type PodVersion, type Timeline} from '../recording/timeline.ts';
import {marks} from '../timeouts.ts';
import {held, missing, unknown, type Check, type Evidence, type Finding} from './finding.ts';

/** Evidence that the source was told to exit. */
export function stimulusEvidence({stimulusIndex, stimulusAtMs, source, code}: Timeline): Evidence {
  return {
    index: stimulusIndex,
    atMs: stimulusAtMs,
    text: `${source} told to exit with ${code}`,
  };
}

/** One version of the Pod as evidence. */
export function evidence({index, atMs, pod}: PodVersion, text: string): Evidence {
  return {index, atMs, text: `rv ${pod.metadata.resourceVersion}  ${text}`};
}

/** The first version in which a container that had run has another container id. */
export function restartedIn(timeline: Timeline, container: string): PodVersion | undefined {
  const old = statusOf(timeline.before.pod, container)?.containerID;
  return timeline.after.find(({pod}) => {
    const id = statusOf(pod, container)?.containerID;
    return id !== undefined && id !== old;
  });
}

/** The first version in which a container has been started a second time since the stimulus, counted for it or not. */
export function startedTwiceIn({before, after}: Timeline, container: string): PodVersion | undefined {
  const ids = new Set([statusOf(before.pod, container)?.containerID, undefined]);
  const known = ids.size;
  return after.find(({pod}) => ids.add(statusOf(pod, container)?.containerID).size > known + 1);
}

/**
 * A restart that kept something is worth saying only where there was a restart: what held is unknown where none of the
 * containers other than the source was started again.
 */
export function ofRestart(timeline: Timeline, finding: Finding): Finding {
  if (finding.outcome !== 'held') return finding;
  const others = timeline.hadRun.filter(name => name !== timeline.source);
  return others.some(name => restartedIn(timeline, name) !== undefined)
    ? finding
    : unknown(finding.expected, 'no restart of all containers was seen', finding.evidence);
}

/** Whether every container that had run was started again. */
export function allRestarted(timeline: Timeline): boolean {
  return timeline.hadRun.length > 0 && timeline.hadRun.every(name => restartedIn(timeline, name) !== undefined);
}

/** The trigger (KEP-5532, Proposal): every container that had run is started again after the source's exit. */
export function restartsAll(): Check {
  return timeline => {
    const expected = `${timeline.source} exits and every container that had run is started again`;
    const started = timeline.hadRun.map(name => ({name, version: restartedIn(timeline, name)}));
    const seen = started.flatMap(({name, version}) =>
      version === undefined ? [] : [evidence(version, `${name} has a new container id`)],
    );
    const trail = [stimulusEvidence(timeline), ...seen.toSorted((a, b) => a.index - b.index)];
    const never = started.filter(({version}) => version === undefined).map(({name}) => name);
    if (never.length === 0) return held(expected, trail);
    return missing(timeline, expected, `not started again: ${never.join(', ')}`, trail);
  };
}

/**
 * Why a container may have been started again by its own back-off: that was over between the order to exit
 * and the exit, or it was over and the container was not shown without an id before, as it is when the restart has removed it
 * from the runtime.
 */
export function byBackOff(timeline: Timeline, name: string): string | undefined {
  const restarted = restartedIn(timeline, name)?.index ?? 0;
  const removed = ({index, pod}: PodVersion) => index < restarted && statusOf(pod, name)?.containerID === undefined;
  const runs = runsAround(timeline, name).before;
  const last = runs.at(-1)?.start;
  const was = statusOf(timeline.before.pod, name);
  const hadEnded = was?.state.terminated !== undefined && runs.length <= was.restartCount + 1; // told at once, so as good as now
  if (last !== undefined && !hadEnded && last.atMs > timeline.stimulusAtMs - timeline.clockErrorMs)
    return `${name} was started by its own back-off before the source exited`;
  if (timeline.after.some(removed)) return undefined;
  const idleMs = idleBefore(timeline, name);
  if (idleMs === undefined) return `the journal has no end and new start of ${name}`;
  return idleMs < soonestOwnStart(timeline, name) ? undefined : `the back-off of ${name} may have been over`;
}

/** From its last exit before the restart until a container could have been started by its own back-off, ms. */
export function soonestOwnStart({before}: Timeline, name: string): number {
  const status = statusOf(before.pod, name);
  const {lastsMs = marks.firstBackOff.ms} = (status && backOffOf(status)) ?? {};
  return lastsMs - marks.firstBackOff.ms + marks.leastBackOff.ms;
}

/** From the last exit of a container before the restart until its first new start, ms, by its journal. */
export function idleBefore(timeline: Timeline, name: string): number | undefined {
  const {before, after} = runsAround(timeline, name);
  const exit = before.at(-1)?.lines.find(({entry}) => entry.what === 'exit')?.entry.uptime;
  const again = after[0]?.start.entry.began;
  return exit === undefined || again === undefined ? undefined : (again - exit) * 1000;
}
