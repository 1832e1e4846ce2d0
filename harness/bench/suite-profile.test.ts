import {describe, expect, test} from '@jest/globals';
import type {RunEvent} from '../progress/events.ts';
import {
  exceeded,
  readSuiteBudget,
  requestsOf,
  rssGrowth,
  suiteProfileSchema,
  suiteProfileText,
  timesOf,
  wallToLeast,
  type Round,
  type Stamped,
  type SuiteProfile,
} from './suite-profile.ts';

const began = (scenario: string): RunEvent => ({event: 'began', scenario, title: scenario});
const ended = (scenario: string, seconds: number): RunEvent => ({
  event: 'ended',
  scenario,
  title: scenario,
  reason: 'settled',
  text: 'all came',
  seconds,
});
const stamped = (...told: readonly (readonly [atMs: number, event: RunEvent])[]): Stamped[] =>
  told.map(([atMs, event]) => ({atMs, event}));

const told = stamped(
  [4000, {event: 'target', context: 'a', server: 'v1.35.4', feature: 'on'}],
  [6000, {event: 'recording', scenarios: [], parallel: 12}],
  [6500, began('calibration')],
  [10_500, ended('calibration', 4)],
  [10_600, began('loop')],
  [10_700, began('sidecar-exits')],
  [20_600, ended('sidecar-exits', 9.9)],
  [60_500, ended('loop', 49.9)],
  [62_000, {event: 'recorded', seconds: 56}],
);

describe('the times of a run', () => {
  test('follow one another from the begin of the command to the end of the clean-up', () => {
    expect(timesOf(told, 'calibration', 3000)).toEqual({
      targetSeconds: 1,
      preparationSeconds: 2.5,
      calibrationSeconds: 4,
      recordingSeconds: 50,
      cleanupSeconds: 1.5,
      scenarios: 2,
      longest: {scenario: 'loop', seconds: 49.9},
      sumSeconds: 59.8,
      parallel: 12,
    });
  });

  test('are those of the recordings alone where the node was known to be quick before', () => {
    const without = told.filter(({event}) => !('scenario' in event && event.scenario === 'calibration'));
    expect(timesOf(without, 'calibration', 3000)).toMatchObject({calibrationSeconds: 0, recordingSeconds: 49.9});
  });

  test.each<[what: string, told: readonly Stamped[]]>([
    ['nothing', []],
    ['the feature being off', told.slice(0, 1)],
    ['the calibration alone', told.slice(0, 4)],
  ])('are not known of a run that told of %s', (_, some) => {
    expect(timesOf(some, 'calibration', 0)).toBeUndefined();
  });
});

test('requests belong to the scenario whose namespace they name', () => {
  const paths = [
    '/version',
    '/api/v1/namespaces',
    '/api/v1/namespaces/rac-a1b2c3-loop/pods?watch=true&resourceVersion=1',
    '/api/v1/namespaces/rac-a1b2c3-slow-loop/pods',
    '/api/v1/namespaces/rac-a1b2c3-slow-loop/pods/a/exec',
    '/api/v1/namespaces/rac-a1b2c3-slow-loop',
    '/api/v1/namespaces/rac-a1b2c3-pull-check/pods',
  ];
  expect(
    requestsOf(
      paths.map(path => ({path})),
      ['loop', 'slow-loop'],
    ),
  ).toEqual({total: 7, watches: 1, execs: 1, ofTheRun: 3, byScenario: {'slow-loop': 3, loop: 1}});
});

