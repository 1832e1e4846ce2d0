import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, jest, test} from '@jest/globals';
import {Command} from 'commander';
import {aBench} from '../harness/testing/a-bench.ts';
import {benchCommand} from './bench.ts';

let folder: string;
let printed: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rac-bench-'));
  printed = '';
  jest.spyOn(process.stdout, 'write').mockImplementation(text => {
    printed += String(text);
    return true;
  });
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});

afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, {recursive: true});
});

function keep(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, 'bench.json'), text);
  return path;
}

const bench = (...args: readonly string[]) =>
  benchCommand(new AbortController().signal).exitOverride().parseAsync(args, {from: 'user'});

test('what was measured before is printed side by side, and drawn where it is asked for', async () => {
  const older = aBench();
  const newer = {...older, target: {...older.target, server: 'v1.36.3', release: '1.36'}};
  const [a, b] = [keep('a', JSON.stringify(older)), keep('b', JSON.stringify(newer))];
  await bench('--from', a, b, '--output', join(folder, 'both'));
  expect(printed).toContain('| two-containers | 1.36.3');
  expect(readdirSync(join(folder, 'both'))).toEqual([
    'bench.html',
    'bench.md',
    'distribution.svg',
    'model.svg',
    'time-by-containers.svg',
    'time-by-pods.svg',
    'where-the-time-goes.svg',
  ]);
  expect(readFileSync(join(folder, 'both', 'bench.md'), 'utf8')).toBe(printed);
});

test.each([
  ['is damaged', '{"format":1', 'badData', 'is not what a benchmark writes'],
  ['is of another format', '{"format":2}', 'badData', 'is not what a benchmark writes'],
])('one that %s gives no figures', async (_, text, exit, message) => {
  await expect(bench('--from', keep('a', text))).rejects.toMatchObject({
    exit,
    message: expect.stringContaining(message),
  });
  expect(printed).toBe('');
});

test('a folder of something else is named', async () => {
  await expect(bench('--from', folder)).rejects.toMatchObject({
    exit: 'usage',
    message: `${folder} has no bench.json`,
  });
});

test.each(['suite', 'recorder'])('flags after %s are those of that, not of the command before it', async name => {
  let context: unknown;
  const program = new Command().enablePositionalOptions().addCommand(benchCommand(new AbortController().signal));
  program.hook('preAction', (_, command) => {
    context = command.opts()['context'];
    throw new Error('not run');
  });
  await expect(program.parseAsync(['bench', name, '--context', 'mine'], {from: 'user'})).rejects.toThrow('not run');
  expect(context).toBe('mine');
});
