import {describe, expect, test} from '@jest/globals';
import {observationSchema, type Observation} from '../recording/observation.ts';
import {conditionOf, podSchema, statusesOf} from '../recording/pod.ts';
import {
  causeOf,
  compareWithAnswers,
  lagsOf,
  loadPod,
  loadText,
  sayingSchema,
  statusAfter,
  takenRateOf,
  together,
  type ChangeAnswer,
  type LoadResult,
} from './recorder-load.ts';

const at = '2026-01-01T00:00:00Z';

const podAfter = (changes: number) =>
  podSchema.parse({
    ...loadPod('pod-1', {run: 'a'}, 'busybox:1'),
    metadata: {name: 'pod-1', uid: 'u', resourceVersion: String(changes)},
    status: statusAfter(changes, at),
  });

const seen = (atMs: number, name: string, resourceVersion: string, type = 'MODIFIED'): Observation =>
  observationSchema.parse({
    kind: 'pod',
    type,
    atMs,
    object: {metadata: {name, uid: 'u', resourceVersion}, spec: {containers: []}},
  });
const answered = (pod: string, resourceVersion: string, atMs = 0): ChangeAnswer => ({pod, resourceVersion, atMs});

describe('the changes of a Pod', () => {
  test('make each status another than the one before', () => {
    const texts = Array.from({length: 12}, (_, changes) => JSON.stringify(statusAfter(changes, at)));
    expect(new Set(texts).size).toBe(12);
  });

  test('are those of one restart after the other', () => {
    const stages = [0, 1, 2, 3, 4].map(podAfter);
    expect(stages.map(pod => conditionOf(pod, 'AllContainersRestarting')?.status)).toEqual([
      'True',
      'True',
      'False',
      'False',
      'True',
    ]);
    expect(stages.map(pod => statusesOf(pod).map(({restartCount}) => restartCount))).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [1, 1, 1],
      [1, 1, 1],
      [1, 1, 1],
    ]);
    expect(stages.map(pod => statusesOf(pod).map(({ready}) => ready))).toEqual([
      [true, false, true],
      [true, false, false],
      [true, true, false],
      [true, true, true],
      [true, false, true],
    ]);
  });

  test('renew the ids of all containers', () => {
    const ids = (changes: number) => statusesOf(podAfter(changes)).map(({containerID}) => containerID);
    expect(ids(1)).toEqual(ids(0));
    expect(new Set([...ids(1), ...ids(2)]).size).toBe(6);
  });
});

describe('a recording', () => {
  const answers = [answered('a', '9'), answered('b', '10'), answered('a', '11')];

  test('that holds each change once and in order lacks nothing', () => {
    const observations = [seen(0, 'a', '7', 'LISTED'), seen(1, 'a', '9'), seen(2, 'b', '10'), seen(3, 'a', '11')];
    expect(compareWithAnswers(answers, observations)).toEqual({
      made: 3,
      lost: [],
      repeated: [],
      disordered: [],
      others: 0,
      gaps: [],
    });
  });

  test.each<[what: string, observations: readonly Observation[], found: object]>([
    ['lacks one', [seen(1, 'a', '9'), seen(2, 'a', '11')], {lost: ['b 10']}],
    [
      'holds one of them under another name',
      [seen(1, 'a', '9'), seen(2, 'c', '10'), seen(3, 'a', '11')],
      {lost: ['b 10'], others: 1},
    ],
    [
      'holds one twice',
      [seen(1, 'a', '9'), seen(2, 'b', '10'), seen(3, 'b', '10'), seen(4, 'a', '11')],
      {repeated: ['b 10']},
    ],
    [
      'holds a later one first, by number and not by letter',
      [seen(1, 'b', '10'), seen(2, 'a', '9'), seen(3, 'a', '11')],
      {disordered: ['a 9']},
    ],
    [
      'says itself that it missed something',
      [
        seen(1, 'a', '9'),
        {kind: 'gap', atMs: 2, resource: 'pods', why: 'too old'},
        seen(2, 'b', '10'),
        seen(3, 'a', '11'),
      ],
      {gaps: ['pods: too old']},
    ],
    [
      'holds changes of others too',
      [seen(1, 'a', '9'), seen(2, 'b', '10'), seen(3, 'a', '11'), seen(4, 'a', '12')],
      {others: 1},
    ],
  ])('that %s is found out', (_, observations, found) => {
    const whole = {made: 3, lost: [], repeated: [], disordered: [], others: 0, gaps: []};
    expect(compareWithAnswers(answers, observations)).toEqual({...whole, ...found});
  });

  test('is late by what passed since each answer, on one clock', () => {
    const late = [answered('a', '9', 1000), answered('b', '10', 1005), answered('a', '11', 1010)];
    const observations = [seen(0, 'a', '7', 'LISTED'), seen(12, 'a', '9'), seen(4, 'b', '10')];
    expect(lagsOf(late, observations, 1000)).toEqual([-1, 12]);
  });

  test('took so many changes a second, from the first to the last', () => {
    expect(
      takenRateOf([seen(0, 'a', '7', 'LISTED'), seen(500, 'a', '9'), seen(600, 'b', '10'), seen(700, 'a', '11')]),
    ).toBe(10);
    expect(takenRateOf([seen(500, 'a', '9')])).toBe(0);
    expect(takenRateOf([])).toBe(0);
  });
});

