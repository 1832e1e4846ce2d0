import {expect, test} from '@jest/globals';
import {timelineOf} from '../recording/timeline.ts';
import {Edit, status} from '../testing/edit.ts';
import {goodRecording} from '../testing/recorded.ts';
import {endsWith} from './sources.ts';

test('the code that a restart of all left in the last state does not show how a container ended', () => {
  const edit = new Edit(goodRecording('probe-fails')).step('the probe fails');
  expect(endsWith('worker', 137)(edit.timeline).outcome).toBe('held');
  const left = {exitCode: 137, reason: 'RestartingAllContainers'};
  edit.pods(edit.timeline.stimulusIndex, Infinity, pod => {
    const now = status(pod, 'worker');
    now.lastState = {terminated: left};
    if (now.state.terminated !== undefined) now.state = {running: {}};
  });
  const edited = timelineOf(edit.recording, 'the probe fails');
  expect(edited && endsWith('worker', 137)(edited)).toMatchObject({
    outcome: 'unknown',
    saw: 'worker was not seen to end with 137',
  });
});
