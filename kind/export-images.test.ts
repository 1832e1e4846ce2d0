import {chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {SuiteError} from '../harness/errors.ts';
import {inMirror} from '../harness/scenario/image-reference.ts';
import {exportImages, type Export, type Makers} from './export-images.ts';
import {busybox} from './workload-image.ts';

const {signal} = new AbortController();
const mirror = 'mirror.example:5000/conformance';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rac-export-'));
  process.env['RAC_CACHE'] = join(folder, 'cache');
});

afterEach(() => {
  rmSync(folder, {recursive: true});
});

const archive = (): string => join(folder, 'to/images.tar');

const asked = (more: Partial<Export> = {}): Export => ({
  file: archive(),
  workload: undefined,
  naming: image => inMirror(image, mirror),
  project: '/project/',
  version: '1.2.3',
  signal,
  ...more,
});

/** An engine whose client writes down what it is told, has the images named, and ends `save` as it is given. */
function makers({has = [busybox.image], save = 'echo "$*" > "$3"'} = {}): Makers & {said: () => string[]} {
  const tool = join(folder, 'engine');
  const log = join(folder, 'log');
  const known = has.map(image => `'${image}') exit 0 ;;`).join(' ');
  writeFileSync(
    tool,
    `#!/bin/sh
echo "$*" >> ${log}
case $1 in
  image) for image; do :; done; case $image in ${known} esac; exit 1 ;;
  save) ${save} ;;
esac
`,
  );
  chmodSync(tool, 0o755);
  const dockerode = {getImage: () => ({distribution: () => Promise.reject(new Error('no registry'))})};
  return {
    engine: () => Promise.resolve({tool, env: {}, client: {container: {dockerode}}}),
    suite: (_project, _version, file) => {
      writeFileSync(file, '');
      return Promise.resolve('sha256:0');
    },
    said: () => readFileSync(log, 'utf8').trimEnd().split('\n'),
  };
}

describe('an archive of images', () => {
  test('has every image that a run uses, under its name in the mirror and without its digest', async () => {
    const by = makers();
    const names = [`${mirror}/busybox:1.37.0`, `${mirror}/rac/suite:1.2.3`];
    expect(await exportImages(asked(), by)).toEqual(names);
    expect(readFileSync(archive(), 'utf8')).toBe(`save --output ${archive()} ${names.join(' ')}\n`);
    expect(by.said()).toEqual([
      expect.stringMatching(/^load --input .*suite\.tar$/),
      `image inspect --format {{.Id}} ${busybox.image}`,
      `tag ${busybox.image} ${mirror}/busybox:1.37.0`,
      `tag rac/suite:1.2.3 ${mirror}/rac/suite:1.2.3`,
      `save --output ${archive()} ${names.join(' ')}`,
    ]);
  });

  test('has the workload image that was asked for', async () => {
    const by = makers({has: ['example/shell:1']});
    const same = (image: string): string => image;
    expect(await exportImages(asked({workload: 'example/shell:1', naming: same}), by)).toEqual([
      'example/shell:1',
      'rac/suite:1.2.3',
    ]);
    expect(by.said().filter(line => line.startsWith('tag'))).toEqual([]);
  });
});

describe('there is no archive, and it is told why, where', () => {
  const noEngine = new SuiteError('noEngine', 'no container engine answers');

  test.each<[what: string, more: Partial<Export>, by: () => Makers, error: object]>([
    [
      'there is no engine',
      {},
      () => ({...makers(), engine: () => Promise.reject(noEngine)}),
      {exit: 'noEngine', message: 'no container engine answers'},
    ],
    [
      'the engine finds the disk full',
      {},
      () => makers({save: 'echo a > "$3"; echo "write /a: no space left on device" >&2; exit 1'}),
      {exit: 'diskFull', message: expect.stringMatching(/save .* failed: exit code 1\s+write \/a: no space left/)},
    ],
    [
      'this process finds the disk full',
      {},
      () => ({
        ...makers(),
        suite: () => Promise.reject(Object.assign(new Error('ENOSPC: no space'), {code: 'ENOSPC'})),
      }),
      {exit: 'diskFull', message: 'no room left: ENOSPC: no space'},
    ],
    [
      'the workload image is not to be had',
      {workload: 'example/none:1'},
      () => makers(),
      {
        exit: 'buildFailed',
        message: 'image example/none:1 is neither in the engine nor to be had from its registry',
      },
    ],
  ])('%s', async (_, more, by, error) => {
    await expect(exportImages(asked(more), by())).rejects.toMatchObject(error);
    expect(existsSync(archive())).toBe(false);
  });

  const idle: Makers = {
    engine: () => Promise.reject(new Error('no engine is asked')),
    suite: () => Promise.reject(new Error('nothing is built')),
  };

  test('the file exists already, which stays as it is', async () => {
    const file = join(folder, 'images.tar');
    writeFileSync(file, 'mine');
    await expect(exportImages(asked({file}), idle)).rejects.toMatchObject({
      exit: 'usage',
      message: `archive ${file} exists already`,
    });
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  test('a file lies in the place of its folder', async () => {
    writeFileSync(join(folder, 'to'), '');
    await expect(exportImages(asked(), idle)).rejects.toMatchObject({
      exit: 'usage',
      message: expect.stringMatching(/^archive .*to\/images\.tar can't be written: .*EEXIST/),
    });
  });

  test('the mirror is none', async () => {
    const naming = (image: string): string => inMirror(image, 'https://mirror.example/');
    await expect(exportImages(asked({naming}), idle)).rejects.toMatchObject({exit: 'usage'});
    expect(existsSync(join(folder, 'to'))).toBe(false);
  });
});
