import {z} from 'zod';
import {ApiError, type Api} from '../target/api.ts';
import {runLabel} from './labels.ts';

const listSchema = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({name: z.string(), namespace: z.string().optional()}),
    }),
  ),
});

/**
 * Deletes the Node objects that a run created, and the run's Pods that are bound to them: no kubelet stands behind such a
 * node, so that nobody else would.
 *
 * @param namespace in which those Pods are; without it, they may be in any
 * @returns the names of the nodes that were deleted
 * @throws ApiError or SuiteError where a deletion is refused
 */
export async function removeNodes(api: Api, run: string, namespace?: string): Promise<readonly string[]> {
  const selector = `labelSelector=${encodeURIComponent(`${runLabel}=${run}`)}`;
  const nodes = await list(api, `/api/v1/nodes?${selector}`);
  const pods = namespace === undefined ? '/api/v1/pods' : `/api/v1/namespaces/${namespace}/pods`;
  const removed: string[] = [];
  for (const {metadata} of nodes) {
    const bound = await list(api, `${pods}?${selector}&fieldSelector=spec.nodeName%3D${metadata.name}`);
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
  return listSchema.parse(await api.json(path)).items;
}

async function remove(api: Api, path: string): Promise<void> {
  await api.json(path, {method: 'DELETE'}).catch((error: unknown) => {
    if (!(error instanceof ApiError && error.code === 404)) throw error;
  });
}
