import {existsSync} from 'node:fs';
import {readdir, rm, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {SuiteError} from '../harness/errors.ts';
import {cacheDirectory} from './cache.ts';
import {ask, run} from './command.ts';
import {readable} from './disk.ts';
import {listClusters, takeDown} from './down.ts';
import {type Engine, findEngine} from './engine.ts';
import {buildContainerPrefix} from './node-image/import-node.ts';
import {step, tell} from './progress.ts';

/**
 * Removes what rac made: clusters, build containers, node images that were built here, and with `cache` what is kept to
 * make them again. Nothing else of the engine's is touched.
 */
export async function clean(options: {readonly cache: boolean; readonly signal: AbortSignal}): Promise<void> {
  const {cache, signal} = options;
  const clusters = await listClusters(signal);
  const engine = await findEngine(signal);
  if (cache && clusters.some(({state}) => state === 'unknown')) {
    throw new SuiteError(
      'noEngine',
      'no container engine answers, and without their records its clusters would be lost',
      {
        next: `start it and run this again, or remove ${cacheDirectory()} by hand`,
      },
    );
  }
  const there = clusters.filter(({state}) => state === 'running' || state === 'stopped');
  if (there.length > 0) {
    await takeDown(
      there.map(({name}) => name),
      signal,
    );
  }
  if (engine === undefined) tell('no container engine answers, so its clusters and images stay');
  else await cleanEngine(engine, signal);
  const directory = cacheDirectory();
  if (!cache) {
    if (existsSync(directory)) tell(`${directory} stays, ${readable(await sizeOf(directory))} (--all removes it too)`);
    return;
  }
  if (!existsSync(directory)) return;
  const size = await sizeOf(directory);
  await step(`Remove ${directory}, ${readable(size)}`, () => rm(directory, {recursive: true, force: true}));
}

/** True for a container that rac builds a node image in, whatever its labels: nodes inherit those of their image. */
export function isBuildContainer({Names}: {readonly Names: readonly string[]}): boolean {
  return Names.some(name => name.startsWith(`/${buildContainerPrefix}`));
}

async function cleanEngine(engine: Engine, signal: AbortSignal): Promise<void> {
  const {dockerode} = engine.client.container;
  const containers = await dockerode.listContainers({all: true, filters: {name: [buildContainerPrefix]}});
  for (const {Id, Names} of containers.filter(isBuildContainer)) {
    tell(`removing container ${Names[0] ?? Id}, left by a build that was killed`);
    await run(engine.tool, ['rm', '--force', '--volumes', Id], {signal, env: engine.env});
  }
  const images = await dockerode.listImages({
    filters: {reference: ['rac/node', 'rac/node-base', 'rac/suite', 'rac/busybox']},
  });
  for (const image of images) {
    const name = image.RepoTags?.[0] ?? image.Id;
    const names = image.RepoTags ?? [image.Id];
    await step(`Remove image ${name}, ${readable(image.Size)}`, async () => {
      const removed = await ask(engine.tool, ['image', 'rm', ...names], signal, 60_000);
      if (removed === undefined) tell(`${name} stays: a container uses it`);
    });
  }
}

async function sizeOf(directory: string): Promise<number> {
  const entries = await readdir(directory, {recursive: true, withFileTypes: true});
  const files = entries.filter(entry => entry.isFile());
  const sizes = await Promise.all(files.map(async file => (await stat(join(file.parentPath, file.name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
