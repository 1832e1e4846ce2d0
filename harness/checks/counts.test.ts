import {expect, test} from '@jest/globals';
import {timelineOf, type Timeline} from '../recording/timeline.ts';
import {Edit, status} from '../testing/edit.ts';
import {goodRecording} from '../testing/recorded.ts';
import {countsRestart} from './counts.ts';

/** The last start of the crasher before the source exits. */
function lastRun({journal}: Timeline, exit: number) {
  for (const line of journal.toReversed()) {
    const {entry} = line;
    if (entry.what === 'start' && entry.container === 'crasher' && entry.began < exit) return {...line, entry};
  }
  throw new Error('the crasher has not run');
}

test.each([
  ['shown to wait', {waiting: {reason: 'CrashLoopBackOff'}}],
  ['still shown to have ended', {terminated: {exitCode: 1}}],
])(
  'a container, %s, whose back-off is over between the order to exit and the exit is started by itself',
  (_, state) => {
    const edit = new Edit(goodRecording('crash-loop'));
    edit.pods(edit.timeline.before.index, edit.timeline.before.index, pod => (status(pod, 'crasher').state = state));
    const {timeline} = edit;
    const exit = timeline.exit?.entry.uptime ?? NaN;
    const own = lastRun(timeline, exit);
    const began = exit - 0.05;
    edit.insert(own.index + 1, {kind: 'journal', atMs: own.atMs, entry: {...own.entry, began, uptime: began}});
    edit.pods(edit.timeline.stimulusIndex, Infinity, pod => {
      status(pod, 'crasher').restartCount += 2;
    });
    const edited = timelineOf(edit.recording);
    expect(edited && countsRestart('crasher')(edited)).toMatchObject({
      outcome: 'unknown',
      saw: 'crasher was started by its own back-off before the source exited',
    });
  },
);

test('a container whose end was told just before the order to exit has not been started again since', () => {
  const edit = new Edit(goodRecording('crash-loop'));
  const {timeline} = edit;
  const exit = timeline.exit?.entry.uptime ?? NaN;
  const own = lastRun(timeline, exit);
  edit.each('journal', ({entry}) => {
    if (entry.container !== 'crasher' || entry.uptime < own.entry.uptime || entry.uptime > exit) return;
    entry.uptime = exit - 0.05;
    if (entry.what === 'start') entry.began = exit - 0.05;
  });
  edit.pods(timeline.before.index, timeline.before.index, pod => {
    status(pod, 'crasher').state = {terminated: {exitCode: 1}};
  });
  const edited = timelineOf(edit.recording);
  expect(edited && countsRestart('crasher')(edited)).toMatchObject({
    outcome: 'broken',
    saw: 'restartCount of crasher did not go up', // as on this release
  });
});
