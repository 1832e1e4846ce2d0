import {z} from 'zod';
import {SuiteError} from '../errors.ts';
import {conditionOf, podSchema, statusesOf, statusOf, type ContainerStatus, type Pod} from '../recording/pod.ts';
import {selectorOf, watch} from '../recorder/watch.ts';
import type {Placement} from '../recording/target.ts';
import type {May} from '../target/access.ts';
import {ApiError, type Api} from '../target/api.ts';
import type {Budgets} from '../timeouts.ts';
import {hopeless} from './disturbance.ts';
import {homeOf, type Home} from './labels.ts';
import {placementFields} from './manifest.ts';
import {awaitServiceAccount, createNamespace, deleteNamespace} from './namespace.ts';
import {deleteObjects} from './objects.ts';
import {copyPullSecret, type PullSecret} from './pull-secret.ts';

const nodesSchema = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({name: z.string()}),
      spec: z.looseObject({
        unschedulable: z.boolean().optional(),
        taints: z.array(z.looseObject({effect: z.string()})).optional(),
      }),
      status: z.looseObject({nodeInfo: z.looseObject({operatingSystem: z.string()})}),
    }),
  ),
});

/** Where images are tried, and which. */
export interface PullCheck {
  readonly id: string;
  readonly api: Api;
  /** The namespace that the user named for all scenarios, if so. */
  readonly namespace?: string | undefined;
  readonly placement?: Placement | undefined;
  readonly may: May;
  readonly image: string;
  readonly pullSecret?: PullSecret | undefined;
  readonly budgets: Budgets;
  readonly signal: AbortSignal;
}

/** What became of the image on one node; `unchecked` where no Pod was started there for a reason of its own. */
type Outcome = {readonly usable: true} | {readonly broken: string} | {readonly unchecked: string};

/**
 * Runs the image once on each node that Pods are scheduled on, so that a missing one is one error at the start and not as
 * many as there are scenarios. Where nodes may not be listed, on one node of the scheduler's choice.
 *
 * @returns the nodes that could not be asked, each with why
 * @throws SuiteError `notRecorded` that names the nodes which can't pull the image or on which it lacks what is needed
 */
export async function checkPulls(check: PullCheck): Promise<readonly string[]> {
  const {api, id, image, pullSecret, budgets, signal} = check;
  const home = homeOf(id, 'image', check.namespace);
  const {namespace, shared} = home;
  if (!shared) await createNamespace(api, namespace, id, 'restricted', signal);
  try {
    if (!shared) await awaitServiceAccount(api, namespace, budgets.serviceAccount, signal);
    if (pullSecret !== undefined) await copyPullSecret(api, pullSecret, namespace);
    const nodes = await schedulableNodes(check);
    const outcomes = await tryOn(check, home, nodes ?? [undefined]);
    const broken = outcomes.flatMap(([node, outcome]) => ('broken' in outcome ? [`${node}: ${outcome.broken}`] : []));
    if (broken.length > 0) {
      const others = broken.length === 1 ? '' : ` (and on ${broken.length - 1} more)`;
      throw new SuiteError('notRecorded', `image ${image} can't be used on ${broken[0] ?? ''}${others}`, {
        next: 'name another with --image, a mirror with --image-registry, its credentials with --image-pull-secret',
      });
    }
    return outcomes.flatMap(([node, outcome]) => ('unchecked' in outcome ? [`${node}: ${outcome.unchecked}`] : []));
  } finally {
    // What is left, the run's own clean-up finds by its label.
    const removal = shared
      ? deleteObjects({...check, namespace}, {run: id, scenario: 'image'})
      : deleteNamespace(api, namespace, check.may);
    await removal.catch(() => undefined);
  }
}

async function schedulableNodes({api, may, placement, signal}: PullCheck): Promise<readonly string[] | undefined> {
  if (!(await may(['list', 'nodes']))) return undefined;
  const chosen = placement?.nodeSelector;
  const query = chosen === undefined ? '' : `?labelSelector=${encodeURIComponent(selectorOf(chosen))}`;
  const {items} = nodesSchema.parse(await api.json(`/api/v1/nodes${query}`, {signal}));
  return items
    .filter(
      ({spec, status}) =>
        spec.unschedulable !== true &&
        (spec.taints ?? []).every(({effect}) => effect === 'PreferNoSchedule') &&
        status.nodeInfo.operatingSystem === 'linux',
    )
    .map(({metadata}) => metadata.name);
}

