import {z} from 'zod';
import {SuiteError} from '../errors.ts';
import type {Need} from '../recording/scenario.ts';
import {gate, type Placement, type Probe, type Target} from '../recording/target.ts';
import {selectorOf} from '../recorder/watch.ts';
import {rightText, type Access, type Right} from './access.ts';
import {ApiError, type Api} from './api.ts';
import {probeDeclaredFeatures, probeDryRun, probeMetric} from './features.ts';
import {hasStaticCpus} from './cpu-manager.ts';
import {deviceOf} from './devices.ts';
import {offersJobSet} from './jobset.ts';
import {grantedNeeds, missingByScenario, requirePermissions, type Planned} from './permissions.ts';

const versionSchema = z.looseObject({gitVersion: z.string().regex(/^v\d+\.\d+/)});
const nodesSchema = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({name: z.string(), labels: z.record(z.string(), z.string()).optional()}),
      spec: z
        .looseObject({
          unschedulable: z.boolean().optional(),
          taints: z.array(z.looseObject({effect: z.string()})).optional(),
        })
        .prefault({}),
      status: z.looseObject({
        nodeInfo: z.looseObject({
          kubeletVersion: z.string(),
          containerRuntimeVersion: z.string(),
          operatingSystem: z.string(),
          architecture: z.string(),
        }),
        declaredFeatures: z.array(z.string()).optional(),
        runtimeHandlers: z
          .array(
            z.looseObject({
              name: z.string().default(''),
              features: z.looseObject({userNamespaces: z.boolean().optional()}).optional(),
            }),
          )
          .optional(),
        allocatable: z.record(z.string(), z.string()).optional(),
      }),
    }),
  ),
});

/** Effects of a taint that a Pod which tolerates nothing does not pass. */
const keepsAway = new Set(['NoSchedule', 'NoExecute']);

/** What a preflight is told of a run. */
export interface Asked {
  /** Image of its Pods. */
  readonly image: string;
  /** What this user's way to the target gives beside the API. */
  readonly has: readonly Need[];
  readonly access: Access;
  /** The namespace that the user named for all scenarios; without it, each has one of its own. */
  readonly namespace?: string | undefined;
  readonly placement?: Placement | undefined;
  readonly planned: readonly Planned[];
}

/**
 * Learns all that a verdict may depend on: version, nodes, runtimes, whether the feature is on (three independent
 * probes) and what this user may do of what a run does. What the user may not do is not tried.
 *
 * @throws SuiteError `unreachable`, `forbidden`, `badContext` where the server is not a Kubernetes API server, or `usage`
 *   where no node is as the user wants it or the user's namespace is not there
 */
export async function preflight(api: Api, asked: Asked, signal: AbortSignal): Promise<Target> {
  const {image, has, access, namespace, placement} = asked;
  const server = await readVersion(api, signal);
  const home = namespace === undefined ? 'own' : 'given';
  await requirePermissions(access, home);
  if (namespace !== undefined && (await access.may(['get', 'namespaces'])))
    await requireNamespace(api, namespace, signal);
  const {nodes: read, userNamespaces, device} = await readNodes(api, access, placement, signal);
  const [apiserver, ...kubelets] = await Promise.all([
    probeWhere(access, ['get', '/metrics'], api, 'kube-apiserver', '/metrics', signal),
    ...read.map(({name}) =>
      probeWhere(access, ['get', 'nodes', 'proxy'], api, `kubelet on ${name}`, metricsOf(name), signal),
    ),
  ]);
  const nodes = read.map((node, index) => ({...node, gate: kubelets[index]?.says ?? 'unknown'}));
  const dryRunIn = namespace ?? 'default';
  const {dropped, added, ...dryRun} = await probeDryRun(api, image, dryRunIn, signal);
  const declared = probeDeclaredFeatures(nodes);
  const release = server.split('.').slice(0, 2).join('.').slice(1);
  const mayProxy = await access.may(['get', 'nodes', 'proxy']);
  const mayJobSet = await access.may(['create', 'jobsets.jobset.x-k8s.io']);
  const leftOut = (await access.missing([['create', 'secrets']])).length > 0 ? ['Secret'] : [];
  const lacks = await missingByScenario(access, withoutKinds(asked.planned, leftOut), home);
  return {
    context: api.config.getCurrentContext(),
    server,
    release,
    nodes,
    image,
    feature: feature([dryRun, apiserver], declared, kubelets),
    ...gatesOff(dryRun, apiserver, dropped),
    probes: [dryRun, declared, apiserver, ...kubelets],
    ...(device === undefined ? {} : {device}),
    has: [
      ...has,
      ...offers(userNamespaces),
      ...(device === undefined ? [] : (['device plugin'] as const)),
      ...(mayProxy && (await hasStaticCpus(api, nodes, signal)) ? (['static CPU manager'] as const) : []),
      ...(isOlder(nodes, release) ? (['older kubelet'] as const) : []),
      ...(mayJobSet && (await offersJobSet(api, image, dryRunIn, signal)) ? (['JobSet'] as const) : []),
      ...(await grantedNeeds(access)),
      ...readable(kubelets),
    ],
    ...(namespace === undefined ? {} : {namespace}),
    ...(placement === undefined ? {} : {placement}),
    ...(Object.keys(lacks).length === 0 ? {} : {lacks}),
    ...(leftOut.length === 0 ? {} : {leftOut}),
    ...(added.length === 0 ? {} : {admission: [...added]}),
  };
}

function metricsOf(node: string): string {
  return `/api/v1/nodes/${node}/proxy/metrics`;
}

