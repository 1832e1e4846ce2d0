import {existsSync, readFileSync} from 'node:fs';
import {cp, mkdir, rename, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {z} from 'zod';
import {SuiteError} from '../harness/errors.ts';
import {withTemporary} from './cache.ts';
import {run} from './command.ts';
import {packImage} from './node-image/oci-archive.ts';
import {ensureRootFileSystem} from './node-image/root-file-system.ts';
import {step} from './progress.ts';
import {normalised, unpackBusybox} from './workload-image.ts';

const lockSchema = z.object({
  packages: z.record(z.string(), z.object({dev: z.boolean().optional(), optional: z.boolean().optional()})),
});

/** What of the project a run needs. */
const ours = ['harness', 'kind', 'manifests', 'scripts', 'suites', 'package.json', 'LICENSE'];

/** Whether a path of the project stays out: tests and what only they need. The suites are tests too, and what a run judges. */
export function isLeftOut(path: string): boolean {
  return /^(harness\/testing(\/|$)|(harness|kind|scripts)\/.*\.test\.ts$)/.test(path);
}

/** What Node's binary asks the loader for. */
const libraries = ['libc.so.6', 'libdl.so.2', 'libgcc_s.so.1', 'libm.so.6', 'libpthread.so.0', 'libstdc++.so.6*'];
const machines: Readonly<Partial<Record<NodeJS.Architecture, {triplet: string; loader: string; loaderIn: string}>>> = {
  x64: {triplet: 'x86_64-linux-gnu', loader: 'ld-linux-x86-64.so.2', loaderIn: 'usr/lib64'},
  arm64: {triplet: 'aarch64-linux-gnu', loader: 'ld-linux-aarch64.so.1', loaderIn: 'usr/lib'},
};

/** Who runs in it: a number, so that a kubelet can tell that it is not root. */
const user = '65532';

/** What the image of the suite is called. */
export function suiteImage(version: string): string {
  return `rac/suite:${version}`;
}

/**
 * Builds the image of the suite as an OCI archive: the files of this project with the dependencies that a run needs, Node as
 * npm has it, and from Debian the libraries that Node needs and busybox. The same files give the same image.
 *
 * @param project folder with a slash at its end, with its dependencies installed
 * @param archive file to write
 * @returns the digest of the image's manifest
 * @throws SuiteError `buildFailed` where something of it is missing
 */
export async function buildSuiteImage(
  project: string,
  version: string,
  archive: string,
  signal: AbortSignal,
): Promise<string> {
  const reference = normalised(suiteImage(version));
  return step(`Build the image ${suiteImage(version)}`, say =>
    withTemporary('suite-image', async scratch => {
      const files = join(scratch, 'files');
      const app = join(files, 'app');
      for (const directory of ['app', 'bin', 'etc', 'proc', 'results', 'tmp', 'usr/local/bin'])
        await mkdir(join(files, directory), {recursive: true});
      const root = await ensureRootFileSystem(say, signal);
      say("Debian's libraries and busybox");
      await unpackLibraries(root, files, signal);
      await unpackBusybox(root, scratch, files, signal);
      await writeFile(join(files, 'etc/passwd'), `root:x:0:0:root:/:/bin/sh\nrac:x:${user}:${user}:rac:/tmp:/bin/sh\n`);
      await writeFile(join(files, 'etc/group'), `root:x:0:\nrac:x:${user}:\n`);
      say('Node and the dependencies');
      await cp(nodeBinary(project), join(files, 'usr/local/bin/node'), {dereference: true});
      for (const path of runtimePackages(project)) await copyPackage(project, path, app);
      for (const path of ours) {
        await cp(join(project, path), join(app, path), {
          recursive: true,
          filter: source => !isLeftOut(source.slice(project.length)),
        });
      }
      await run('chmod', ['-R', 'u=rwX,go=rX', files], {signal});
      await run('chmod', ['1777', join(files, 'tmp'), join(files, 'results')], {signal});
      say('packing');
      const layout = join(scratch, 'layout');
      await mkdir(layout);
      const packed = join(scratch, 'image.tar');
      const digest = await packImage(
        {
          reference,
          entrypoint: ['node', '--disable-warning=ExperimentalWarning', '/app/scripts/main.ts'],
          command: ['run', '--in-cluster', '--output=/results/run'],
          user,
          workingDirectory: '/results',
          environment: ['HOME=/tmp', 'RAC_CACHE=/tmp/rac'],
        },
        files,
        packed,
        {scratch: layout, signal},
      );
      await mkdir(dirname(archive), {recursive: true});
      await rename(packed, archive).catch(() => cp(packed, archive)); // the cache may be on another disk
      return digest;
    }),
  );
}

async function unpackLibraries(root: string, files: string, signal: AbortSignal): Promise<void> {
  const machine = machines[process.arch];
  if (machine === undefined) throw new SuiteError('buildFailed', `there is no image of the suite for ${process.arch}`);
  const {triplet, loader, loaderIn} = machine;
  const wanted = [...libraries, loader].map(name => `./usr/lib/${triplet}/${name}`);
  const links = ['./lib', ...(loaderIn === 'usr/lib64' ? ['./lib64'] : []), `./${loaderIn}/${loader}`];
  await run('tar', ['-C', files, '--wildcards', '-xf', root, ...links, ...wanted], {signal});
}

function nodeBinary(project: string): string {
  const file = join(project, `node_modules/node-linux-${process.arch}/bin/node`);
  if (existsSync(file)) return file;
  throw new SuiteError('buildFailed', `npm's package node-linux-${process.arch} is not installed`, {
    next: 'npm ci, on Linux on x64 or arm64',
  });
}

/** The folders of the installed packages that package-lock.json does not name as for development alone. */
export function runtimePackages(project: string): readonly string[] {
  const {packages} = lockSchema.parse(JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')));
  return Object.entries(packages)
    .filter(([path, {dev, optional}]) => path !== '' && dev !== true && optional !== true)
    .map(([path]) => path);
}

/** Copies a package without the packages that lie in it, which are named by themselves. */
async function copyPackage(project: string, path: string, app: string): Promise<void> {
  const from = join(project, path);
  await cp(from, join(app, path), {
    recursive: true,
    filter: source => !source.slice(from.length).startsWith('/node_modules'),
  });
}
