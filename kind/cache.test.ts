import {existsSync} from 'node:fs';
import {mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {built, cacheDirectory, digestOf, isBuilt, sweepTemporary, withTemporary, writeWhole} from './cache.ts';

const before = process.env['RAC_CACHE'];
let cache = '';

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'rac-cache-'));
  process.env['RAC_CACHE'] = cache;
});
afterEach(async () => {
  if (before === undefined) delete process.env['RAC_CACHE'];
  else process.env['RAC_CACHE'] = before;
  await rm(cache, {recursive: true});
});

describe('cacheDirectory', () => {
  test('is $RAC_CACHE, else in the XDG cache, else in ~/.cache', () => {
    expect(cacheDirectory({RAC_CACHE: '/c', XDG_CACHE_HOME: '/x'})).toBe('/c');
    expect(cacheDirectory({XDG_CACHE_HOME: '/x'})).toBe('/x/rac');
    expect(cacheDirectory({})).toMatch(/\/\.cache\/rac$/);
  });
});

describe('digestOf', () => {
  test('depends on values, not on the order of keys', () => {
    expect(digestOf({a: 1, b: {c: 2, d: 3}})).toBe(digestOf({b: {d: 3, c: 2}, a: 1}));
    expect(digestOf({a: 1})).not.toBe(digestOf({a: 2}));
  });
});

describe('built', () => {
  test('builds once, and again for other inputs', async () => {
    let builds = 0;
    const recipe = (inputs: string) => ({
      name: 'thing',
      inputs,
      build: (into: string): Promise<void> => writeFile(join(into, 'file'), `${inputs} ${++builds}`),
    });
    const first = await built(recipe('a'));
    expect(await built(recipe('a'))).toBe(first);
    const second = await built(recipe('b'));
    expect(await readFile(join(first, 'file'), 'utf8')).toBe('a 1');
    expect(await readFile(join(second, 'file'), 'utf8')).toBe('b 2');
  });

  test('a build that breaks off leaves nothing', async () => {
    const recipe = {name: 'thing', inputs: 1, build: (): Promise<void> => Promise.reject(new Error('broken off'))};
    await expect(built(recipe)).rejects.toThrow('broken off');
    expect(isBuilt(recipe)).toBe(false);
    expect(await readdir(join(cache, 'tmp'))).toEqual([]);
  });

  test('a build inside a build of the same name has its own directory', async () => {
    const place = await built({
      name: 'thing',
      inputs: 1,
      build: into => withTemporary('thing', inner => writeFile(join(into, 'inner'), inner)),
    });
    expect(existsSync(join(place, 'inner'))).toBe(true);
  });
});

test('temporary directories of dead processes are swept, those of living ones stay', async () => {
  await mkdir(join(cache, 'tmp', 'x.999999999.abc'), {recursive: true});
  await mkdir(join(cache, 'tmp', `x.${process.pid}.abc`));
  await sweepTemporary();
  expect(await readdir(join(cache, 'tmp'))).toEqual([`x.${process.pid}.abc`]);
});

test('writeWhole leaves no half file beside the whole one', async () => {
  await writeWhole(join(cache, 'd', 'f'), 'text');
  expect(await readdir(join(cache, 'd'))).toEqual(['f']);
});
