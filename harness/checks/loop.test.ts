import {fileURLToPath} from 'node:url';
import {expect, test} from '@jest/globals';
import type {Observation} from '../recording/observation.ts';
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

const sourceCount = (o: Observation): number =>
  o.kind === 'pod' ? (statusOf(o.object, 'source')?.restartCount ?? 0) : 0;

test.each<[string, (count: number) => number]>([
  ['one too high from the fourth on', count => count + (count > 3 ? 1 : 0)],
  ['one too low from the fourth on', count => count - (count > 3 ? 1 : 0)],
  ['not raised at the fifth, and right again later', count => (count === 5 ? 4 : count)],
  ['lower than before at the seventh', count => (count === 7 ? 2 : count)],
  ['begun anew at the seventh', count => (count > 6 ? count - 7 : count)],
])('a count that is %s is not taken for right', (_, counted) => {
  const edit = withStatusesLeftOut();
  const from = edit.recording.observations.findIndex(o => sourceCount(o) > 3);
  edit.pods(from, Infinity, pod => {
    for (const name of ['source', 'worker']) status(pod, name).restartCount = counted(status(pod, name).restartCount);
  });
  expect(judged(edit)?.outcome).not.toBe('held');
});

test('a worker that was ended before it wrote of its start is counted with the source', () => {
  const edit = withStatusesLeftOut();
  const lost = edit.recording.observations.findLastIndex(
    o => o.kind === 'journal' && o.entry.container === 'worker' && o.entry.what === 'start',
  );
  edit.drop(o => o === edit.recording.observations[lost]);
  expect(judged(edit)).toMatchObject({outcome: 'held'});
});

test('a count that goes on without that of the source is not taken for right', () => {
  const edit = withStatusesLeftOut();
  const from = edit.recording.observations.findIndex(o => sourceCount(o) > 3);
  edit.pods(from, Infinity, pod => (status(pod, 'worker').restartCount += 1));
  expect(judged(edit)?.outcome).not.toBe('held');
});

test('a lost line of the journal does not make up for a restart that is not counted', () => {
  const edit = withStatusesLeftOut();
  const lost = edit.recording.observations.findLastIndex(o => o.kind === 'journal');
  edit.insert(lost, {
    kind: 'gap',
    resource: 'journal',
    why: 'unreadable journal line "{"',
    atMs: edit.timeline.end.atMs,
  });
  expect(judged(edit)).toMatchObject({outcome: 'unknown'});
});

test('starts that the journal does not tell from one another are no proof', () => {
  const edit = withStatusesLeftOut();
  edit.each('clock', clock => (clock.askedAtMs -= 7_000));
  expect(judged(edit)).toMatchObject({outcome: 'unknown'});
});
