import {describe, expect, test} from '@jest/globals';
import {Edit, runsUnder, status} from '../testing/edit.ts';
import {goodRecording} from '../testing/recorded.ts';
import {timelineOf} from '../recording/timeline.ts';
import {
  datesTransitions,
  isLoweredInTheEnd,
  isLoweredWithin,
  isNeverContradictory,
  lowersCondition,
  raisesOnce,
} from './conditions.ts';
import type {Check} from './finding.ts';

const type = 'AllContainersRestarting';

/** What checks find in a good recording that is edited first. */
function found(check: Check, edit: (recording: Edit) => unknown, scenario = 'sidecar-exits'): string {
  const good = new Edit(goodRecording(scenario));
  edit(good);
  const timeline = timelineOf(good.recording);
  if (timeline === undefined) throw new Error('not a recording of a restart');
  return check(timeline).outcome;
}

/** A cluster that removes the condition from some version on, as KEP-5532 has it in its list of e2e tests. */
const removed = (from: (recording: Edit) => number) => (recording: Edit) =>
  recording.pods(from(recording), Infinity, pod => {
    pod.status.conditions = pod.status.conditions.filter(each => each.type !== type);
  });

describe('a condition that is removed counts as False', () => {
  test.each([
    ['is lowered', lowersCondition()],
    ['is lowered in time', isLoweredWithin(60_000)],
    ['is never contradicted', isNeverContradictory()],
    ['is raised once', raisesOnce()],
    ['has its times', datesTransitions()],
  ])('and %s', (_, check) => {
    expect(
      found(
        check,
        removed(e => e.lowered),
      ),
    ).toBe('held');
  });

  test('and is lowered too early where an old container still runs', () => {
    const early = (e: Edit) => {
      const old = status(e.timeline.before.pod, 'evaluator').containerID;
      return removed(() => e.lowered)(e.pods(e.lowered, e.lowered, runsUnder('evaluator', old)));
    };
    expect(found(lowersCondition(), early)).toBe('broken');
  });

  test('and is not True in a Pod that has ended', () => {
    const ended = 'init-container-fails';
    expect(
      found(
        isLoweredInTheEnd(),
        removed(e => e.lowered),
        ended,
      ),
    ).toBe('held');
  });
});
