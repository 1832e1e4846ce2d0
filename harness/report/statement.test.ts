import {beforeAll, expect, test} from '@jest/globals';
import {redRun, type RecordedRun} from '../testing/recorded-run.ts';
import type {Report} from './report.ts';
import {inTotoStatement} from './statement.ts';

let run: RecordedRun;

beforeAll(async () => {
  run = await redRun();
});

test('its subject is what was seen, its configuration what was demanded', () => {
  const {subject, predicate} = inTotoStatement(run.report, run.evidence);
  expect(subject.map(({name}) => name)).toEqual(['target.json', ...run.evidence.recordings.map(({name}) => name)]);
  expect(predicate.configuration.map(({name}) => name)).toEqual(['requirements.yaml', 'deviations.yaml']);
});

test('each requirement that was judged is in one list', () => {
  const {passedTests, warnedTests, failedTests} = inTotoStatement(run.report, run.evidence).predicate;
  const {counts} = run.report;
  expect(failedTests).toEqual(['IDN-2']);
  expect(passedTests).toHaveLength(counts.Passed);
  expect(warnedTests).toHaveLength(counts.KnownDeviation + counts.Inconclusive + counts.Error);
});

test.each<[Report['result'], string]>([
  ['success', 'PASSED'],
  ['partial', 'WARNED'],
  ['unsupported', 'WARNED'],
  ['failure', 'FAILED'],
])('%s is %s', (result, expected) => {
  expect(inTotoStatement({...run.report, result}, run.evidence).predicate.result).toBe(expected);
});
