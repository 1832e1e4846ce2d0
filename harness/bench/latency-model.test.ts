import {expect, test} from '@jest/globals';
import {predict, slowestOf} from './latency-model.ts';
import {shapes} from './shapes.ts';

const startMs = 150;

function containersOf(id: string) {
  const shape = shapes.find(each => each.id === id);
  if (shape === undefined) throw new Error(`no shape ${id}`);
  return shape.containers;
}

const range = (times: readonly number[]) => ({from: times.at(0) ?? NaN, to: times.at(-1) ?? NaN});

test('from 1.36 on the first container starts within one look at the containers, the kills and its own start', () => {
  const {first} = predict(containersOf('two-containers'), {release: '1.36', startMs});
  const {from, to} = range(first);
  expect(from).toBeGreaterThan(250);
  expect(to).toBeLessThan(1030 + 100 + startMs + 1);
});

test('at 1.35 what follows the kills waits for the next look', () => {
  const older = predict(containersOf('two-containers'), {release: '1.35', startMs});
  const newer = predict(containersOf('two-containers'), {release: '1.36', startMs});
  expect(range(older.first).from - range(newer.first).from).toBeGreaterThan(800);
});

test('a Pod in which the source ran alone waits for the periodic sync at 1.35 only', () => {
  const containers = containersOf('source-alone');
  const {from, to} = range(predict(containers, {release: '1.35', startMs}).started);
  expect(from).toBeGreaterThan(60_000);
  expect(to).toBeLessThan(92_000);
  expect(range(predict(containers, {release: '1.36', startMs}).started).to).toBeLessThan(1_500);
});

test('a container that ignores SIGTERM uses up its grace period', () => {
  const {from} = range(predict(containersOf('ignores-sigterm'), {release: '1.36', startMs}).first);
  expect(from).toBeGreaterThan(2_100);
});

test.each<[release: '1.35' | '1.36', looks: number]>([
  ['1.35', 5],
  ['1.36', 2],
])("at %s what follows a probed sidecar begins with the kubelet's look number %i or the next", (release, looks) => {
  const {started} = predict(containersOf('init-and-sidecar'), {release, startMs});
  const look = 1_030;
  const {from, to} = range(started);
  expect(from).toBeGreaterThan(looks * look + startMs); // from the look that noticed the exit, which is up to one away
  expect(to).toBeLessThan((looks + 2) * look + startMs);
});

test('each further container adds its kill and its start', () => {
  const kubelet = {release: '1.36', startMs} as const;
  const [two, ten] = ['two-containers', 'ten-containers'].map(id => predict(containersOf(id), kubelet).started);
  expect(range(ten ?? []).from - range(two ?? []).from).toBeCloseTo(8 * (100 + startMs));
});

test('the slowest of many takes as long as the longest of one, in the end', () => {
  const times = Array.from({length: 1_000}, (_, at) => at + 1);
  expect(slowestOf(times, 1, 0.5)).toBe(500);
  expect(slowestOf(times, 10, 0.5)).toBeGreaterThan(900);
  expect(slowestOf(times, 5_000, 0.5)).toBe(1_000);
});
