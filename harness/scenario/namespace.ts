import {z} from 'zod';
import {SuiteError} from '../errors.ts';
import {OutOfPatience} from '../recorder/recorder.ts';
import {watch} from '../recorder/watch.ts';
import {ApiError, type Api} from '../target/api.ts';
import type {May} from '../target/access.ts';
import {budgets, type Budget, type Budgets} from '../timeouts.ts';
import {runLabel} from './labels.ts';

const named = z.looseObject({metadata: z.looseObject({name: z.string()})});

/**
 * Creates a namespace that admits what a Pod Security Standard admits. A request that was sent is waited for
 * whatever happens: one that is broken off may still create the namespace, after the clean-up has looked for it.
 *
 * @throws SuiteError `forbidden` where a right is missing, `notRecorded` where it is refused for another reason; the
 *   signal's reason
 */
export async function createNamespace(
  api: Api,
  name: string,
  run: string,
  admits: 'restricted' | 'privileged',
  signal: AbortSignal,
): Promise<void> {
  const labels = {[runLabel]: run, 'pod-security.kubernetes.io/enforce': admits};
  const body = {apiVersion: 'v1', kind: 'Namespace', metadata: {name, labels}};
  signal.throwIfAborted();
  try {
    await api.json('/api/v1/namespaces', {method: 'POST', body});
  } catch (cause) {
    if (!(cause instanceof ApiError)) throw cause;
    const exit = cause.code === 401 || cause.code === 403 ? 'forbidden' : 'notRecorded';
    throw new SuiteError(exit, `namespace ${name} can't be created: ${cause.message}`, {cause});
  }
  signal.throwIfAborted();
}

/**
 * Waits until the namespace has its default service account, without which no Pod is admitted; its controller makes it a
 * moment after the namespace.
 *
 * @throws OutOfPatience after the budget, or the signal's reason
 */
export async function awaitServiceAccount(
  api: Api,
  namespace: string,
  budget: Budget,
  signal: AbortSignal,
): Promise<void> {
  const {promise, resolve, reject} = Promise.withResolvers<undefined>();
  const stop = new AbortController();
  const abort = (): void => {
    reject(signal.reason);
  };
  const timer = setTimeout(() => {
    reject(new OutOfPatience(`namespace ${namespace} has no default service account after ${budget.ms / 1000} s`));
  }, budget.ms);
  signal.addEventListener('abort', abort, {once: true});
  try {
    const watching = watch(api, {
      path: `/api/v1/namespaces/${namespace}/serviceaccounts`,
      deliver: delivery => {
        if (delivery.type !== 'GAP' && named.safeParse(delivery.object).data?.metadata.name === 'default')
          resolve(undefined);
      },
      signal: AbortSignal.any([stop.signal, signal]),
      silenceMs: budget.ms,
      reconnectMs: budgets().reconnect.ms,
    });
    await Promise.all([watching, promise]); // each may be what fails
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    stop.abort();
  }
}

/**
 * Deletes a namespace and ends its Pods within a second, where this user may; they have nothing to lose. Gone or going
 * already is fine.
 */
export async function deleteNamespace(api: Api, name: string, may: May): Promise<void> {
  const gone = (error: unknown): void => {
    if (!(error instanceof ApiError && [404, 409].includes(error.code))) throw error; // 409: it is being deleted
  };
  await api.json(`/api/v1/namespaces/${name}`, {method: 'DELETE'}).catch(gone);
  if (!(await may(['deletecollection', 'pods']))) return; // the namespace controller ends them
  await api.json(`/api/v1/namespaces/${name}/pods?gracePeriodSeconds=1`, {method: 'DELETE'}).catch((error: unknown) => {
    if (!(error instanceof ApiError)) throw error;
  });
}

/**
 * Deletes the namespaces of one run and waits until they are gone. Where a deletion is refused, the others go on.
 *
 * @returns the names of the namespaces that were deleted, and of those that are not gone within the budget
 * @throws ApiError or SuiteError where the namespaces can't be listed
 */
export async function removeNamespaces(
  api: Api,
  run: string,
  budgets: Budgets,
  may: May,
): Promise<{removed: string[]; left: string[]}> {
  const there = new Set<string>();
  const removed: string[] = [];
  const refused = new Set<string>();
  const over = (): boolean => [...there].every(name => refused.has(name));
  const {promise: empty, resolve} = Promise.withResolvers<undefined>();
  const stop = new AbortController();
  await watch(api, {
    path: '/api/v1/namespaces',
    labelSelector: `${runLabel}=${run}`,
    deliver: delivery => {
      if (delivery.type === 'GAP') return;
      const {data} = named.safeParse(delivery.object);
      if (data === undefined) return;
      const {name} = data.metadata;
      if (delivery.type === 'DELETED') there.delete(name);
      else if (delivery.type === 'LISTED') there.add(name);
      if (removed.length > 0 && over()) resolve(undefined);
    },
    signal: stop.signal,
    silenceMs: budgets.watchSilence.ms,
    reconnectMs: budgets.reconnect.ms,
  });
  const timer = setTimeout(() => {
    resolve(undefined);
  }, budgets.cleanup.ms);
  try {
    removed.push(...there);
    if (removed.length === 0) return {removed, left: []};
    await Promise.all(removed.map(name => deleteNamespace(api, name, may).catch(() => refused.add(name))));
    if (!over()) await empty;
    return {removed: removed.filter(name => !there.has(name)), left: [...there]};
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}
