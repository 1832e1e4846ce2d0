import {z} from 'zod';
import type {Api} from '../target/api.ts';
import type {May} from '../target/access.ts';
import {marks, type Budgets} from '../timeouts.ts';
import {removeWebhooks} from './injection.ts';
import {runLabel} from './labels.ts';
import {removeNamespaces} from './namespace.ts';
import {removeNodes} from './nodes.ts';
import {objectsIn, removeObjects} from './objects.ts';
import {removeVolumes} from './volumes.ts';

const listSchema = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({creationTimestamp: z.string(), labels: z.record(z.string(), z.string())}),
    }),
  ),
});

/** A target on which runs leave objects. */
export interface Site {
  readonly api: Api;
  /** The namespace that the user named for all scenarios; without it, each has one of its own. */
  readonly namespace: string | undefined;
  readonly may: May;
  readonly budgets: Budgets;
}

/** What is known of a run by other means than its objects: whether it goes on. */
export type Fate = 'goes on' | 'is over' | 'is not known';

/** Where objects without a namespace are, and the resource by which rights name them. */
const clusterWide = [
  ['/api/v1/namespaces', 'namespaces'],
  ['/api/v1/nodes', 'nodes'],
  ['/api/v1/persistentvolumes', 'persistentvolumes'],
  [
    '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
    'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  ],
] as const;

/**
 * The runs that left something behind: those that are over, and of those of which that is not known the ones whose newest
 * object is an hour old. A run makes a new one every few minutes.
 */
export async function leftBehind(site: Site, fateOf: (run: string) => Fate): Promise<readonly string[]> {
  const newest = await newestByRun(site);
  const old = Date.now() - marks.leftBehind.ms;
  return [...newest]
    .filter(([run, atMs]) => {
      const fate = fateOf(run);
      return fate === 'is over' || (fate === 'is not known' && atMs < old);
    })
    .map(([run]) => run);
}

/** When each run that has objects there made its newest one, in ms since the epoch. */
export async function newestByRun(site: Site): Promise<ReadonlyMap<string, number>> {
  const newest = new Map<string, number>();
  const saw = (run: string, atMs: number): void => {
    newest.set(run, Math.max(atMs, newest.get(run) ?? 0));
  };
  for (const [path, resource] of clusterWide) {
    if (!(await maySweep(site, resource))) continue;
    const {items} = listSchema.parse(await site.api.json(`${path}?labelSelector=${encodeURIComponent(runLabel)}`));
    for (const {metadata} of items) saw(metadata.labels[runLabel] ?? '', Date.parse(metadata.creationTimestamp));
  }
  if (site.namespace !== undefined) {
    const objects = await objectsIn({...site, namespace: site.namespace});
    for (const {run, createdAtMs} of objects) saw(run, createdAtMs);
  }
  return newest;
}

/**
 * Removes everything that carries a run's label, as far as this user may, and waits until it is gone; a part that fails costs
 * the others nothing.
 *
 * @returns what was removed and what is left, each as kubectl names it
 */
export async function removeRun(
  site: Site,
  run: string,
): Promise<{removed: readonly string[]; left: readonly string[]}> {
  const {api, namespace, budgets} = site;
  const removed: string[] = [];
  const left: string[] = [];
  const part = async (
    what: string,
    work: () => Promise<{removed: readonly string[]; left: readonly string[]}>,
  ): Promise<void> => {
    try {
      const done = await work();
      removed.push(...done.removed);
      left.push(...done.left);
    } catch {
      left.push(what);
    }
  };
  const all = (kind: string, names: readonly string[]) => ({removed: names.map(name => `${kind}/${name}`), left: []});
  const labelled = (kind: string): string => `${kind} --selector=${runLabel}=${run}`;
  if (await maySweep(site, 'nodes'))
    await part(labelled('nodes'), async () => all('node', await removeNodes(api, run, namespace)));
  if (await maySweep(site, 'mutatingwebhookconfigurations.admissionregistration.k8s.io')) {
    const kind = 'mutatingwebhookconfiguration';
    await part(labelled(`${kind}s`), async () => all(kind, await removeWebhooks(api, run)));
  }
  if (namespace !== undefined) {
    await part(labelled('pods'), () => removeObjects({...site, namespace}, run, budgets));
  } else if (await maySweep(site, 'namespaces')) {
    await part(labelled('namespaces'), async () => {
      const done = await removeNamespaces(api, run, budgets, site.may);
      const named = (names: readonly string[]): string[] => names.map(name => `namespace/${name}`);
      return {removed: named(done.removed), left: named(done.left)};
    });
  }
  if (await maySweep(site, 'persistentvolumes'))
    await part(labelled('persistentvolumes'), async () => all('persistentvolume', await removeVolumes(api, run)));
  return {removed, left};
}

async function maySweep({may}: Site, resource: string): Promise<boolean> {
  return (await may(['list', resource])) && (await may(['delete', resource]));
}
