import {conditionOf, statusOf} from '../recording/pod.ts';
import type {Recording} from '../recording/recording.ts';
import type {PodVersion, Timeline} from '../recording/timeline.ts';
import {marks} from '../timeouts.ts';
import {slowness} from './slowness.ts';

/** One observation that a finding rests on. */
export interface Evidence {
  /** Index into the recording's observations. */
  readonly index: number;
  /** Milliseconds on the recorder's clock. */
  readonly atMs: number;
  /** What it showed, in one line: only what the check looked at. */
  readonly text: string;
}

/** What a check has to say of one recording. */
export interface Finding {
  /** `unknown`: the evidence has a hole where it mattered. */
  readonly outcome: 'held' | 'broken' | 'unknown';
  readonly expected: string;
  /**
   * What was seen instead, in words that do not change from run to run, so that a deviation can name it to the letter;
   * times and ids stand in the evidence.
   */
  readonly saw: string;
  readonly evidence: readonly Evidence[];
  /** Which piece of evidence decided it. */
  readonly decisive: number;
  /** What was measured, a line each, for the report: also where it held. */
  readonly figures?: readonly string[];
}

/** A pure function of a recording, for what does not turn on a container's exit. */
export type RecordingCheck = (recording: Recording) => Finding;

/** A pure function of a recording's timeline. */
export type Check = (timeline: Timeline) => Finding;

/** The requirement held, as the evidence shows; its last piece decides unless told otherwise. */
export function held(expected: string, evidence: readonly Evidence[]): Finding {
  return {outcome: 'held', expected, saw: 'that', evidence, decisive: evidence.length - 1};
}

/** The requirement was broken, decided by one piece of the evidence. */
export function broken(
  expected: string,
  saw: string,
  evidence: readonly Evidence[],
  decisive = evidence.length - 1,
): Finding {
  return {outcome: 'broken', expected, saw, evidence, decisive};
}

/** Nothing can be said, and why. */
export function unknown(expected: string, saw: string, evidence: readonly Evidence[] = []): Finding {
  return {outcome: 'unknown', expected, saw, evidence, decisive: evidence.length - 1};
}

/**
 * For a finding that speaks of every moment, or of something that never came: where continuity was lost it is unknown,
 * unless what was seen breaks the requirement anyway.
 */
export function unlessGap(timeline: Timeline, finding: Finding, about: 'presence' | 'absence'): Finding {
  const {podGap} = timeline;
  if (podGap === undefined || (finding.outcome === 'broken' && about === 'presence')) return finding;
  return unknown(finding.expected, `the watch lost continuity: ${podGap.why}`, finding.evidence);
}

/** What the recording holds of containers' own journals, or why it can't be used. */
export function journalHole({journalGap, exit, source}: Timeline): string | undefined {
  if (journalGap !== undefined) return `the journal has a hole: ${journalGap.why}`;
  return exit === undefined ? `the journal has no line on the exit of ${source}` : undefined;
}

/**
 * For something that did not come: broken where everything else did, or where the Pod had stood still for long when the
 * patience was over; unknown where the node is slow, or still at work.
 */
export function missing(
  timeline: Timeline,
  expected: string,
  saw: string,
  evidence: readonly Evidence[] = [],
): Finding {
  const last = timeline.after.at(-1) ?? timeline.before;
  const trail = [...evidence, {index: last.index, atMs: last.atMs, text: 'last version of the Pod'}];
  if (!sourceExited(timeline)) return unknown(expected, `${saw}, and ${timeline.source} was not seen to exit`, trail);
  if (timeline.end.reason === 'out-of-patience') {
    const slow = slowness(timeline) ?? heldUpByRemoval(timeline, last);
    if (slow !== undefined) return unknown(expected, `${saw}, ${slow}`, trail);
    if (timeline.end.atMs - last.atMs < marks.standstill.ms) {
      return unknown(expected, `${saw}, and the node was still at work when the patience was over`, trail);
    }
  }
  return unlessGap(timeline, broken(expected, saw, trail), 'absence');
}

/**
 * Why nothing is said of one requirement by a restart that does not get on: some container had been restarted alone before, of
 * which the runtime still has the earlier run. That the kubelet then gives a restart up for a while is what PRF-7 judges.
 */
function heldUpByRemoval({before, hadRun}: Timeline, {pod}: PodVersion): string | undefined {
  const counts = hadRun.map(name => statusOf(before.pod, name)?.restartCount ?? 0);
  if (new Set(counts).size < 2 || conditionOf(pod, 'AllContainersRestarting')?.status !== 'True') return undefined;
  return 'while the restart stood still, as it may where a container had been restarted alone before (PRF-7)';
}

/** Whether the source ended, by its own word or by its status; the command that tells it to may be lost. */
function sourceExited({exit, after, source}: Timeline): boolean {
  return exit !== undefined || after.some(({pod}) => statusOf(pod, source)?.state.running === undefined);
}
