import {mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {execa} from 'execa';
import {z} from 'zod';
import {packImage} from './oci-archive.ts';

const {signal} = new AbortController();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rac-oci-'));
});

afterEach(() => {
  rmSync(folder, {recursive: true});
});

/** Packs two files that were written in the given order at the given time. */
async function pack(name: string, order: readonly string[], seconds: number) {
  const files = join(folder, name);
  const scratch = join(folder, `${name}-scratch`);
  mkdirSync(files);
  mkdirSync(scratch);
  for (const file of order) {
    writeFileSync(join(files, file), file);
    utimesSync(join(files, file), seconds, seconds);
  }
  const archive = join(folder, `${name}.tar`);
  const digest = await packImage({reference: 'docker.io/rac/a:1'}, files, archive, {scratch, signal});
  return {archive, digest};
}

test('the same files give the same archive, whenever they were written', async () => {
  const first = await pack('first', ['a', 'b'], 1);
  const second = await pack('second', ['b', 'a'], 1e9);
  expect(second.digest).toBe(first.digest);
  expect(readFileSync(second.archive).equals(readFileSync(first.archive))).toBe(true);
});

test('an archive says to docker and to containerd which image is in it', async () => {
  const {archive, digest} = await pack('image', ['a'], 1);
  await execa('tar', ['-C', folder, '-xf', archive]);
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  expect(read('index.json')).toMatchObject({
    manifests: [{digest, annotations: {'io.containerd.image.name': 'docker.io/rac/a:1'}}],
  });
  const blobs = z.looseObject({
    config: z.looseObject({digest: z.string()}),
    layers: z.tuple([z.looseObject({digest: z.string()})]),
  });
  const {config, layers} = blobs.parse(read(`blobs/sha256/${digest.slice('sha256:'.length)}`));
  const path = (of: {digest: string}): string => `blobs/sha256/${of.digest.slice('sha256:'.length)}`;
  expect(read('manifest.json')).toEqual([
    {Config: path(config), RepoTags: ['docker.io/rac/a:1'], Layers: [path(layers[0])]},
  ]);
});