async function tryOn(
  check: PullCheck,
  home: Home,
  nodes: readonly (string | undefined)[],
): Promise<readonly (readonly [string, Outcome])[]> {
  const {api, budgets, signal} = check;
  const stop = new AbortController();
  const waits = nodes.map((node, at) => ({
    name: `${home.prefix}image-${at}`,
    node,
    ...Promise.withResolvers<Outcome>(),
  }));
  const timer = setTimeout(() => {
    const seconds = budgets.podReady.ms / 1000;
    for (const {resolve} of waits) resolve({unchecked: `the image was not run there in ${seconds} s`});
  }, budgets.podReady.ms);
  const abort = (): void => {
    for (const {reject} of waits) reject(signal.reason);
  };
  signal.addEventListener('abort', abort, {once: true});
  try {
    await watch(api, {
      path: `/api/v1/namespaces/${home.namespace}/pods`,
      labelSelector: selectorOf(home.labels),
      deliver: delivery => {
        const pod = delivery.type === 'GAP' ? undefined : podSchema.safeParse(delivery.object).data;
        const outcome = pod === undefined ? undefined : outcomeOf(pod);
        if (outcome !== undefined) waits.find(({name}) => name === pod?.metadata.name)?.resolve(outcome);
      },
      signal: AbortSignal.any([stop.signal, signal]),
      silenceMs: budgets.watchSilence.ms,
      reconnectMs: budgets.reconnect.ms,
    });
    for (const {name, node} of waits) await create(check, home.namespace, podOf(check, home, name, node));
    return await Promise.all(waits.map(async ({node, promise}) => [node ?? 'a node', await promise] as const));
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    stop.abort();
  }
}

async function create({api}: PullCheck, namespace: string, pod: object): Promise<void> {
  try {
    await api.json(`/api/v1/namespaces/${namespace}/pods`, {method: 'POST', body: pod});
  } catch (cause) {
    if (!(cause instanceof ApiError)) throw cause;
    throw new SuiteError('notRecorded', `a Pod of the run is refused: ${cause.message}`, {
      next: 'run where Pods that meet the restricted Pod Security Standard are admitted',
      cause,
    });
  }
}

/** What has become of the image, as soon as the Pod's status tells. */
function outcomeOf(pod: Pod): Outcome | undefined {
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status === 'False') return {unchecked: scheduled.message ?? 'no Pod is scheduled there'};
  const beside = statusesOf(pod).find(({name, state}) => name !== 'image' && hopeless.has(state.waiting?.reason ?? ''));
  if (beside !== undefined)
    return {broken: `admission added ${beside.name}, which waits: ${textOf(beside.state.waiting ?? {})}`};
  const {waiting, terminated} = statusOf(pod, 'image')?.state ?? {};
  if (terminated !== undefined) {
    if (terminated.exitCode === 0) return {usable: true};
    return {broken: `it lacks ${needed}: ${terminated.message ?? `exit code ${terminated.exitCode}`}`};
  }
  if (waiting?.reason === undefined || ['ContainerCreating', 'PodInitializing'].includes(waiting.reason)) {
    return pod.status.phase === 'Failed' ? {unchecked: 'the node did not take the Pod'} : undefined;
  }
  return {broken: textOf(waiting)};
}

function textOf({reason, message}: NonNullable<ContainerStatus['state']['waiting']>): string {
  return [reason, message].filter(text => text !== undefined).join(': ');
}

const needed = 'a shell like that of busybox';
const script = 'mkfifo /tmp/pipe && stat -L -c %i /proc/self/ns/net && md5sum /dev/null';

/** A Pod that uses of the image what the scenarios' Pods use, on the one node. */
function podOf({image, pullSecret, placement}: PullCheck, {labels}: Home, name: string, node: string | undefined) {
  const term = {matchFields: [{key: 'metadata.name', operator: 'In', values: [node]}]};
  const required = {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [term]}};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name, labels},
    spec: {
      ...placementFields(placement),
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      ...(node === undefined ? {} : {affinity: {nodeAffinity: required}}),
      ...(pullSecret === undefined ? {} : {imagePullSecrets: [{name: pullSecret.name}]}),
      securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: 'RuntimeDefault'}},
      containers: [
        {
          name: 'image',
          image,
          command: ['sh', '-c', script],
          resources: {requests: {cpu: '10m', memory: '16Mi'}, limits: {cpu: '1', memory: '64Mi'}},
          securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: ['ALL']}},
        },
      ],
    },
  };
}
