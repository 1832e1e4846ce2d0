import {expect, test} from '@jest/globals';
import {timelineOf} from '../recording/timeline.ts';
import {Edit} from '../testing/edit.ts';
import {goodRecording} from '../testing/recorded.ts';
import {late} from '../testing/faults/service-level.ts';
import {restartsEachPodOnce, startsWithoutRetry} from './service-level.ts';

test('a node that did not get as many Pods up as were asked for says nothing of so many', () => {
  const edit = new Edit(goodRecording('ten-pods-at-once'));
  edit.insert(0, {kind: 'gap', atMs: 0, resource: 'copies', why: '7 of 10 Pods got up in time'});
  const timeline = timelineOf(edit.recording);
  if (timeline === undefined) throw new Error('not a recording of a restart');
  const {outcome, saw, evidence} = restartsEachPodOnce()(timeline);
  expect({outcome, saw, text: evidence[0]?.text}).toEqual({
    outcome: 'unknown',
    saw: 'the node did not get so many Pods up in time',
    text: '7 of 10 Pods got up in time',
  });
});

test.each([
  ['others on the node restarted promptly meanwhile', 'two-containers-4', 'broken', 'restarts came with such a retry'],
  [
    'no other did',
    'two-containers-8',
    'unknown',
    'one restart was late, by no more than a node explains that is busy at times',
  ],
])('a single restart after an ordinary one that is late, where %s', (_, pod, outcome, saw) => {
  const edit = new Edit(goodRecording('restarted-alone-before'));
  late(edit, pod, 2, 12);
  const timeline = timelineOf(edit.recording, 'in place');
  if (timeline === undefined) throw new Error('not a recording of a restart');
  expect(startsWithoutRetry()(timeline)).toMatchObject({outcome, saw});
});
