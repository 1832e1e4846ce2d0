import {chmod, cp, mkdir, readFile, symlink, writeFile} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {built, isBuilt, placeOf, type Recipe, withTemporary} from '../cache.ts';
import {run} from '../command.ts';
import type {Say} from '../progress.ts';
import {coredns, etcd} from './components.ts';
import {packImage} from './oci-archive.ts';

/** Where the built parts lie. */
export interface Parts {
  readonly kubernetes: string;
  readonly etcd: string;
  readonly coredns: string;
  /** A root file system with iptables and nft, for kube-proxy. */
  readonly root: string;
}

/** What goes into a component's image. */
interface Content {
  readonly binary: string;
  /** Where the Pod's manifest expects it; the command is named there where there is no entrypoint. */
  readonly at: string;
  readonly entrypoint?: readonly string[];
}

/** The content for a reference that kubeadm asks for, by the last element of its name. */
export function contentOf(reference: string, parts: Omit<Parts, 'root'>): Content {
  const name = basename(reference).replace(/:.*$/, '');
  switch (name) {
    case 'etcd':
      return {binary: join(parts.etcd, 'etcd'), at: 'usr/local/bin/etcd'};
    case 'coredns':
      return {binary: join(parts.coredns, 'coredns'), at: 'coredns', entrypoint: ['/coredns']};
    case 'pause':
      return {binary: join(parts.kubernetes, 'pause'), at: 'pause', entrypoint: ['/pause']};
    default:
      return {binary: join(parts.kubernetes, name), at: `usr/local/bin/${name}`};
  }
}

/** Packs every image that kubeadm asks for; gives the archives in the order of the references. */
export async function componentImages(
  references: readonly string[],
  parts: Parts,
  options: {readonly say: Say; readonly signal: AbortSignal},
): Promise<string[]> {
  const archives: string[] = [];
  for (const reference of references) {
    const recipe = imageRecipe(reference, parts, options.signal);
    if (!isBuilt(recipe)) options.say(basename(reference));
    archives.push(join(await built(recipe), 'image.tar'));
  }
  return archives;
}

/** Where the archive of a reference lies once it is packed. */
export function imagePlace(reference: string, parts: Parts): string {
  return placeOf(imageRecipe(reference, parts, new AbortController().signal));
}

function imageRecipe(reference: string, parts: Parts, signal: AbortSignal): Recipe {
  const {binary, at, entrypoint} = contentOf(reference, parts);
  const isProxy = basename(at) === 'kube-proxy';
  const name = basename(reference).replace(':', '-');
  return {
    name: `image-${name}`,
    inputs: {reference, binary: basename(dirname(binary)), at, entrypoint, etcd, coredns, recipe: 1},
    build: into =>
      withTemporary(`image-${name}`, async scratch => {
        const files = join(scratch, 'files');
        await mkdir(join(files, dirname(at)), {recursive: true});
        await mkdir(join(files, 'tmp'));
        if (isProxy) await addProxyFiles(files, parts.root, signal);
        await cp(binary, join(files, at));
        await chmod(join(files, at), 0o755);
        const layout = join(scratch, 'layout');
        await mkdir(layout);
        await packImage(
          {reference, ...(entrypoint === undefined ? {} : {entrypoint})},
          files,
          join(into, 'image.tar'),
          {scratch: layout, signal},
        );
      }),
  };
}

/** kube-proxy calls iptables, nft and conntrack; the rest of a root file system would make the image four times as large. */
async function addProxyFiles(files: string, root: string, signal: AbortSignal): Promise<void> {
  const script = await readFile(new URL('proxy-files.sh', import.meta.url), 'utf8');
  const list = await run('chroot', [root, 'sh', '-s'], {input: script, signal});
  await writeFile(join(files, '.list'), `${list}\n`);
  for (const link of ['bin', 'sbin', 'lib', 'lib64']) {
    await mkdir(join(files, 'usr', link), {recursive: true});
    await symlink(`usr/${link}`, join(files, link));
  }
  const part = join(files, '.part.tar');
  await run('tar', ['-C', root, '-cf', part, '-T', join(files, '.list')], {signal});
  await run('tar', ['-C', files, '-xf', part], {signal});
  await run('rm', [part, join(files, '.list')], {signal});
}
