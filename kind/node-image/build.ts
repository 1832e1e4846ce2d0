import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {totalmem, availableParallelism} from 'node:os';
import {SuiteError} from '../../harness/errors.ts';
import {built, cacheDirectory, digestOf, isBuilt, placeOf, withTemporary} from '../cache.ts';
import {ask, run} from '../command.ts';
import {needRoom} from '../disk.ts';
import type {Engine} from '../engine.ts';
import {buildGoCommands, fetchModule} from '../go.ts';
import {ensureGo} from '../install-go.ts';
import {kindVersion} from '../kind-binary.ts';
import {type Say, step, type Step, steps} from '../progress.ts';
import {
  cniPlugins,
  containerd,
  coredns,
  debianPackages,
  debianRelease,
  etcd,
  type Part,
  parts,
  runc,
} from './components.ts';
import {componentImages, type Parts} from './component-images.ts';
import {ensureBuildTools} from './build-tools.ts';
import {importNode} from './import-node.ts';
import {imageReferences, kubernetesRecipe} from './kubernetes.ts';
import {makeNodeRoot} from './node-root.ts';
import {rootFileSystemRecipe} from './root-file-system.ts';

const quiet: Say = () => undefined;
const gigabyte = 1e9;

/** Bump when the way the node image is put together changes. */
const recipeVersion = 1;

/** The name that a node image built here has: its release, and a digest of all that goes into it. */
export function nodeImageName(release: string): string {
  const inputs = {release, parts, debianRelease, debianPackages, kindVersion, recipeVersion, arch: process.arch};
  return `rac/node:v${release}-${digestOf(inputs)}`;
}

/** How many builds run side by side: Go uses every core itself, so only memory and waiting for downloads decide. */
export function buildsAtOnce(cores: number, memoryBytes: number): number {
  return Math.max(1, Math.min(Math.ceil(cores / 2) + 1, Math.floor(memoryBytes / (6 * gigabyte))));
}

/**
 * The node image of a Kubernetes release, built from package registries alone: Go modules and Debian packages.
 *
 * @param release without the leading v; one that the Go module proxy serves
 * @returns the image's name in the engine
 * @throws SuiteError (buildFailed, diskFull)
 */
export async function ensureNodeImage(
  release: string,
  engine: Engine,
  options: {readonly yes: boolean; readonly signal: AbortSignal},
): Promise<string> {
  const {signal} = options;
  const name = nodeImageName(release);
  if ((await ask(engine.tool, ['image', 'inspect', '--format', '{{.Id}}', name], signal)) !== undefined) return name;
  if (!engine.local || process.getuid?.() !== 0) {
    throw new SuiteError(
      'buildFailed',
      `no image registry answers, and a node image is built only on Linux, by root, for an engine of the same machine`,
      {
        next: 'run it with sudo, make the registry reachable, or name an image with --node-image',
      },
    );
  }
  await ensureBuildTools(options);
  await ensureGo('the node image', options);
  await buildParts(release, engine, signal);

  const kubernetes = placeOf(kubernetesRecipe(release, {say: quiet, signal}));
  const references = await imageReferences(kubernetes, release, signal);
  const rootTar = join(placeOf(rootFileSystemRecipe({say: quiet, signal})), 'root.tar');
  await needRoom(`node image ${name}`, [
    {path: cacheDirectory(), bytes: 2 * gigabyte},
    {path: engine.dataRoot, bytes: 2 * gigabyte},
  ]);
  await step(`Put together the node image ${name}`, say =>
    withTemporary('node', async scratch => {
      const root = join(scratch, 'root');
      await mkdir(root);
      say("unpacking Debian's minimal system");
      await run('tar', ['-C', root, '-xf', rootTar], {signal});
      const places: Parts = {kubernetes, etcd: placeOfPart(etcd), coredns: placeOfPart(coredns), root};
      const archives = await componentImages(references, places, {
        say: what => {
          say(`packing ${what}`);
        },
        signal,
      });
      say("adding kind's files and the binaries");
      const {directory} = await fetchModule('sigs.k8s.io/kind', `v${kindVersion}`, scratch, signal);
      await makeNodeRoot(
        root,
        {
          kindFiles: join(directory, 'images/base/files'),
          kubernetes,
          containerd: placeOfPart(containerd),
          runc: placeOfPart(runc),
          cniPlugins: placeOfPart(cniPlugins),
          release,
          pause: references.find(reference => reference.includes('/pause:')) ?? '',
        },
        signal,
      );
      await importNode({root, scratch, archives, name}, engine, {say, signal});
    }),
  );
  return name;
}

function recipeOf(part: Part, say: Say, signal: AbortSignal): Parameters<typeof built>[0] {
  return {
    name: part.name,
    inputs: {...part, arch: process.arch},
    build: into => withTemporary(`${part.name}-module`, scratch => buildGoCommands(part, {scratch, into, say, signal})),
  };
}

function placeOfPart(part: Part): string {
  return placeOf(recipeOf(part, quiet, new AbortController().signal));
}

async function buildParts(release: string, engine: Engine, signal: AbortSignal): Promise<void> {
  const cores = availableParallelism();
  // One failing stops the others, so that nothing of them is left running.
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const lane = (title: string, recipe: (say: Say) => Parameters<typeof built>[0]): Step[] =>
    isBuilt(recipe(quiet))
      ? []
      : [
          {
            title,
            work: async say => {
              try {
                await built(recipe(say));
              } catch (error) {
                failed.abort(error);
                throw error;
              }
            },
          },
        ];
  const missing = [
    ...lane(`Build Kubernetes ${release} (7 commands)`, say => kubernetesRecipe(release, {say, signal: either})),
    ...lane(`Make a Debian ${debianRelease} root file system`, say => rootFileSystemRecipe({say, signal: either})),
    ...parts.flatMap(part => lane(`Build ${part.name} ${part.version}`, say => recipeOf(part, say, either))),
  ];
  if (missing.length === 0) return;
  const goCache = (await run('go', ['env', 'GOCACHE'], {signal})).trim();
  await needRoom('building the node image', [
    {path: cacheDirectory(), bytes: 2 * gigabyte},
    {path: goCache, bytes: 4 * gigabyte},
    {path: engine.dataRoot, bytes: 2 * gigabyte},
  ]);
  await steps(missing, buildsAtOnce(cores, totalmem()));
}
