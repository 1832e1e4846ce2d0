import {existsSync} from 'node:fs';
import {mkdir, rename, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {SuiteError} from '../harness/errors.ts';
import {built, placeOf, withTemporary} from './cache.ts';
import {ask, run} from './command.ts';
import type {Engine} from './engine.ts';
import {debianRelease} from './node-image/components.ts';
import {packImage} from './node-image/oci-archive.ts';
import {ensureRootFileSystem} from './node-image/root-file-system.ts';
import {type NodeContainer, onNode} from './nodes.ts';
import {type Say, step} from './progress.ts';
import {registryAnswers} from './registry.ts';

/** The workload image, by digest, for where a registry answers. */
export const busybox = {
  tag: 'busybox:1.37.0',
  image: 'busybox:1.37.0@sha256:9db7b59979c38555a39def84a31fb98b5296952f9e3afd4f6f11f05b07adfab0',
};
/** Debian's busybox-static of the release that the node's root file system is made of. */
export const debianBusybox = {tag: `rac/busybox:1.35.0-${debianRelease}`, version: '1.35.0'};
/** What manifests/*.yaml ask for, so that they can be used by hand. */
const manifestImage = 'busybox:1';

/** A reference as containerd and the kubelet store it: with the default registry's name and the tag. */
export function normalised(reference: string): string {
  const [name = '', digest] = reference.split('@');
  const first = name.split('/')[0] ?? '';
  const hasHost = name.includes('/') && (/[.:]/.test(first) || first === 'localhost');
  const path = hasHost ? name : `docker.io/${name.includes('/') ? name : `library/${name}`}`;
  const tagged = /:[^/]+$/.test(path) || digest !== undefined ? path : `${path}:latest`;
  return digest === undefined ? tagged : `${tagged.replace(/:[^/:]+$/, '')}@${digest}`;
}

/** An archive of an image, and what the image is called in it and in Pods. */
interface Archive {
  readonly file: string;
  readonly named: string;
}

/**
 * Sees to it that every node holds the workload image, so that no run waits for a pull.
 *
 * @param asked the user's own image; without it busybox, also as `busybox:1`
 * @returns the reference to put into Pods
 */
export async function ensureWorkloadImage(
  nodes: readonly NodeContainer[],
  engine: Engine,
  options: {readonly asked: string | undefined; readonly signal: AbortSignal},
): Promise<string> {
  const {asked, signal} = options;
  const candidates = asked === undefined ? [busybox.tag, debianBusybox.tag] : [asked];
  const held = await Promise.all(
    nodes.map(
      async ({name}) =>
        new Set((await onNode(engine, name, ['ctr', '-n', 'k8s.io', 'images', 'ls', '-q'], {signal})).split('\n')),
    ),
  );
  const isHeld = (reference: string): boolean => held.every(names => names.has(normalised(reference)));
  const there = candidates.find(isHeld);
  if (there !== undefined && (asked !== undefined || isHeld(manifestImage))) return there;

  return step(`Load the workload image${asked === undefined ? '' : ` ${asked}`}`, say =>
    withTemporary('workload', async scratch => {
      const {reference, archive} = await archiveOf(asked, scratch, engine, say, signal);
      for (const {name} of nodes) {
        say(`importing ${reference} into ${name}`);
        const ctr = (...args: string[]): string[] => ['ctr', '-n', 'k8s.io', 'images', ...args];
        await onNode(engine, name, ctr('import', '-'), {signal, inputFile: archive.file});
        const names = new Set([normalised(reference), ...(asked === undefined ? [normalised(manifestImage)] : [])]);
        names.delete(archive.named);
        if (names.size > 0) await onNode(engine, name, ctr('tag', '--force', archive.named, ...names), {signal});
        if (archive.named !== normalised(reference)) await onNode(engine, name, ctr('rm', archive.named), {signal});
      }
      return reference;
    }),
  );
}

async function archiveOf(
  asked: string | undefined,
  scratch: string,
  engine: Engine,
  say: Say,
  signal: AbortSignal,
): Promise<{reference: string; archive: Archive}> {
  const image = asked ?? busybox.image;
  const isLocal = async (): Promise<boolean> =>
    (await ask(engine.tool, ['image', 'inspect', '--format', '{{.Id}}', image], signal)) !== undefined;
  if (asked === undefined && existsSync(debianBusyboxFile()))
    return {reference: debianBusybox.tag, archive: {file: debianBusyboxFile(), named: normalised(debianBusybox.tag)}};
  if (!(await isLocal())) {
    say(`asking for ${image}`);
    if (await registryAnswers(image, engine.client.container.dockerode, signal)) {
      say(`pulling ${image}`);
      await run(engine.tool, ['pull', image], {signal, env: engine.env, exit: 'bootFailed'});
    } else if (asked === undefined) {
      say(`no registry answers; making it of Debian's busybox`);
      return {
        reference: debianBusybox.tag,
        archive: {file: await debianBusyboxArchive(say, signal), named: normalised(debianBusybox.tag)},
      };
    } else {
      throw new SuiteError('bootFailed', `image "${asked}" is neither in the engine nor to be had from its registry`, {
        next: `${engine.tool} load it first, or leave --image out`,
      });
    }
  }
  // A name of our own, since an image pulled by digest has none to be saved under.
  const named = `rac/workload:${process.pid}`;
  const file = join(scratch, 'image.tar');
  await run(engine.tool, ['tag', image, named], {signal, env: engine.env});
  try {
    await run(engine.tool, ['save', '--output', file, named], {signal, env: engine.env});
  } finally {
    await ask(engine.tool, ['image', 'rm', named], AbortSignal.timeout(30_000));
  }
  return {reference: asked ?? busybox.tag, archive: {file, named: normalised(named)}};
}

const busyboxRecipe = {name: 'image-busybox', inputs: {tag: debianBusybox.tag, arch: process.arch, recipe: 2}};

function debianBusyboxFile(): string {
  return join(placeOf(busyboxRecipe), 'image.tar');
}

/** The archive of an image of Debian's busybox, which needs no image registry; made where it isn't there. */
export async function debianBusyboxArchive(say: Say, signal: AbortSignal): Promise<string> {
  const root = await ensureRootFileSystem(say, signal);
  await built({
    ...busyboxRecipe,
    build: into =>
      withTemporary('busybox', async scratch => {
        const files = join(scratch, 'files');
        await mkdir(join(files, 'bin'), {recursive: true});
        for (const directory of ['tmp', 'etc', 'root', 'proc', 'sys', 'dev']) await mkdir(join(files, directory));
        await run('chmod', ['1777', join(files, 'tmp')], {signal});
        await unpackBusybox(root, scratch, files, signal);
        await writeFile(
          join(files, 'etc/passwd'),
          'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n',
        );
        await writeFile(join(files, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\n');
        const layout = join(scratch, 'layout');
        await mkdir(layout);
        await packImage({reference: normalised(debianBusybox.tag), command: ['sh']}, files, join(into, 'image.tar'), {
          scratch: layout,
          signal,
        });
      }),
  });
  return debianBusyboxFile();
}

/** Puts the busybox of the root file system into bin/ of `files`, with a link for each of its commands. */
export async function unpackBusybox(root: string, scratch: string, files: string, signal: AbortSignal): Promise<void> {
  await run('tar', ['-C', scratch, '-xf', root, './usr/bin/busybox'], {signal});
  await rename(join(scratch, 'usr/bin/busybox'), join(files, 'bin/busybox'));
  const banner = await run(join(files, 'bin/busybox'), [], {signal});
  if (!banner.startsWith(`BusyBox v${debianBusybox.version} `)) {
    throw new SuiteError(
      'buildFailed',
      `Debian's busybox calls itself "${banner.split('\n')[0] ?? ''}", not ${debianBusybox.version}`,
      {next: 'correct the tag in kind/workload-image.ts'},
    );
  }
  await run('chroot', [files, '/bin/busybox', '--install', '/bin'], {signal});
}