const result: LoadResult = {
  suite: '0.1.0',
  node: 'v24.21.0',
  cores: 2,
  server: 'v1.35.4',
  pods: 1000,
  asked: {rate: 1000, seconds: 30, inFlight: 64},
  recorders: 1,
  reachedRate: 990,
  takenRate: 990,
  behind: false,
  refused: {},
  comparison: {made: 29_700, lost: [], repeated: [], disordered: [], others: 0, gaps: []},
  lagMs: {least: -1, p50: 2, p99: 30, max: 80},
  recorder: {
    cpuSeconds: 9,
    memory: [
      {atSeconds: 0, rssMiB: 100, heapMiB: 50},
      {atSeconds: 30, rssMiB: 150, heapMiB: 60},
    ],
    loopDelayMs: 20,
  },
  loader: {cpuSeconds: 20, peakRssMiB: 200},
  recording: {bytes: 150e6, lines: 30_704, readSeconds: 3, rssMiB: 900},
};
const {comparison} = result;

describe('a load', () => {
  test.each<[what: string, change: Partial<LoadResult>, cause: string]>([
    ['under which nothing was lost', {}, 'ok'],
    ['that was not as fast as asked for', {takenRate: 900}, 'undecided'],
    ['of which each change was taken by four recorders', {takenRate: 248, recorders: 4}, 'ok'],
    ['that was taken fast, though made slowly', {reachedRate: 120, behind: true}, 'ok'],
    ['of which every change was refused', {comparison: {...comparison, made: 0}}, 'undecided'],
    ['under which something was lost', {comparison: {...comparison, lost: ['a 9']}}, 'failed'],
    ['that was slow, and lost something', {takenRate: 9, comparison: {...comparison, lost: ['a 9']}}, 'failed'],
    ['under which something came twice', {comparison: {...comparison, repeated: ['a 9']}}, 'failed'],
    ['under which the order was lost', {comparison: {...comparison, disordered: ['a 9']}}, 'failed'],
    [
      'under which the recorder says that it missed something',
      {comparison: {...comparison, gaps: ['pods: 410']}},
      'failed',
    ],
  ])('%s', (_, change, cause) => {
    expect(causeOf({...result, ...change})).toBe(cause);
  });

  test('is told with what was lost, and what the API server refused', () => {
    const lost = ['a 9', 'b 10', 'a 11', 'a 12'];
    const text = loadText({...result, refused: {'429 too many': 3}, comparison: {...comparison, lost}});
    expect(text).toContain('990 a second of 1000 asked for');
    expect(text).toContain('3 times: 429 too many');
    expect(text).toContain('29696 of 29700');
    expect(text).toContain('4: a 9; b 10; a 11; ...');
    expect(text).toContain('Failed: ');
  });
});

test('several recorders lack what one of them lacks', () => {
  const [whole, holed] = [comparison, {...comparison, lost: ['a 9']}];
  expect(together([whole, holed])).toMatchObject({made: 2 * comparison.made, lost: ['a 9'], gaps: []});
});

test('what the loader says ends with an exit code of ours where it could not go on', () => {
  const failed = {exit: 'unreachable', message: 'the API server does not answer'};
  expect(sayingSchema.parse(failed)).toEqual(failed);
  expect(sayingSchema.safeParse({...failed, exit: 'tired'}).success).toBe(false);
});
