import {describe, expect, test} from '@jest/globals';
import type {PodCondition} from '../recording/pod.ts';
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

describe('a condition that was True between two versions that were sent', () => {
  /** Each True as the kubelet leaves it out: the False that follows tells of it by its time alone. */
  const merged = (e: Edit) => always(e, {status: 'False'});

  const always = (e: Edit, fields: Partial<PodCondition>) =>
    e.pods(0, Infinity, pod => {
      for (const each of pod.status.conditions) if (each.type === type) Object.assign(each, fields);
    });

  test('is known not to be True in the end', () => {
    expect(found(isLoweredInTheEnd(), merged, 'probes-start-over')).toBe('held');
  });

  test('and one whose time never moves says nothing of the end', () => {
    const never = (e: Edit) => always(e, {status: 'False', lastTransitionTime: '2026-01-01T00:00:00Z'});
    expect(found(isLoweredInTheEnd(), never, 'probes-start-over')).toBe('unknown');
  });
});
