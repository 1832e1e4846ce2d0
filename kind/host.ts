import {readFile, writeFile} from 'node:fs/promises';
import type {HostFacts} from './additions.ts';
import {ask} from './command.ts';
import type {Engine} from './engine.ts';
import {tell} from './progress.ts';

/** Bit of each capability that a kind node uses and a machine may lack (capabilities(7), linux/capability.h). */
const capabilityBits = {CAP_SYS_ADMIN: 21n, CAP_SYS_RESOURCE: 24n} as const;

/** Which of the capabilities a bounding set lacks, from the text of /proc/PID/status. */
export function missingCapabilities(status: string): string[] {
  const hex = /^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  if (hex === undefined) return [];
  const set = BigInt(`0x${hex}`);
  return Object.entries(capabilityBits)
    .filter(([, bit]) => ((set >> bit) & 1n) === 0n)
    .map(([name]) => name);
}

/** What decides how a cluster is configured on the engine's host, for a node image. */
export async function hostFacts(engine: Engine, image: string, signal: AbortSignal): Promise<HostFacts> {
  const label = await ask(
    engine.tool,
    ['image', 'inspect', '--format', '{{index .Config.Labels "rac"}}', image],
    signal,
  );
  return {
    cgroupVersion: engine.cgroupVersion,
    missingCapabilities: engine.local ? missingCapabilities(await readFile('/proc/self/status', 'utf8')) : [],
    imageHasNetwork: label?.trim() !== 'node-image' && !image.startsWith('rac/node:'),
  };
}

/** Limits that kind's nodes need at least; below them file watches fail with "too many open files". */
export const inotifyWanted = {max_user_instances: 512, max_user_watches: 524_288} as const;

/** The inotify limits of this machine that are below what several nodes need, as `sysctl` settings to raise them. */
export async function lowInotify(): Promise<string[]> {
  const low: string[] = [];
  for (const [name, wanted] of Object.entries(inotifyWanted)) {
    const text = await readFile(`/proc/sys/fs/inotify/${name}`, 'utf8').catch(() => undefined);
    if (text !== undefined && Number(text) < wanted) low.push(`fs.inotify.${name}=${wanted}`);
  }
  return low;
}

/**
 * Raises the inotify limits that are too low for a further node, where this user may; else says how. A node that meets the
 * limit boots without kube-proxy, which ends with "too many open files".
 */
export async function raiseInotify(): Promise<void> {
  for (const setting of await lowInotify()) {
    const [name = '', value = ''] = setting.split('=');
    const raised = await writeFile(`/proc/sys/${name.replaceAll('.', '/')}`, value).then(
      () => true,
      () => false,
    );
    tell(
      raised
        ? `set ${setting} on this machine, for nodes side by side`
        : `too low for several nodes: sudo sysctl ${setting}`,
    );
  }
}
