import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {fateOf, forgetRun, registerRun} from './living-runs.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rac-runs-'));
});

afterEach(() => {
  rmSync(folder, {recursive: true});
});

test('a run of a process that is there goes on, until it takes that back', () => {
  const run = registerRun('a', folder);
  expect(fateOf('a', folder)).toBe('goes on');
  run[Symbol.dispose]();
  expect(fateOf('a', folder)).toBe('is not known');
});

test('a run of another machine is not known', () => {
  writeFileSync(join(folder, 'a.json'), JSON.stringify({pid: process.pid, began: '', machine: 'elsewhere'}));
  expect(fateOf('a', folder)).toBe('is not known');
});

test('a run that was forgotten is not known', () => {
  registerRun('a', folder);
  forgetRun('a', folder);
  expect(fateOf('a', folder)).toBe('is not known');
});