/** A metric that this user may read; one that may not be is not asked for. */
async function probeWhere(access: Access, right: Right, ...probe: Parameters<typeof probeMetric>): Promise<Probe> {
  if (await access.may(right)) return probeMetric(...probe);
  const name = `kubernetes_feature_enabled of ${probe[1]}`;
  return {name, says: 'unknown', detail: `not asked: this user lacks the right to ${rightText(right)}`};
}

/** Scenarios without the objects that are left out. */
function withoutKinds(planned: readonly Planned[], kinds: readonly string[]): readonly Planned[] {
  return planned.map(({scenario, objects}) => ({
    scenario,
    objects: objects.filter(({kind}) => !kinds.includes(kind)),
  }));
}

/** What the API itself tells of what scenarios may need. */
function offers(handlers: readonly (boolean | undefined)[]): readonly Need[] {
  return handlers.length > 0 && handlers.every(each => each === true) ? ['user namespaces'] : [];
}

/** Whether a node that takes Pods has a kubelet of an earlier minor release than the API server's. */
function isOlder(nodes: Target['nodes'], release: string): boolean {
  const minor = (version: string) => Number(/^v?\d+\.(\d+)/.exec(version)?.[1]);
  return nodes.some(({kubelet, takesPods}) => takesPods && minor(kubelet) < minor(release));
}

function readable(kubelets: readonly Probe[]): readonly Need[] {
  return kubelets.some(({says}) => says !== 'unknown') ? ['right to read kubelet metrics'] : [];
}

/**
 * Off where the API server refuses the action or has its gate off, or where no node has it on: by the kubelets' own word, or by
 * what the nodes declare where that can't be read. A kubelet that has it on and does not declare it is for the checks to judge.
 */
function feature(server: readonly Probe[], declared: Probe, kubelets: readonly Probe[]): Target['feature'] {
  const noKubelet = kubelets.length > 0 && kubelets.every(({says}) => says === 'off');
  const noNode = declared.says === 'off' && !kubelets.some(({says}) => says === 'on');
  return noKubelet || noNode || server.some(({says}) => says === 'off') ? 'off' : 'on';
}

/** Which gates the API server has off: by its metric, or by its answer to the dry run where that can't be read. */
function gatesOff(dryRun: Probe, metric: Probe, dropped: boolean): Pick<Target, 'gatesOff'> {
  const off = metric.says === 'off' || (metric.says === 'unknown' && dryRun.says === 'off');
  return off ? {gatesOff: dropped ? 'rules-off' : 'off'} : {};
}

async function requireNamespace(api: Api, name: string, signal: AbortSignal): Promise<void> {
  try {
    await api.json(`/api/v1/namespaces/${name}`, {signal});
  } catch (cause) {
    if (!(cause instanceof ApiError) || cause.code !== 404) throw cause;
    throw new SuiteError('usage', `namespace ${name} is not there`, {
      next: `kubectl create namespace ${name}, or leave --namespace out: then each scenario has one of its own`,
      cause,
    });
  }
}

async function readVersion(api: Api, signal: AbortSignal): Promise<string> {
  try {
    return versionSchema.parse(await api.json('/version', {signal})).gitVersion;
  } catch (error) {
    if (error instanceof ApiError && (error.code === 401 || error.code === 403)) {
      throw new SuiteError(
        'forbidden',
        `the API server does not accept the credentials of this context: ${error.message}`,
        {
          next: 'renew the credentials, or choose another context with --context',
          cause: error,
        },
      );
    }
    if (error instanceof SuiteError) throw error;
    const server = api.config.getCurrentCluster()?.server ?? '';
    throw new SuiteError('badContext', `${server} does not answer as a Kubernetes API server does`, {cause: error});
  }
}

async function readNodes(
  api: Api,
  access: Access,
  placement: Placement | undefined,
  signal: AbortSignal,
): Promise<{nodes: Target['nodes']; userNamespaces: readonly (boolean | undefined)[]; device: string | undefined}> {
  if (!(await access.may(['list', 'nodes']))) return {nodes: [], userNamespaces: [], device: undefined};
  const {nodeSelector, runtimeClass} = placement ?? {};
  const query = nodeSelector === undefined ? '' : `?labelSelector=${encodeURIComponent(selectorOf(nodeSelector))}`;
  const {items} = nodesSchema.parse(await api.json(`/api/v1/nodes${query}`, {signal}));
  if (items.length === 0 && nodeSelector !== undefined) {
    throw new SuiteError('usage', `no node has the labels ${selectorOf(nodeSelector)}`, {
      next: 'kubectl get nodes --show-labels',
    });
  }
  const takesPods = ({spec}: (typeof items)[number]) =>
    spec.unschedulable !== true && (spec.taints ?? []).every(({effect}) => !keepsAway.has(effect));
  return {
    nodes: items.map(item => ({
      name: item.metadata.name,
      kubelet: item.status.nodeInfo.kubeletVersion,
      runtime: item.status.nodeInfo.containerRuntimeVersion,
      os: item.status.nodeInfo.operatingSystem,
      architecture: item.status.nodeInfo.architecture,
      declaresFeature: item.status.declaredFeatures?.includes(gate) ?? false,
      controlPlane: item.metadata.labels?.['node-role.kubernetes.io/control-plane'] !== undefined,
      takesPods: takesPods(item),
    })),
    device: deviceOf(items.filter(takesPods).map(({status}) => status.allocatable ?? {})),
    // The handler without a name is the one of a Pod that names no RuntimeClass; which one a class means is not asked.
    userNamespaces:
      runtimeClass === undefined
        ? items.map(({status}) => status.runtimeHandlers?.find(({name}) => name === '')?.features?.userNamespaces)
        : [],
  };
}
