import {z} from 'zod';
import {SuiteError} from '../errors.ts';
import type {Need} from '../recording/scenario.ts';
import {gate, type Probe, type Target} from '../recording/target.ts';
import {ApiError, type Api} from './api.ts';
import {probeDeclaredFeatures, probeDryRun, probeMetric} from './features.ts';
import {hasStaticCpus} from './cpu-manager.ts';
import {deviceOf} from './devices.ts';
import {offersJobSet} from './jobset.ts';
import {grantedNeeds, requirePermissions} from './permissions.ts';
import type {Right} from './rights.ts';

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

/**
 * Learns all that a verdict may depend on: version, nodes, runtimes, whether the feature is on (three independent
 * probes) and whether this user may do what a run does.
 *
 * @param run the image of its Pods, what this user's way to the target gives beside the API, and the rights that it needs
 * @throws SuiteError `unreachable`, `forbidden`, or `badContext` where the server is not a Kubernetes API server
 */
export async function preflight(
  api: Api,
  {image, has, rights}: {readonly image: string; readonly has: readonly Need[]; readonly rights: readonly Right[]},
  signal: AbortSignal,
): Promise<Target> {
  const server = await readVersion(api, signal);
  await requirePermissions(api, rights, signal);
  const {nodes, userNamespaces, device} = await readNodes(api, signal);
  const [apiserver, ...kubelets] = await Promise.all([
    probeMetric(api, 'kube-apiserver', '/metrics', signal),
    ...nodes.map(({name}) => probeMetric(api, `kubelet on ${name}`, `/api/v1/nodes/${name}/proxy/metrics`, signal)),
  ]);
  const {dropped, ...dryRun} = await probeDryRun(api, image, signal);
  const declared = probeDeclaredFeatures(nodes);
  const release = server.split('.').slice(0, 2).join('.').slice(1);
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
      ...((await hasStaticCpus(api, nodes, signal)) ? (['static CPU manager'] as const) : []),
      ...(isOlder(nodes, release) ? (['older kubelet'] as const) : []),
      ...((await offersJobSet(api, image, signal)) ? (['JobSet'] as const) : []),
      ...(await grantedNeeds(api, signal)),
      ...readable(kubelets),
    ],
  };
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
  signal: AbortSignal,
): Promise<{nodes: Target['nodes']; userNamespaces: readonly (boolean | undefined)[]; device: string | undefined}> {
  try {
    const {items} = nodesSchema.parse(await api.json('/api/v1/nodes', {signal}));
    const takesPods = ({spec}: (typeof items)[number]) =>
      spec.unschedulable !== true && (spec.taints ?? []).every(({effect}) => !keepsAway.has(effect));
    return {
      nodes: items.map(item => ({
        name: item.metadata.name,
        kubelet: item.status.nodeInfo.kubeletVersion,
        runtime: item.status.nodeInfo.containerRuntimeVersion,
        os: item.status.nodeInfo.operatingSystem,
        declaresFeature: item.status.declaredFeatures?.includes(gate) ?? false,
        controlPlane: item.metadata.labels?.['node-role.kubernetes.io/control-plane'] !== undefined,
        takesPods: takesPods(item),
      })),
      device: deviceOf(items.filter(takesPods).map(({status}) => status.allocatable ?? {})),
      // The handler without a name is the one of a Pod that names no RuntimeClass.
      userNamespaces: items.map(
        ({status}) => status.runtimeHandlers?.find(({name}) => name === '')?.features?.userNamespaces,
      ),
    };
  } catch (error) {
    if (error instanceof ApiError && error.code === 403) return {nodes: [], userNamespaces: [], device: undefined};
    throw error;
  }
}
