import {z} from 'zod';
import {groupOf} from '../recording/scenario.ts';
import {ApiError, type Api} from '../target/api.ts';
import type {May} from '../target/access.ts';
import type {Budgets} from '../timeouts.ts';
import {selectorOf, watch} from '../recorder/watch.ts';
import {runLabel, scenarioLabel} from './labels.ts';

/** What a run may have created in a namespace that is not its own: what makes Pods before the Pods. */
const kinds = [
  {resource: 'jobsets', group: groupOf.jobsets},
  {resource: 'jobs', group: groupOf.jobs},
  {resource: 'deployments', group: groupOf.deployments},
  {resource: 'statefulsets', group: groupOf.statefulsets},
  {resource: 'daemonsets', group: groupOf.daemonsets},
  {resource: 'pods', group: 'v1'},
  {resource: 'persistentvolumeclaims', group: 'v1'},
  {resource: 'poddisruptionbudgets', group: groupOf.poddisruptionbudgets},
  {resource: 'services', group: 'v1'},
  {resource: 'configmaps', group: 'v1'},
  {resource: 'secrets', group: 'v1'},
] as const;

const listSchema = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({
        name: z.string(),
        uid: z.string(),
        creationTimestamp: z.string(),
        labels: z.record(z.string(), z.string()).optional(),
      }),
    }),
  ),
});

/** An object of a run in a namespace. */
export interface Found {
  readonly run: string;
  /** As kubectl names it: pod/NAME. */
  readonly name: string;
  readonly path: string;
  readonly uid: string;
  readonly createdAtMs: number;
}

/** A namespace that other objects are in too. */
export interface Place {
  readonly api: Api;
  readonly namespace: string;
  readonly may: May;
}

/**
 * Lists the objects of runs in a namespace, of all kinds that this user may list and delete.
 *
 * @param of the run and the scenario whose they are; without it, of whichever run
 */
export async function objectsIn(
  {api, namespace, may}: Place,
  of: {readonly run?: string; readonly scenario?: string} = {},
): Promise<readonly Found[]> {
  const {run, scenario} = of;
  const selector =
    run === undefined
      ? runLabel
      : selectorOf({[runLabel]: run, ...(scenario === undefined ? {} : {[scenarioLabel]: scenario})});
  const found = await Promise.all(
    kinds.map(async ({resource, group}) => {
      const named = group === 'v1' ? resource : `${resource}.${group.split('/')[0] ?? ''}`;
      if (!(await may(['list', named])) || !(await may(['delete', named]))) return [];
      const path = `${group === 'v1' ? '/api/v1' : `/apis/${group}`}/namespaces/${namespace}/${resource}`;
      const items = await list(api, `${path}?labelSelector=${encodeURIComponent(selector)}`);
      return items.map(({metadata: {name, uid, creationTimestamp, labels}}) => ({
        run: labels?.[runLabel] ?? '',
        name: `${resource.replace(/s$/, '')}/${name}`,
        path: `${path}/${name}`,
        uid,
        createdAtMs: Date.parse(creationTimestamp),
      }));
    }),
  );
  return found.flat();
}

/**
 * Deletes what a run, or one scenario of it, created in a namespace that is not its own, and what was made of that; nothing
 * else there is touched. Pods end within a second.
 *
 * @throws ApiError or SuiteError where a list or a deletion is refused
 */
export async function deleteObjects(
  place: Place,
  of: {readonly run: string; readonly scenario?: string},
): Promise<readonly string[]> {
  const found = await objectsIn(place, of);
  for (const {path, uid} of found) {
    const body = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: {uid},
      propagationPolicy: 'Background',
      ...(path.includes('/pods/') ? {gracePeriodSeconds: 1} : {}),
    };
    await place.api.json(path, {method: 'DELETE', body}).catch((error: unknown) => {
      if (!(error instanceof ApiError && [404, 409].includes(error.code))) throw error; // it went, or is another by now
    });
  }
  return found.map(({name}) => name);
}

/**
 * As deleteObjects for a whole run, and waits until its Pods are gone.
 *
 * @returns what was deleted, and the Pods that are not gone within the budget
 */
export async function removeObjects(
  place: Place,
  run: string,
  budgets: Budgets,
): Promise<{removed: readonly string[]; left: readonly string[]}> {
  const removed = await deleteObjects(place, {run});
  const there = new Set<string>();
  const {promise: empty, resolve} = Promise.withResolvers<undefined>();
  const stop = new AbortController();
  const timer = setTimeout(() => {
    resolve(undefined);
  }, budgets.cleanup.ms);
  try {
    await watch(place.api, {
      path: `/api/v1/namespaces/${place.namespace}/pods`,
      labelSelector: selectorOf({[runLabel]: run}),
      deliver: delivery => {
        if (delivery.type === 'GAP') return;
        const name = podSchema.safeParse(delivery.object).data?.metadata.name;
        if (name === undefined) return;
        if (delivery.type === 'DELETED') there.delete(name);
        else there.add(name);
        if (there.size === 0) resolve(undefined);
      },
      signal: stop.signal,
      silenceMs: budgets.watchSilence.ms,
      reconnectMs: budgets.reconnect.ms,
    });
    if (there.size > 0) await empty;
    return {removed, left: [...there].map(name => `pod/${name}`)};
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

const podSchema = z.looseObject({metadata: z.looseObject({name: z.string()})});

/** The items of a list; none of a kind that the target does not have. */
async function list(api: Api, path: string): Promise<z.infer<typeof listSchema>['items']> {
  try {
    return listSchema.parse(await api.json(path)).items;
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return [];
    throw error;
  }
}
