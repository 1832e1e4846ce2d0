import pLimit from 'p-limit';
import {z} from 'zod';
import type {Recorder} from '../recorder/recorder.ts';
import type {Pod} from '../recording/pod.ts';
import {ApiError, type Api} from '../target/api.ts';
import {callsAtOnce} from '../timeouts.ts';
import {disturbance, waitingFor} from './disturbance.ts';
import type {ManifestObject} from './manifest.ts';
import {allUp} from './settled.ts';
import type {Subject} from './stimulus.ts';

const specSchema = z.looseObject({});
const nodeSchema = z.looseObject({
  status: z.looseObject({allocatable: z.looseObject({pods: z.coerce.number()})}),
});
const listSchema = z.looseObject({items: z.array(z.unknown())});

/**
 * Creates Pods like the scenario's own on the node that it runs on, named after it with a number from 2 on, and waits until
 * every container of each is up. Where the node takes fewer, there are fewer, and the recording says so.
 *
 * @param own the scenario's Pod as it is sent
 * @param count how many there are to be, together with that one
 * @throws OutOfPatience where they don't get up, Error where one is refused
 */
export async function createCopies(
  {api, recorder, subject}: {api: Api; recorder: Recorder; subject: Subject},
  own: ManifestObject,
  count: number,
): Promise<void> {
  const {namespace, budgets, signal} = subject;
  const node = recorder.pod?.spec.nodeName;
  if (node === undefined) throw new Error('the Pod is on no node');
  const room = await roomOn(api, node, signal);
  const more = Math.min(count - 1, room);
  if (more < count - 1) recorder.add({kind: 'note', text: `the node takes ${more + 1} of ${count} Pods`});
  const names = Array.from({length: more}, (_, at) => `${own.metadata.name}-${at + 2}`);
  await pLimit(callsAtOnce).map(names, async name => {
    const body = {...own, metadata: {...own.metadata, name}, spec: {...specSchema.parse(own['spec']), nodeName: node}};
    await api.json(`/api/v1/namespaces/${namespace}/pods`, {method: 'POST', body, signal});
  });
  const budget = {...budgets.podReady, ms: budgets.podReady.ms + more * budgets.copyReady.ms};
  await recorder.until(`${more} Pods like it are up`, budget, () => {
    const pods = new Map(recorder.pods.map(pod => [pod.metadata.name, pod]));
    return names.every(name => isUp(pods.get(name)));
  });
}

function isUp(pod: Pod | undefined): boolean {
  if (pod === undefined) return false;
  const disturbed = disturbance(pod);
  if (disturbed !== undefined || pod.status.phase === 'Failed')
    throw new Error(`${pod.metadata.name}: ${disturbed ?? waitingFor(pod)}`);
  return allUp(pod);
}

/** How many more Pods a node takes; any number, where this user may not ask. */
async function roomOn(api: Api, node: string, signal: AbortSignal): Promise<number> {
  const query = new URLSearchParams({
    fieldSelector: `spec.nodeName=${node},status.phase!=Succeeded,status.phase!=Failed`,
  });
  try {
    const {status} = nodeSchema.parse(await api.json(`/api/v1/nodes/${node}`, {signal}));
    const {items} = listSchema.parse(await api.json(`/api/v1/pods?${query.toString()}`, {signal}));
    return Math.max(0, status.allocatable.pods - items.length);
  } catch (error) {
    if (error instanceof ApiError && error.code === 403) return Infinity;
    throw error;
  }
}