const round: Round = {
  recording: {
    startSeconds: 2,
    targetSeconds: 1,
    preparationSeconds: 2.5,
    calibrationSeconds: 4,
    recordingSeconds: 60,
    cleanupSeconds: 1.5,
    scenarios: 2,
    longest: {scenario: 'loop', seconds: 50},
    sumSeconds: 60,
    parallel: 12,
    cpuSeconds: 6.55,
    loopDelayMs: {p99: 2, max: 40},
    requests: {total: 60, watches: 4, execs: 6, ofTheRun: 10, byScenario: {loop: 30, 'sidecar-exits': 20}},
  },
  judgeSeconds: 1,
  reportSeconds: 0.5,
  judgeCpuSeconds: 1.4,
  verdicts: 10,
  rssMiB: 300,
  heapMiB: 100,
  peakRssMiB: 320,
};
const {recording: _, ...judged} = round;
const profile = (...rounds: readonly Round[]): SuiteProfile => ({
  suite: '0.1.0',
  node: 'v24.21.0',
  cores: 2,
  rounds: [...rounds],
});
const budget = {
  wallToLongest: 1.2,
  wallToLeast: 1.2,
  judgeAndReportSeconds: 1.5,
  requestsPerScenario: 30,
  peakRssMiB: 320,
  rssGrowth: 1.1,
};

describe('a budget', () => {
  test('that is met to the last bit is not exceeded', () => {
    expect(exceeded(profile(round), budget)).toEqual([]);
  });

  test.each<[over: Partial<typeof budget>, line: string]>([
    [{wallToLongest: 1.1}, 'recording, by the longest scenario: 1.20, at most 1.1'],
    [{wallToLeast: 1.1}, 'recording, by the least that it can take: 1.20, at most 1.1'],
    [{judgeAndReportSeconds: 1.2}, 'judging and reporting: 1.50 s, at most 1.2 s'],
    [{requestsPerScenario: 29}, 'requests for each scenario: 30.00, at most 29'],
    [{peakRssMiB: 300}, 'peak RSS: 320.00 MiB, at most 300 MiB'],
  ])('of %j is exceeded, with the figure and the bound', (over, line) => {
    expect(exceeded(profile(round), {...budget, ...over})).toEqual([line]);
  });

  test('holds a folder that was judged to what that takes alone', () => {
    const tight = {...budget, wallToLongest: 1, requestsPerScenario: 1};
    expect(exceeded(profile(judged), tight)).toEqual([]);
  });

  test('names the run where there are several, and what grew since the second', () => {
    const rounds = [round, round, {...round, judgeSeconds: 9, rssMiB: 360}];
    expect(exceeded(profile(...rounds), budget)).toEqual([
      'run 3: judging and reporting: 9.50 s, at most 1.5 s',
      'run 3: RSS after the last run, by that after the second: 1.20, at most 1.1',
    ]);
  });

  test('stands in suites/suite-budget.yaml', () => {
    expect(readSuiteBudget(new URL('../../suites/', import.meta.url)).wallToLongest).toBeGreaterThanOrEqual(1);
  });
});

test.each([
  ['the longest scenario', 12, 1.2],
  ['what all of them take by how many go on at a time', 1, 1],
])('a recording takes at least %s', (_, parallel, ratio) => {
  const longest = {scenario: 'loop', seconds: 50};
  expect(wallToLeast({recordingSeconds: 60, longest, sumSeconds: 60, parallel})).toBe(ratio);
});

test.each([
  [[], undefined],
  [[100], undefined],
  [[100, 200], undefined],
  [[100, 200, 210], 1.05],
])('after %j MiB memory has grown by %s', (held, growth) => {
  expect(rssGrowth(held.map(rssMiB => ({rssMiB})))).toBe(growth);
});

test('a profile is a table with a column for each run', () => {
  expect(suiteProfileSchema.parse(profile(round, judged))).toEqual(profile(round, judged));
  const text = suiteProfileText({...profile(round, judged), server: 'v1.35.4'});
  expect(text).toContain('Suite 0.1.0 on Node v24.21.0, 2 cores; Kubernetes v1.35.4\n');
  expect(text).toMatch(/^ +recording by longest +1\.20$/m);
  expect(text).toMatch(/^ +as a share of one core +10\.0 %$/m);
  expect(text).toMatch(/^ {2}judging +1\.00 s +1\.00 s$/m);
  expect(text).toContain('most requests: loop 30, sidecar-exits 20\n');
});

test('a table of a folder that was judged tells nothing of recordings', () => {
  expect(suiteProfileText(profile(judged))).not.toMatch(/recording|requests/);
});
