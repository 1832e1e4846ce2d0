import {z} from 'zod';
import {ApiError, type Api} from '../target/api.ts';
import {runLabel} from './namespace.ts';

const listSchema = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({name: z.string(), namespace: z.string().optional(), creationTimestamp: z.string()}),
    }),
  ),
});

/**
 * Deletes the Node objects that a run created, or those that runs of an hour ago or longer left, and the run's Pods that
 * are bound to them: no kubelet stands behind such a node, so that nobody else would.
 *
 * @param run the run's id; without it, what older runs left
 * @returns the names of the nodes that were deleted; none where the user may not list nodes, and so can't have created any
 * @throws ApiError or SuiteError where a deletion is refused
 */
export async function removeNodes(api: Api, run: string | undefined): Promise<readonly string[]> {
  const selector = `labelSelector=${encodeURIComponent(run === undefined ? runLabel : `${runLabel}=${run}`)}`;
  const nodes = await list(api, `/api/v1/nodes?${selector}`);
  const old = ({metadata}: (typeof nodes)[number]) => Date.now() - Date.parse(metadata.creationTimestamp) > 3_600_000;
  const removed: string[] = [];
  for (const {metadata} of nodes.filter(node => run !== undefined || old(node))) {
    const bound = await list(api, `/api/v1/pods?${selector}&fieldSelector=spec.nodeName%3D${metadata.name}`);
    for (const pod of bound) {
      await remove(
        api,
        `/api/v1/namespaces/${pod.metadata.namespace ?? ''}/pods/${pod.metadata.name}?gracePeriodSeconds=0`,
      );
    }
    await remove(api, `/api/v1/nodes/${metadata.name}`);
    removed.push(metadata.name);
  }
  return removed;
}

async function list(api: Api, path: string): Promise<z.infer<typeof listSchema>['items']> {
  try {
    return listSchema.parse(await api.json(path)).items;
  } catch (error) {
    if (error instanceof ApiError && error.code === 403) return [];
    throw error;
  }
}

async function remove(api: Api, path: string): Promise<void> {
  await api.json(path, {method: 'DELETE'}).catch((error: unknown) => {
    if (!(error instanceof ApiError && error.code === 404)) throw error;
  });
}
