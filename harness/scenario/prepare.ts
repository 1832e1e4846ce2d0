import {z} from 'zod';
import {OutOfPatience, type Recorder} from '../recorder/recorder.ts';
import {allUp, controllerOf, statusesOf, type Pod} from '../recording/pod.ts';
import type {NodeAction, Scenario} from '../recording/scenario.ts';
import type {Target} from '../recording/target.ts';
import {addedByAdmission} from '../target/admission.ts';
import type {Api} from '../target/api.ts';
import {disturbance, waitingFor} from './disturbance.ts';
import {differences} from './echo.ts';
import {collectionOf, type Manifest, type ManifestObject} from './manifest.ts';
import {awaitServiceAccount} from './namespace.ts';
import type {NodeAccess, NodePod} from './node-access.ts';
import {isAs, readyForStimulus} from './settled.ts';
import type {Subject} from './stimulus.ts';

/** Where a scenario's objects are created. */
export interface Site {
  readonly api: Api;
  readonly recorder: Recorder;
  readonly subject: Subject;
  readonly target: Target;
  readonly nodes?: NodeAccess | undefined;
  readonly node?: string | undefined;
  readonly admitted?: ((added: readonly string[]) => void) | undefined;
}

/**
 * Creates a scenario's objects, after what it does to the node beforehand, and waits until its Pod is as the first step
 * needs it.
 *
 * @returns the scenario's Pod: the one of the manifest, or the one that another object made
 * @throws OutOfPatience where it doesn't get there, Error where an object was refused or not stored as sent
 */
export async function prepare(site: Site, {objects, owned}: Manifest, scenario: Scenario): Promise<Pod> {
  const {api, recorder, subject} = site;
  const {namespace, budgets, signal} = subject;
  const {before = [], placed} = scenario;
  for (const action of before) await actBefore(site, action);
  if (!subject.home.shared) await awaitServiceAccount(api, namespace, budgets.serviceAccount, signal);
  for (const object of objects) {
    const isSubject = object.metadata.name === subject.pod && object.kind === 'Pod';
    if (isSubject && placed === 'static') await placeStatic(site, object);
    else await create(site, isSubject && placed === 'by name' ? onNode(site, object) : object);
  }
  const fits = (pod: Pod): boolean => {
    const disturbed = disturbance(pod);
    if (disturbed !== undefined) throw new OutOfPatience(disturbed);
    const others = recorder.pods.filter(each => !isForAnotherNode(each, site.target));
    return isReady(pod, scenario, others);
  };
  try {
    if (owned) {
      const fit = (pod: Pod): boolean => isFirst(pod) && !isForAnotherNode(pod, site.target);
      const made = await recorder.untilAny('a Pod is made', budgets.podReady, fit);
      recorder.follow(made.metadata.name);
    }
    return await recorder.until('the Pod is ready for the stimulus', budgets.podReady, fits);
  } catch (error) {
    if (!(error instanceof OutOfPatience)) throw error;
    throw new OutOfPatience(`${error.message}: ${waitingFor(recorder.pod)}`);
  }
}

/** Does something to the scenario's node, before any Pod is there. */
async function actBefore(site: Site, action: NodeAction): Promise<void> {
  const {recorder, subject, nodes} = site;
  const node = nodeOf(site);
  if (nodes === undefined) throw new Error('no access to the node');
  const pod = nodePod(subject, subject.pod);
  const text = await nodes.act(node, action, pod, subject.signal);
  recorder.add({kind: 'node', node, action, text});
}

/** Gives the scenario's node the Pod as a static one; the API shows its mirror Pod, under the name with the node's. */
async function placeStatic(site: Site, object: ManifestObject): Promise<void> {
  const {recorder, subject, nodes} = site;
  const node = nodeOf(site);
  if (nodes === undefined) throw new Error('no access to the node');
  recorder.follow(`${object.metadata.name}-${node}`);
  const pod = nodePod(subject, object.metadata.name);
  await nodes.place(node, pod, JSON.stringify(object), subject.signal);
}

/** The Pod for whose sake something is done to a node before it is made. */
function nodePod({namespace, home}: Subject, name: string): NodePod {
  return {namespace, name, scenario: home.unique, uid: undefined};
}

/** The Pod bound to the scenario's node, past the scheduler. */
function onNode(site: Site, object: ManifestObject): ManifestObject {
  return {...object, spec: {...specSchema.parse(object['spec']), nodeName: nodeOf(site)}};
}

const specSchema = z.looseObject({});

/** The node that the scenario has for itself, or the first that takes Pods. */
function nodeOf({target, node}: Site): string {
  const found = node ?? target.nodes.find(({takesPods}) => takesPods)?.name;
  if (found === undefined) throw new Error('there is no node that is known to take Pods');
  return found;
}

/** Of an Indexed Job's Pods the one with index 0; of others any. */
function isFirst({metadata}: Pod): boolean {
  const index = metadata.labels?.['batch.kubernetes.io/job-completion-index'];
  return index === undefined || index === '0';
}

const affinitySchema = z.looseObject({
  affinity: z.looseObject({
    nodeAffinity: z.looseObject({
      requiredDuringSchedulingIgnoredDuringExecution: z.looseObject({
        nodeSelectorTerms: z.array(
          z.looseObject({
            matchFields: z.array(z.looseObject({key: z.literal('metadata.name'), values: z.array(z.string())})),
          }),
        ),
      }),
    }),
  }),
});

/**
 * Whether a DaemonSet made a Pod for a node on which the feature is off, while others have it: the scheduler does not bind it
 * there, so that it stays Pending.
 */
function isForAnotherNode({spec}: Pod, {nodes}: Target): boolean {
  const {data} = affinitySchema.safeParse(spec);
  const terms = data?.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms ?? [];
  const names = terms.flatMap(({matchFields}) => matchFields.flatMap(({values}) => values));
  const lacking = new Set(nodes.filter(({declaresFeature}) => !declaresFeature).map(({name}) => name));
  return lacking.size < nodes.length && names.length > 0 && names.every(name => lacking.has(name));
}

function isReady(pod: Pod, {ready, steps}: Scenario, pods: readonly Pod[]): boolean {
  if (ready !== undefined) return Object.entries(ready).every(([name, wanted]) => isAs(pod, name, wanted));
  const [first] = steps;
  if (first?.do === 'exit') {
    const made = controllerOf(pod) !== undefined; // and others with it
    return first.tells.every(({container, everyPod}) =>
      (everyPod === true || made ? pods : [pod]).every(told => readyForStimulus(told, container)),
    );
  }
  return statusesOf(pod).length > 0 && allUp(pod);
}

async function create({api, recorder, subject, admitted}: Site, object: ManifestObject): Promise<void> {
  const {namespace, signal} = subject;
  const stored = await api.json(collectionOf(object, namespace), {method: 'POST', body: object, signal});
  const {stringData, ...readable} = object; // stringData is write-only
  const changed = differences(readable, stored);
  const added = addedByAdmission(readable, stored);
  if (added.length > 0)
    recorder.add({kind: 'note', text: `admission added to ${object.metadata.name}: ${added.join(', ')}`});
  admitted?.(added);
  if (changed.length > 0)
    throw new Error(`${object.kind} ${object.metadata.name} was not stored as sent: ${changed.join('; ')}`);
}
