import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {calibrationScenario} from '../harness/calibration.ts';
import {expectedSeconds} from '../harness/recording/scenario.ts';
import {keepDurations, pastDurations, secondsOf} from './durations.ts';

const before = process.env['RAC_CACHE'];
let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'rac-durations-'));
  process.env['RAC_CACHE'] = cache;
});

afterEach(() => {
  if (before === undefined) delete process.env['RAC_CACHE'];
  else process.env['RAC_CACHE'] = before;
  rmSync(cache, {recursive: true});
});

test('what a scenario took is kept until it takes something else', async () => {
  await keepDurations({calibration: 4, loop: 30});
  await keepDurations({calibration: 6});
  expect(pastDurations()).toEqual({calibration: 6, loop: 30});
  expect(secondsOf(calibrationScenario, pastDurations())).toBe(6);
});

test('without an earlier run a scenario takes as long as on an idle node', () => {
  expect(secondsOf(calibrationScenario, pastDurations())).toBe(expectedSeconds(calibrationScenario));
});

test('a file that is not as it should be counts for nothing', () => {
  writeFileSync(join(cache, 'durations.json'), '{"calibration": "long"}');
  expect(pastDurations()).toEqual({});
});
