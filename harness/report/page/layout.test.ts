import {expect, test} from '@jest/globals';
import {goodRecording} from '../../testing/recorded.ts';
import {layOut} from './layout.ts';
import {storyOf, type Mark, type Story} from './story.ts';

const story = storyOf(goodRecording('init-container-exits'));
const trigger = (atMs: number, text = 'source told to exit with 88'): Mark => ({atMs, line: 2, sort: 'trigger', text});
const withMarks = (...marks: Mark[]): Story => ({...story, marks});

test('rows are the containers, the phase, and conditions that changed', () => {
  const labels = layOut(story, []).rows.map(({label}) => label);
  expect(labels.slice(0, 10)).toEqual([
    ...['prepare', 'watcher', 'loader', 'reporter', 'trainer', 'evaluator', 'debugger'],
    ...['phase', 'AllContainersRestarting', 'Ready'],
  ]);
  expect(labels).not.toContain('PodScheduled');
});

test('a row for each of several Pods, of others than the own with the conditions of the restart alone', () => {
  const {rows} = layOut(storyOf(goodRecording('ten-pods-at-once')), []);
  const labels = rows.map(({label}) => label);
  expect(rows.filter(({heading}) => heading)).toHaveLength(10);
  expect(labels.slice(labels.indexOf('two-containers-2'), labels.indexOf('two-containers-3'))).toEqual([
    ...['two-containers-2', 'source', 'worker', 'AllContainersRestarting', 'Ready'],
  ]);
});

test('every bar and sign lies inside of the drawing', () => {
  for (const scenario of ['hundred-restarts', 'node-is-restarted', 'validation', 'indexed-job']) {
    const {from, to, stays, values, signs, rows} = layOut(storyOf(goodRecording(scenario)), []);
    const keys = new Set(rows.map(({key}) => key));
    const boxes = [...stays('running'), ...stays('waiting'), ...stays('ended'), ...values(() => true)];
    for (const box of boxes) {
      expect(keys).toContain(box.row);
      expect(box.from).toBeGreaterThanOrEqual(from);
      expect(box.to).toBeLessThanOrEqual(to);
    }
    for (const {at} of [...signs('start'), ...signs('exit'), ...signs('kill')]) {
      expect(at).toBeGreaterThanOrEqual(from);
      expect(at).toBeLessThanOrEqual(to);
    }
  }
});

test('captions that would cover one another stand in different lines', () => {
  const {captions} = layOut(withMarks(trigger(0), trigger(2000), trigger(60_000)), []);
  expect(captions.map(({line}) => line)).toEqual([0, 1, 0]);
});

test('the same thing done many times at once is one caption', () => {
  const {captions} = layOut(withMarks(...Array.from({length: 9}, (_, n) => trigger(n * 10))), []);
  expect(captions.map(({text}) => text)).toEqual(['9 times: source told to exit with 88']);
});

test('more captions than can be read are left out', () => {
  const marks = Array.from({length: 40}, (_, n) => trigger(n * 300, `step ${n}`));
  expect(layOut(withMarks(...marks), []).captions).toEqual([]);
});

test('verdicts that were decided close together have rows of their own', () => {
  const decision = {atMs: story.zeroMs, outcome: 'Failed'} as const;
  const {flags, rows} = layOut(story, [
    {...decision, id: 'IDN-1'},
    {...decision, id: 'IDN-2'},
  ]);
  expect(new Set(flags.map(({row}) => row)).size).toBe(2);
  expect(rows.slice(-2).map(({label}) => label)).toEqual(['not passed', '']);
});
