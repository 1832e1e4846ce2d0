import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {built, type Recipe, withTemporary} from '../cache.ts';
import {run} from '../command.ts';
import {archiveOf, machineArchives, thisSystem} from '../debian.ts';
import type {Say} from '../progress.ts';
import {debianPackages, debianRelease} from './components.ts';

/** What a node never reads. */
const unused = [
  ...['usr/share/doc', 'usr/share/man', 'usr/share/locale', 'usr/share/info', 'usr/share/lintian', 'usr/share/bug'],
  ...['var/cache/apt', 'var/lib/apt/lists', 'var/log'],
];

/** Debian's minimal system with what a node needs, as `root.tar`. */
export function rootFileSystemRecipe(options: {readonly say: Say; readonly signal: AbortSignal}): Recipe {
  const {say, signal} = options;
  return {
    name: `debian-${debianRelease}`,
    inputs: {debianRelease, debianPackages, unused, arch: process.arch},
    build: into =>
      withTemporary('debian', async scratch => {
        const root = join(scratch, 'root');
        const system = await thisSystem();
        // The machine's own archive where it is a Debian; elsewhere debootstrap has one of its own.
        const archive =
          system?.id === 'debian' ? archiveOf(debianRelease, await machineArchives(), system.codename) : undefined;
        const keyring = archive?.signedBy?.startsWith('/') ? [`--keyring=${archive.signedBy}`] : [];
        const args = ['--variant=minbase', `--include=${debianPackages.join(',')}`, ...keyring, debianRelease, root];
        // In namespaces of its own: broken off, neither a mount nor a process of it stays.
        await run(
          'unshare',
          ['--mount', '--pid', '--fork', '--kill-child', 'debootstrap', ...args, ...(archive ? [archive.uri] : [])],
          {
            signal,
            killAll: true,
            onLine: line => {
              say(line.replace(/^[IW]: /, ''));
            },
          },
        );
        for (const path of unused) await rm(join(root, path), {recursive: true, force: true});
        await run('mkdir', ['-p', join(root, 'var/log'), join(root, 'var/cache/apt')], {signal});
        await run('tar', ['-C', root, '--numeric-owner', '-cf', join(into, 'root.tar'), '.'], {signal});
      }),
  };
}

/** The path of `root.tar`, made if it isn't there. */
export async function ensureRootFileSystem(say: Say, signal: AbortSignal): Promise<string> {
  return join(await built(rootFileSystemRecipe({say, signal})), 'root.tar');
}
