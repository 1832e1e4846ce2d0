import {createHash} from 'node:crypto';
import {chmod, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {SuiteError} from '../harness/errors.ts';
import {built, placeOf, withTemporary} from './cache.ts';
import {ask} from './command.ts';
import {atLeast, buildGoCommands, goVersion} from './go.ts';
import {ensureGo} from './install-go.ts';
import {step} from './progress.ts';

/** The release of kind that is built or fetched where PATH has none that is new enough; its node images are in kind/*.yaml. */
export const kindVersion = '0.33.0';

const recipe = {name: 'kind', inputs: {version: kindVersion, platform: process.platform, arch: process.arch}};

/** The kind on PATH where it is new enough, else the one in the cache, built or fetched before. */
export async function findKind(signal: AbortSignal): Promise<{path: string; version: string} | undefined> {
  for (const path of ['kind', join(placeOf(recipe), 'kind')]) {
    const version = /v(\d+\.\d+\.\d+)/.exec((await ask(path, ['version'], signal)) ?? '')?.[1];
    if (version !== undefined && atLeast(version, kindVersion)) return {path, version};
  }
  return undefined;
}

/**
 * A kind that is new enough: from PATH, from the cache, built by Go, or the release binary with its checksum compared.
 *
 * @throws SuiteError (buildFailed) where none of these works
 */
export async function ensureKind(options: {readonly yes: boolean; readonly signal: AbortSignal}): Promise<string> {
  const {signal} = options;
  const found = await findKind(signal);
  if (found !== undefined) return found.path;
  if ((await goVersion(signal)) !== undefined || !(await fetched(signal))) {
    await ensureGo(`kind ${kindVersion}`, options);
    await step(`Build kind ${kindVersion} with Go`, say =>
      built({
        ...recipe,
        build: into =>
          withTemporary('kind-module', scratch =>
            buildGoCommands(
              {module: 'sigs.k8s.io/kind', version: `v${kindVersion}`, packages: ['sigs.k8s.io/kind']},
              {scratch, into, say, signal},
            ),
          ),
      }),
    );
  }
  return join(placeOf(recipe), 'kind');
}

/** Fetches the release binary, as no Go is on PATH to build it; false where that can't be done and Go is needed after all. */
async function fetched(signal: AbortSignal): Promise<boolean> {
  try {
    await step(`Fetch kind ${kindVersion} (no Go on PATH to build it)`, () =>
      built({...recipe, build: into => fetchRelease(into, signal)}),
    );
    return true;
  } catch {
    signal.throwIfAborted(); // the step has said why
    return false;
  }
}

async function fetchRelease(into: string, signal: AbortSignal): Promise<void> {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const url = `https://kind.sigs.k8s.io/dl/v${kindVersion}/kind-${process.platform}-${arch}`;
  try {
    const [binary, sums] = await Promise.all([fetchBytes(url, signal), fetchBytes(`${url}.sha256sum`, signal)]);
    const wanted = sums.toString('utf8').trim().split(/\s+/)[0];
    const got = createHash('sha256').update(binary).digest('hex');
    if (wanted !== got) throw new Error(`checksum of ${url} is ${got}, published is ${wanted ?? 'nothing'}`);
    await writeFile(join(into, 'kind'), binary);
    await chmod(join(into, 'kind'), 0o755);
  } catch (error) {
    signal.throwIfAborted();
    throw new SuiteError(
      'buildFailed',
      `kind ${kindVersion} can't be fetched: ${error instanceof Error ? error.message : String(error)}`,
      {
        next: `install kind ${kindVersion} or newer on PATH, or Go so that it can be built`,
        cause: error,
      },
    );
  }
}

async function fetchBytes(url: string, signal: AbortSignal): Promise<Buffer> {
  const response = await fetch(url, {signal: AbortSignal.any([signal, AbortSignal.timeout(120_000)])});
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}
