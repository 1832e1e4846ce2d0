import {join} from 'node:path';
import type {Need, Scenario} from '../harness/recording/scenario.ts';
import type {Placement, Target} from '../harness/recording/target.ts';
import {readManifest} from '../harness/scenario/manifest.ts';
import {inMirror} from '../harness/scenario/image-reference.ts';
import type {NodeAccess} from '../harness/scenario/node-access.ts';
import {pullSecretOf, type PullSecret} from '../harness/scenario/pull-secret.ts';
import {Access} from '../harness/target/access.ts';
import {Api, type ApiOptions} from '../harness/target/api.ts';
import {loadKubeconfig, serviceAccountConfig} from '../harness/target/kubeconfig.ts';
import {preflight} from '../harness/target/preflight.ts';
import type {Changes} from '../kind/config.ts';
import {bringUp} from '../kind/index.ts';
import {kindNodes} from '../kind/node-access.ts';
import {ownCluster} from '../kind/own-cluster.ts';
import {root} from './paths.ts';
import {say} from './say.ts';
import {version} from './version.ts';

/** The options that choose a cluster. */
export interface TargetOptions {
  /** A kubeconfig context; without it, a kind cluster is brought up. */
  readonly context?: string | undefined;
  readonly kubeconfig?: string | undefined;
  /** The cluster that this runs in. */
  readonly inCluster?: boolean | undefined;
  /** Config of the kind cluster. */
  readonly cluster: string;
  readonly kubernetes?: string | undefined;
  readonly nodeImage?: string | undefined;
  readonly image?: string | undefined;
  /** Mirror that every image is taken from, as HOST/PATH. */
  readonly imageRegistry?: string | undefined;
  /** Secret that images are pulled with, as NAME or NAMESPACE/NAME. */
  readonly imagePullSecret?: string | undefined;
  /** A namespace that exists, for all scenarios; without it, each has one of its own. */
  readonly namespace?: string | undefined;
  /** Labels of the nodes that Pods are to run on. */
  readonly nodeSelector?: Readonly<Record<string, string>> | undefined;
  readonly runtimeClass?: string | undefined;
  /** Called with each request to the target's API server. */
  readonly sent?: ApiOptions['sent'];
  readonly yes: boolean;
  readonly signal: AbortSignal;
}

/** A cluster, and what this user's way to it gives. */
export interface Reached {
  readonly api: Api;
  readonly access: Access;
  readonly image: string;
  readonly pullSecret: PullSecret | undefined;
  readonly namespace: string | undefined;
  readonly placement: Placement | undefined;
  readonly has: readonly Need[];
  readonly nodes: NodeAccess | undefined;
  /** Address of this machine under which the API server reaches it. */
  readonly callback: string | undefined;
}

/** Image of the workload where the user's own cluster is the target and no other is named. */
const defaultImage = 'busybox:1.37.0@sha256:9db7b59979c38555a39def84a31fb98b5296952f9e3afd4f6f11f05b07adfab0';

/**
 * The cluster that the options name, or the kind cluster that is brought up without.
 *
 * @param own what that kind cluster is other than its config says
 */
export async function findTarget(
  options: TargetOptions,
  own: Pick<Changes, 'name' | 'workers'> = {},
): Promise<Reached> {
  const userAgent = `restart-all-containers-conformance/${version}`;
  const {sent} = options;
  if (options.inCluster === true) {
    const api = new Api(serviceAccountConfig(), userAgent, {sent});
    return {
      api,
      ...asked(api, options),
      has: [],
      nodes: undefined,
      callback: undefined,
      ...(await imageOf(api, options)),
    };
  }
  if (isTheUsers(options)) {
    const config = loadKubeconfig(options.kubeconfig, options.context);
    const api = new Api(config, userAgent, {sent});
    return {api, ...asked(api, options), ...(await onOwnCluster(api, options)), ...(await imageOf(api, options))};
  }
  const cluster = await bringUp({
    config: options.cluster,
    ...(own.name === undefined ? {} : {name: own.name}),
    ...(own.workers === undefined ? {} : {workers: own.workers}),
    yes: options.yes,
    signal: options.signal,
    ...(options.kubernetes === undefined ? {} : {kubernetes: options.kubernetes}),
    ...(options.nodeImage === undefined ? {} : {nodeImage: options.nodeImage}),
    ...(options.image === undefined && options.imageRegistry === undefined
      ? {}
      : {workloadImage: workloadImage(options)}),
  });
  const api = new Api(loadKubeconfig(cluster.kubeconfig, cluster.context), userAgent, {sent});
  return {
    api,
    ...asked(api, options),
    ...(await onOwnCluster(api, options)),
    ...(await imageOf(api, options)),
    image: cluster.workloadImage,
  };
}

/** Whether the target is a cluster that the user named, and not one of our own that is brought up. */
export function isTheUsers({context, kubeconfig, inCluster}: TargetOptions): boolean {
  return context !== undefined || kubeconfig !== undefined || inCluster === true;
}

/** The image of every Pod of a run on a cluster of the user's own. */
export function workloadImage({image, imageRegistry}: Pick<TargetOptions, 'image' | 'imageRegistry'>): string {
  return inMirror(image ?? defaultImage, imageRegistry);
}

async function imageOf(api: Api, options: TargetOptions): Promise<Pick<Reached, 'image' | 'pullSecret'>> {
  const {imagePullSecret: named, namespace, signal} = options;
  return {
    image: workloadImage(options),
    pullSecret: named === undefined ? undefined : await pullSecretOf(api, named, namespace, signal),
  };
}

/** Where on the target the user wants Pods to run, and what the user may do there. */
function asked(
  api: Api,
  {namespace, nodeSelector, runtimeClass, signal}: TargetOptions,
): Pick<Reached, 'access' | 'namespace' | 'placement'> {
  const placement = {
    ...(nodeSelector === undefined ? {} : {nodeSelector}),
    ...(runtimeClass === undefined ? {} : {runtimeClass}),
  };
  return {
    access: new Access(api, namespace, signal),
    namespace,
    placement: Object.keys(placement).length === 0 ? undefined : placement,
  };
}

/** What only a cluster of our own gives, by whatever kubeconfig it was reached. */
async function onOwnCluster(
  api: Api,
  {image, signal}: Pick<TargetOptions, 'image' | 'signal'>,
): Promise<Pick<Reached, 'has' | 'nodes' | 'callback'>> {
  const own = await ownCluster(api.config.getCurrentCluster()?.server ?? '', signal);
  const held = image ?? own?.record.workloadImage;
  if (own === undefined || held === undefined) return {has: [], nodes: undefined, callback: undefined};
  const gateway = own.engine.local ? own.nodes.find(({running}) => running)?.gateway : undefined;
  const callback = gateway === '' ? undefined : gateway;
  const has = callback === undefined ? (['node access'] as const) : (['node access', 'webhook'] as const);
  return {has, nodes: kindNodes(own.engine, held), callback};
}

/** Asks a target what it has, and whether this user may do there what the scenarios do. */
export async function look(reached: Reached, scenarios: readonly Scenario[], signal: AbortSignal): Promise<Target> {
  const {api, image} = reached;
  say(`target ${api.config.getCurrentContext()}: asking what it has`);
  const planned = scenarios
    .filter(({byRequest}) => byRequest !== true)
    .map(scenario => {
      const file = join(root, 'manifests', scenario.manifest);
      return {scenario, objects: readManifest(file, {namespace: '', labels: {}, image}).objects};
    });
  return preflight(api, {...reached, planned}, signal);
}
