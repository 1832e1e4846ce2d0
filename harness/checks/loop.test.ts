import {fileURLToPath} from 'node:url';
import {expect, test} from '@jest/globals';
import {statusOf} from '../recording/pod.ts';
import {readRecording} from '../recording/recording.ts';
import {timelineOf} from '../recording/timeline.ts';
import {Edit, status} from '../testing/edit.ts';
import {countsEachRestart} from './loop.ts';

const kept = fileURLToPath(new URL('../../docs/reports/v1.37.2/recordings/loop.ndjson.gz', import.meta.url));

/** The loop of which the kubelet left out every status between the second and the fourth restart. */
function withStatusesLeftOut(): Edit {
  const edit = new Edit(readRecording(kept));
  return edit.drop(o => o.kind === 'pod' && [2, 3].includes(statusOf(o.object, 'source')?.restartCount ?? 0));
}

function judged({recording}: Edit) {
  const timeline = timelineOf(recording);
  return timeline && countsEachRestart()(timeline);
}

test('a restart that no status shows is known by the starts in the journal', () => {
  expect(judged(withStatusesLeftOut())).toMatchObject({outcome: 'held'});
});

test('and is not known where no journal could be read', () => {
  const edit = withStatusesLeftOut();
  edit.dropJournal('source', 'start').dropJournal('worker', 'start');
  expect(judged(edit)).toMatchObject({outcome: 'unknown', saw: 'not every restart was seen on its own'});
});

test.each([
  ['too high', 1],
  ['too low', -1],
])('a count that is one %s from such a restart on is not taken for right', (_, by) => {
  const edit = withStatusesLeftOut();
  const from = edit.recording.observations.findIndex(
    o => o.kind === 'pod' && (statusOf(o.object, 'source')?.restartCount ?? 0) > 3,
  );
  edit.pods(from, Infinity, pod => {
    for (const name of ['source', 'worker']) status(pod, name).restartCount += by;
  });
  expect(judged(edit)?.outcome).not.toBe('held');
});
