import {expect, test} from '@jest/globals';
import {timelineOf} from '../recording/timeline.ts';
import {Edit, status} from '../testing/edit.ts';
import {goodRecording} from '../testing/recorded.ts';
import {countsRestart} from './counts.ts';

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
    const own = timeline.journal.findLast(
      ({entry}) => entry.what === 'start' && entry.container === 'crasher' && entry.began < exit,
    );
    if (own?.entry.what !== 'start') throw new Error('the crasher has not run');
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
