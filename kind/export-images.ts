import {existsSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {SuiteError} from '../harness/errors.ts';
import {folderFor} from './archive-folder.ts';
import {withTemporary} from './cache.ts';
import {ask, run} from './command.ts';
import {explained} from './disk.ts';
import type {Engine} from './engine.ts';
import {ensureEngine} from './install-engine.ts';
import {step} from './progress.ts';
import {registryAnswers, type Distribution} from './registry.ts';
import {buildSuiteImage, suiteImage} from './suite-image.ts';
import {busybox, debianBusybox, debianBusyboxArchive} from './workload-image.ts';

/** What is written into an archive. */
export interface Export {
  readonly file: string;
  /** The workload image; undefined is busybox, or Debian's where no registry is reached. */
  readonly workload: string | undefined;
  /** What an image is called in the archive. */
  readonly naming: (image: string) => string;
  /** Folder of this project, with a slash at its end, and its version. */
  readonly project: string;
  readonly version: string;
  readonly signal: AbortSignal;
}

/** What an archive takes of an engine. */
export type Packer = Pick<Engine, 'env'> & {
  readonly tool: string;
  readonly client: {readonly container: {readonly dockerode: Distribution}};
};

/** What makes an archive; tests pass their own. */
export interface Makers {
  readonly engine: (options: {yes: boolean; signal: AbortSignal}) => Promise<Packer>;
  readonly suite: typeof buildSuiteImage;
}

/**
 * Writes the workload image and the suite's own into one archive, which `docker load`, `podman load` and `ctr images import`
 * take.
 *
 * @returns what the images are called in it
 * @throws SuiteError `usage` where the file is there already or its folder can't be written to, or an image can't be named;
 *   `noEngine`, `diskFull`, or `buildFailed` where the workload image is neither in the engine nor to be had
 */
export async function exportImages(
  {file, workload, naming, project, version, signal}: Export,
  makers: Makers = {engine: ensureEngine, suite: buildSuiteImage},
): Promise<readonly string[]> {
  naming(suiteImage(version)); // a mirror that can't be is told of before anything is built
  if (existsSync(file)) {
    throw new SuiteError('usage', `archive ${file} exists already`, {next: 'remove it, or name another file'});
  }
  await folderFor(file);
  const engine = await makers.engine({yes: false, signal});
  const {tool, env} = engine;
  try {
    return await withTemporary('export', async scratch => {
      const suite = join(scratch, 'suite.tar');
      await makers.suite(project, version, suite, signal);
      await run(tool, ['load', '--input', suite], {signal, env});
      const names = new Map([
        [await workloadIn(engine, workload, signal), ''],
        [suiteImage(version), ''],
      ]);
      for (const image of names.keys()) {
        const named = naming(image.replace(/@.*$/, '')); // an archive keeps no digest
        names.set(image, named);
        if (named !== image) await run(tool, ['tag', image, named], {signal, env});
      }
      try {
        await step(`Write ${file}`, () => run(tool, ['save', '--output', file, ...names.values()], {signal, env}));
      } catch (error) {
        await rm(file, {force: true}); // a part of it, which the next try would take for an archive
        throw error;
      }
      return [...names.values()];
    });
  } catch (error) {
    throw explained(error);
  }
}

/** Sees to it that the engine has the workload image, and gives what it is called there. */
async function workloadIn(engine: Packer, asked: string | undefined, signal: AbortSignal): Promise<string> {
  const {tool, env} = engine;
  const image = asked ?? busybox.image;
  return step(`Fetch ${image}`, async say => {
    if ((await ask(tool, ['image', 'inspect', '--format', '{{.Id}}', image], signal)) !== undefined) return image;
    say('asking its registry');
    if (await registryAnswers(image, engine.client.container.dockerode, signal)) {
      await run(tool, ['pull', image], {signal, env});
      return image;
    }
    if (asked !== undefined) {
      throw new SuiteError('buildFailed', `image ${image} is neither in the engine nor to be had from its registry`, {
        next: `${tool} load it first, or leave --image out`,
      });
    }
    say("no registry answers; taking Debian's busybox");
    await run(tool, ['load', '--input', await debianBusyboxArchive(say, signal)], {signal, env});
    return debianBusybox.tag;
  });
}
