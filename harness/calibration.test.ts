import {expect, test} from '@jest/globals';
import {calibrationOf} from './calibration.ts';
import {longest} from './checks/slowness.ts';
import type {Recording} from './recording/recording.ts';
import {timelineOf, type Timeline} from './recording/timeline.ts';
import {Edit} from './testing/edit.ts';
import {goodRecording} from './testing/recorded.ts';

/** A container that exited and was restarted alone, as in the calibration. */
const recorded = (): Edit => new Edit(goodRecording('regular-container-exits-otherwise'));

const calibrated = (restartMs: number | undefined): Timeline => {
  const recording = goodRecording('sidecar-exits');
  const calibration = restartMs === undefined ? undefined : {restartMs};
  const timeline = timelineOf({...recording, header: {...recording.header, calibration}});
  if (timeline === undefined) throw new Error('no timeline');
  return timeline;
};

test("the calibration is the time from a container's end to its next start, on the node's clock", () => {
  const edit = recorded();
  const exited = edit.timeline.exit?.entry.uptime ?? NaN;
  edit.restarts('trainer', start => (start.began = exited + 1.25));
  expect(calibrationOf(edit.recording)).toEqual({restartMs: 1250});
});

test.each<[what: string, of: () => Recording]>([
  ['the container did not begin again', () => recorded().dropJournal('trainer', 'start').recording],
  ['its end was not seen', () => recorded().stopAfter(0).recording],
  [
    'the journal has a hole',
    () => {
      const edit = recorded();
      return edit.insert(edit.last, {kind: 'gap', atMs: 0, resource: 'journal', why: 'unreadable journal line ""'})
        .recording;
    },
  ],
])('there is no calibration where %s', (_, of) => {
  expect(calibrationOf(of())).toBeUndefined();
});

test.each([
  ['a quick node gets a second', 300, 3_000],
  ['a node gets what two ordinary restarts take', 1_500, 5_000],
  ["nothing is said of a node on which that is no less than the Pod's grace period", 9_000, undefined],
  ['nothing is said of a node that was not calibrated', undefined, undefined],
])('beyond the 2 s of the kubelet, %s', (_, restartMs, bound) => {
  expect(longest(calibrated(restartMs), 2_000, 20_000)).toBe(bound);
});
