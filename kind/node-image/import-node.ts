import {join} from 'node:path';
import {rm} from 'node:fs/promises';
import {run} from '../command.ts';
import type {Engine} from '../engine.ts';
import type {Say} from '../progress.ts';

/** kind starts every node with this (images/base/Dockerfile and pkg/build/nodeimage of the kind module). */
const entrypoint = 'ENTRYPOINT ["/usr/local/bin/entrypoint","/sbin/init"]';
/** systemd asks for the first, and stops on the second. */
const changes = ['ENV container=docker', 'STOPSIGNAL SIGRTMIN+3', entrypoint, 'LABEL rac=node-image'].flatMap(
  change => ['--change', change],
);

/** Build containers are known by their names: a label would go into the image, and from there into every node. */
export const buildContainerPrefix = 'rac-node-build-';

const waitForSocket =
  'for i in $(seq 100); do [ -S /run/containerd/containerd.sock ] && exec ctr version; sleep 0.1; done; exit 1';

/**
 * Makes the node image: the root file system as one layer, and the component images in the store of its own containerd,
 * packed, as kind's images have them (containerd unpacks them when the node first needs them).
 */
export async function importNode(
  node: {readonly root: string; readonly scratch: string; readonly archives: readonly string[]; readonly name: string},
  engine: Engine,
  options: {readonly say: Say; readonly signal: AbortSignal},
): Promise<void> {
  const {root, scratch, archives, name} = node;
  const {say, signal} = options;
  const {tool, env} = engine;
  const call = async (...args: string[]): Promise<string> => run(tool, args, {signal, env});
  const base = `rac/node-base:build-${process.pid}`;
  const container = `${buildContainerPrefix}${process.pid}`;
  const tar = join(scratch, 'node.tar');
  say('packing the root file system');
  await run('tar', ['-C', root, '--numeric-owner', '-cf', tar, '.'], {signal});
  try {
    say('importing it');
    await call('import', ...changes, tar, base);
    await rm(tar);
    await call(
      'run',
      '--detach',
      '--name',
      container,
      '--security-opt',
      'seccomp=unconfined',
      '--entrypoint',
      'sleep',
      base,
      'infinity',
    );
    await call('exec', '--detach', container, 'containerd');
    await call('exec', container, 'sh', '-c', waitForSocket);
    for (const archive of archives) {
      say('importing the component images');
      await run(
        tool,
        [
          'exec',
          '-i',
          container,
          'ctr',
          '-n',
          'k8s.io',
          'images',
          'import',
          '--label=io.cri-containerd.pinned=pinned',
          '--no-unpack',
          '-',
        ],
        {signal, env, inputFile: archive},
      );
    }
    await call('exec', container, 'pkill', '-x', 'containerd');
    say('saving the image');
    await call('commit', '--change', entrypoint, '--change', 'CMD []', container, name);
  } finally {
    // Also after Ctrl-C, so not with the signal that it aborted.
    const anyway = {signal: AbortSignal.timeout(60_000), env, shielded: true};
    await run(tool, ['rm', '--force', '--volumes', container], anyway).catch(() => undefined);
    await run(tool, ['image', 'rm', base], anyway).catch(() => undefined);
  }
}
