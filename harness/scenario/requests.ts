import {z} from 'zod';
import {OutOfPatience, withoutManagedFields, type Recorder} from '../recorder/recorder.ts';
import {conditionOf, type Pod} from '../recording/pod.ts';
import type {Scenario, Step} from '../recording/scenario.ts';
import {gate, type Target} from '../recording/target.ts';
import type {Api, Request} from '../target/api.ts';
import {probeMetric} from '../target/features.ts';
import {collectionOf, overlaid, type ManifestObject} from './manifest.ts';
import type {NodeAccess} from './node-access.ts';
import {actOnNode} from './node-step.ts';
import type {Ending} from './steps.ts';
import type {Subject} from './stimulus.ts';

type RequestStep = Extract<Step, {do: 'request'}>;

const patchType = 'application/strategic-merge-patch+json';
const recordSchema = z.looseObject({});
const nodesSchema = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({name: z.string()}),
      status: z.looseObject({declaredFeatures: z.array(z.string()).optional()}),
    }),
  ),
});

/** What requests are made from, and where they are recorded. */
export interface Sender {
  readonly api: Api;
  readonly recorder: Recorder;
  /** The objects of the scenario's manifest. */
  readonly objects: readonly ManifestObject[];
  readonly subject: Pick<Subject, 'namespace' | 'home' | 'budgets' | 'signal'>;
  readonly image: string;
  readonly nodes?: NodeAccess | undefined;
  readonly target: Target;
}

/**
 * Takes the steps of a scenario in which no Pod is told anything, one after the other: requests, and what is done to nodes.
 *
 * @returns how it ended: `out-of-patience` where something did not come, and no later step was taken
 * @throws Error for another step, SuiteError where the API server doesn't answer
 */
export async function sendRequests(sender: Sender, {steps}: Pick<Scenario, 'steps'>): Promise<Ending> {
  const {recorder, subject} = sender;
  for (const step of steps) {
    recorder.add({kind: 'step', name: step.name, does: step.do});
    if (step.do === 'read gates') await readGates(sender);
    else if (step.do === 'node') await actOnNode(sender, step, recorder.pod);
    else if (step.do === 'request') await send(sender, step);
    else throw new Error(`${step.do} is no request`);
    if (!('until' in step) || step.until === undefined) continue;
    try {
      await recorder.until(`${step.name}: ${step.until}`, subject.budgets.scheduled, pod => hasCome(step.until, pod));
    } catch (error) {
      if (!(error instanceof OutOfPatience)) throw error;
      return {reason: 'out-of-patience', text: error.message};
    }
  }
  return {reason: 'settled', text: 'everything came that was waited for'};
}

function hasCome(until: RequestStep['until'], pod: Pod): boolean {
  if (until === 'scheduled') return pod.spec.nodeName !== undefined;
  if (until === 'unschedulable') return conditionOf(pod, 'PodScheduled')?.reason === 'Unschedulable';
  throw new Error(`${until ?? 'nothing'} does not follow from a request`);
}

/** Sends one request and records the answer; a Pod that is created for good becomes the scenario's. */
async function send(sender: Sender, step: RequestStep): Promise<void> {
  const {api, recorder, subject} = sender;
  const {kind = 'Pod', verb, stored = false} = step;
  const object = sender.objects.find(
    each => each.kind === kind && (step.object === undefined || each.metadata.name === recorder.nameInApi(step.object)),
  );
  if (object === undefined) throw new Error(`the manifest has no ${kind} ${step.object ?? ''}`.trimEnd());
  const query = verb === 'get' ? '' : `?fieldValidation=Strict${stored ? '' : '&dryRun=All'}`;
  const {path, ...request} = requestOf(sender, step, object);
  const {code, body, warnings} = await api.answer(`${path}${query}`, {...request, signal: subject.signal});
  const {data} = recordSchema.safeParse(body);
  recorder.add({
    kind: 'answer',
    name: step.name,
    code,
    body: data === undefined ? body : withoutManagedFields(data),
    ...(warnings.length === 0 ? {} : {warnings: [...warnings]}),
  });
  if (verb === 'create' && kind === 'Pod' && stored && code < 300) recorder.follow(object.metadata.name);
}

function requestOf(
  {subject, image}: Sender,
  {verb, change = {}, fields = {}, subresource}: RequestStep,
  object: ManifestObject,
): Request & {path: string} {
  const collection = collectionOf(object, subject.namespace);
  const one = `${collection}/${object.metadata.name}`;
  switch (verb) {
    case 'create':
      return {path: collection, method: 'POST', body: overlaid(object, change)};
    case 'get':
      return {path: one};
    case 'patch': {
      const path = subresource === undefined ? one : `${one}/${subresource}`;
      return {path, method: 'PATCH', contentType: patchType, body: fields};
    }
    case 'debug': {
      const securityContext = {allowPrivilegeEscalation: false, capabilities: {drop: ['ALL']}};
      const body = {spec: {ephemeralContainers: [{name: 'debugger', image, securityContext, ...fields}]}};
      return {path: `${one}/ephemeralcontainers`, method: 'PATCH', contentType: patchType, body};
    }
  }
}

/** Records of every node whether it declares the feature, and what its kubelet says of the feature's gate. */
async function readGates({api, recorder, subject}: Sender): Promise<void> {
  const {items} = nodesSchema.parse(await api.json('/api/v1/nodes', {signal: subject.signal}));
  for (const {metadata, status} of items) {
    const node = metadata.name;
    const {says} = await probeMetric(api, 'kubelet', `/api/v1/nodes/${node}/proxy/metrics`, subject.signal);
    recorder.add({kind: 'node', node, action: 'read gate', text: says});
    const declares = status.declaredFeatures?.includes(gate) === true;
    recorder.add({kind: 'node', node, action: 'read declared feature', text: declares ? 'declared' : 'not declared'});
  }
}
