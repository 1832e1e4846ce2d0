import {describe, expect, test} from '@jest/globals';
import {compareReports, formatComparison} from './comparison.ts';

const run = (server: string, outcomes: Readonly<Record<string, string>>) => ({
  target: {server},
  rows: Object.entries(outcomes).map(([id, text]) => {
    const [outcome = '', reason] = text.split(' ');
    const requirement = {id, level: 'MUST', title: `title of ${id}`};
    const saw = outcome === 'KnownDeviation' ? {saw: 'late'} : {};
    return {requirement, verdict: {outcome, ...saw, ...(reason === undefined ? {} : {reason})}};
  }),
});

test('runs that agree on a release differ in nothing, though releases differ', () => {
  const runs = [
    run('v1.35.4', {'IDN-1': 'Passed', 'CTR-12': 'KnownDeviation'}),
    run('v1.35.4', {'IDN-1': 'Passed', 'CTR-12': 'KnownDeviation'}),
    run('v1.36.3', {'IDN-1': 'Passed', 'CTR-12': 'Passed'}),
  ];
  const comparison = compareReports(runs, []);
  expect(comparison.differing).toEqual([]);
  expect(formatComparison(comparison)).toMatch(/CTR-12 +MUST +Deviation +Passed +title of CTR-12/);
});

test('a requirement that differs between runs on one release is named, with each outcome', () => {
  const comparison = compareReports([run('v1.35.4', {'IDN-1': 'Passed'}), run('v1.35.4', {'IDN-1': 'Failed'})], []);
  expect(comparison.differing).toEqual(['IDN-1']);
  expect(formatComparison(comparison)).toMatch(/IDN-1 +MUST +Passed\/Failed +title of IDN-1\n\n1 differ/);
});

test('a requirement that only one run on a release judged differs', () => {
  const runs = [run('v1.35.4', {'IDN-1': 'Passed'}), run('v1.35.4', {})];
  expect(compareReports(runs, []).differing).toEqual(['IDN-1']);
});

test('the reason of a skip counts as part of the outcome', () => {
  const runs = [run('v1.35.4', {'IDN-1': 'Skipped gate-off'}), run('v1.35.4', {'IDN-1': 'Skipped no-permission'})];
  expect(compareReports(runs, []).differing).toEqual(['IDN-1']);
});

test('what the user left out of a run is no difference', () => {
  const runs = [run('v1.35.4', {'IDN-1': 'Skipped excluded-by-user'}), run('v1.35.4', {'IDN-1': 'Passed'})];
  expect(compareReports(runs, []).differing).toEqual([]);
});

describe('a deviation that shows at times', () => {
  const deviation = {requirement: 'PRF-7', releases: ['1.35'], saw: 'late', evidence: 'seen', sometimes: 'in 2 of 9'};
  const compared = (server: string, ...outcomes: string[]) =>
    compareReports(
      outcomes.map(outcome => run(server, {'PRF-7': outcome})),
      [deviation],
    );

  test('is no difference, and told', () => {
    const comparison = compared('v1.35.4', 'Passed', 'KnownDeviation', 'Passed');
    expect(comparison.differing).toEqual([]);
    expect(formatComparison(comparison)).toContain(
      'PRF-7 differs in whether a known deviation shows: in 2 of 9\nno other requirement differs',
    );
  });

  test.each([
    ['on a release that it is not known of', 'v1.36.3', ['Passed', 'KnownDeviation']],
    ['where a run was undecided', 'v1.35.4', ['Passed', 'Inconclusive']],
    ['where a run failed', 'v1.35.4', ['KnownDeviation', 'Failed', 'Passed']],
  ])('explains nothing %s', (_, server, outcomes) => {
    expect(compared(server, ...outcomes).differing).toEqual(['PRF-7']);
  });

  test('explains nothing where another one was seen, which shows always', () => {
    const others = [
      {...deviation, saw: 'another'},
      {...deviation, sometimes: undefined},
    ];
    const runs = ['Passed', 'KnownDeviation'].map(outcome => run('v1.35.4', {'PRF-7': outcome}));
    expect(compareReports(runs, others).differing).toEqual(['PRF-7']);
  });
});
