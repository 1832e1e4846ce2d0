import {gate} from '../recording/target.ts';
import {answer, echo, type Answer, type ApiServer} from './api-server.ts';
import {respond} from './collection.ts';

/** What a stand-in target is like; without anything, one where the feature is on and every right is there. */
export interface TargetShape {
  /** Values of the metric; undefined where it can't be read. */
  readonly serverMetric?: 0 | 1;
  readonly kubeletMetrics?: Readonly<Record<string, 0 | 1>>;
  /** Nodes with whether each declares the feature. */
  readonly nodes?: Readonly<Record<string, boolean>>;
  /** What every node's runtime says of user namespaces; undefined where it says nothing of its handlers. */
  readonly userNamespaces?: boolean;
  readonly missing?: readonly string[];
  readonly dryRun?: Answer;
  /** How a JobSet is created; undefined where its CRD is not installed. */
  readonly jobSet?: Answer;
}

/** Lets a stand-in server answer all that a preflight asks. */
export function beTarget(server: ApiServer, shape: TargetShape = {}): void {
  const {
    serverMetric,
    kubeletMetrics = {},
    nodes = {worker: true},
    userNamespaces,
    missing = [],
    dryRun = echo,
  } = shape;
  server
    .on('GET', /^\/version$/, answer({gitVersion: 'v1.35.4'}))
    .on('GET', /^\/api\/v1\/nodes$/, answer({items: Object.entries(nodes).map(node => aNode(node, userNamespaces))}))
    .on('POST', /\/pods$/, dryRun)
    .on('POST', /selfsubjectaccessreviews$/, (response, {body}) => {
      const right = JSON.stringify(body);
      respond(response, 201, {status: {allowed: !missing.some(each => right.includes(each))}});
    });
  if (shape.jobSet !== undefined) {
    server.on('GET', /^\/apis\/jobset\.x-k8s\.io\/v1alpha2$/, answer({kind: 'APIResourceList'}));
    server.on('POST', /\/default\/jobsets$/, shape.jobSet);
  }
  if (serverMetric !== undefined) server.on('GET', /^\/metrics$/, metric(serverMetric));
  for (const [name, value] of Object.entries(kubeletMetrics)) {
    server.on('GET', new RegExp(`/nodes/${name}/proxy/metrics$`), metric(value));
  }
}

function metric(value: number): Answer {
  return response => response.end(`kubernetes_feature_enabled{name="${gate}",stage="BETA"} ${value}\n`);
}

function aNode([name, declares]: [string, boolean], userNamespaces: boolean | undefined): object {
  const nodeInfo = {
    kubeletVersion: 'v1.35.4',
    containerRuntimeVersion: 'containerd://2.1',
    operatingSystem: 'linux',
    architecture: 'amd64',
  };
  const handlers = userNamespaces === undefined ? {} : {runtimeHandlers: [{name: '', features: {userNamespaces}}]};
  return {metadata: {name}, status: {nodeInfo, ...handlers, ...(declares ? {declaredFeatures: [gate]} : {})}};
}
