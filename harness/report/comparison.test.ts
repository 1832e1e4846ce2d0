import {expect, test} from '@jest/globals';
import {compareReports, formatComparison} from './comparison.ts';

const run = (server: string, outcomes: Readonly<Record<string, string>>) => ({
  target: {server},
  rows: Object.entries(outcomes).map(([id, text]) => {
    const [outcome = '', reason] = text.split(' ');
    const requirement = {id, level: 'MUST', title: `title of ${id}`};
    return {requirement, verdict: {outcome, ...(reason === undefined ? {} : {reason})}};
  }),
});

test('runs that agree on a release differ in nothing, though releases differ', () => {
  const runs = [
    run('v1.35.4', {'IDN-1': 'Passed', 'CTR-12': 'KnownDeviation'}),
    run('v1.35.4', {'IDN-1': 'Passed', 'CTR-12': 'KnownDeviation'}),
    run('v1.36.3', {'IDN-1': 'Passed', 'CTR-12': 'Passed'}),
  ];
  const comparison = compareReports(runs);
  expect(comparison.differing).toEqual([]);
  expect(formatComparison(comparison)).toMatch(/CTR-12 +MUST +Deviation +Passed +title of CTR-12/);
});

test('a requirement that differs between runs on one release is named, with each outcome', () => {
  const comparison = compareReports([run('v1.35.4', {'IDN-1': 'Passed'}), run('v1.35.4', {'IDN-1': 'Failed'})]);
  expect(comparison.differing).toEqual(['IDN-1']);
  expect(formatComparison(comparison)).toMatch(/IDN-1 +MUST +Passed\/Failed +title of IDN-1\n\n1 differ/);
});

test('a requirement that only one run on a release judged differs', () => {
  const runs = [run('v1.35.4', {'IDN-1': 'Passed'}), run('v1.35.4', {})];
  expect(compareReports(runs).differing).toEqual(['IDN-1']);
});

test('the reason of a skip counts as part of the outcome', () => {
  const runs = [run('v1.35.4', {'IDN-1': 'Skipped gate-off'}), run('v1.35.4', {'IDN-1': 'Skipped no-permission'})];
  expect(compareReports(runs).differing).toEqual(['IDN-1']);
});

test('what the user left out of a run is no difference', () => {
  const runs = [run('v1.35.4', {'IDN-1': 'Skipped excluded-by-user'}), run('v1.35.4', {'IDN-1': 'Passed'})];
  expect(compareReports(runs).differing).toEqual([]);
});
