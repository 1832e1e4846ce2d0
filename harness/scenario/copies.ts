import pLimit from 'p-limit';
import {z} from 'zod';
import {OutOfPatience, type Recorder} from '../recorder/recorder.ts';
import {allUp, type Pod} from '../recording/pod.ts';
import type {May} from '../target/access.ts';
import type {Api} from '../target/api.ts';
import {callsAtOnce} from '../timeouts.ts';
import {disturbance, waitingFor} from './disturbance.ts';
import type {ManifestObject} from './manifest.ts';
import type {Subject} from './stimulus.ts';

const specSchema = z.looseObject({});
const nodeSchema = z.looseObject({
  status: z.looseObject({allocatable: z.looseObject({pods: z.coerce.number()})}),
});
const listSchema = z.looseObject({items: z.array(z.unknown())});

/**
 * Creates Pods like the scenario's own on the node that it runs on, named after it with a number from 2 on, a few at a time,
 * each when one before it is up: a node that starts a hundred at once is late with all of them. Where the node takes fewer,
 * or does not get more of them up in time, there are fewer, and the recording says so.
 *
 * @param own the scenario's Pod as it is sent
 * @param count how many there are to be, together with that one
 * @throws Error where one is refused, or fails
 */
export async function createCopies(
  {api, recorder, subject, may}: {api: Api; recorder: Recorder; subject: Subject; may: May},
  own: ManifestObject,
  count: number,
): Promise<void> {
  const {namespace, budgets, signal} = subject;
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const node = recorder.pod?.spec.nodeName;
  if (node === undefined) throw new Error('the Pod is on no node');
  const room = !subject.home.shared && (await maySee(may)) ? await roomOn(api, node, signal) : Infinity;
  const more = Math.min(count - 1, room);
  if (more < count - 1) recorder.add({kind: 'note', text: `the node takes ${more + 1} of ${count} Pods`});
  recorder.add({kind: 'step', name: 'Pods like it are created', does: 'copies'});
  const over = recorder.now() + budgets.podReady.ms + more * budgets.copyReady.ms;
  const names = Array.from({length: more}, (_, at) => `${own.metadata.name}-${at + 2}`);
  const late: string[] = [];
  const up = await pLimit(callsAtOnce).map(names, async name => {
    if (late.length > 0) return false;
    const body = {...own, metadata: {...own.metadata, name}, spec: {...specSchema.parse(own['spec']), nodeName: node}};
    await api.json(path, {method: 'POST', body, signal});
    const budget = {...budgets.podReady, ms: Math.max(0, over - recorder.now())};
    try {
      await recorder.until(`${name} is up`, budget, () => isUp(recorder.podNamed(name)));
      return true;
    } catch (error) {
      if (!(error instanceof OutOfPatience)) throw error;
      late.push(name);
      await api.json(`${path}/${name}`, {method: 'DELETE', signal});
      return false;
    }
  });
  const why = `${up.filter(Boolean).length + 1} of ${more + 1} Pods got up within ${budgets.podReady.ms / 1000} s and ${budgets.copyReady.ms / 1000} s for each`;
  if (late.length > 0) recorder.add({kind: 'gap', resource: 'copies', why});
}

function isUp(pod: Pod | undefined): boolean {
  if (pod === undefined) return false;
  const disturbed = disturbance(pod);
  if (disturbed !== undefined || pod.status.phase === 'Failed')
    throw new Error(`${pod.metadata.name}: ${disturbed ?? waitingFor(pod)}`);
  return allUp(pod);
}

/** Whether this user may see a node and every Pod on it; otherwise the node says itself what it does not take. */
async function maySee(may: May): Promise<boolean> {
  return (await may(['get', 'nodes'])) && (await may(['list', 'pods']));
}

/** How many more Pods a node takes. */
async function roomOn(api: Api, node: string, signal: AbortSignal): Promise<number> {
  const query = new URLSearchParams({
    fieldSelector: `spec.nodeName=${node},status.phase!=Succeeded,status.phase!=Failed`,
  });
  const {status} = nodeSchema.parse(await api.json(`/api/v1/nodes/${node}`, {signal}));
  const {items} = listSchema.parse(await api.json(`/api/v1/pods?${query.toString()}`, {signal}));
  return Math.max(0, status.allocatable.pods - items.length);
}
