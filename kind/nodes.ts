import {z} from 'zod';
import {messageOf} from '../harness/errors.ts';
import {type CommandOptions, run} from './command.ts';
import type {Engine} from './engine.ts';
import {tell} from './progress.ts';

/** The labels that kind puts on its node containers. */
const clusterLabel = 'io.x-k8s.kind.cluster';
const roleLabel = 'io.x-k8s.kind.role';

/** A node container of a kind cluster. */
export interface NodeContainer {
  readonly cluster: string;
  readonly name: string;
  readonly id: string;
  readonly role: string;
  readonly running: boolean;
  readonly image: string;
  /** Its address in kind's network; empty while it doesn't run. */
  readonly address: string;
  /** Address of the engine's machine in kind's network; empty while the node doesn't run. */
  readonly gateway: string;
  /** The port of this machine that leads to the API server of a control-plane node. */
  readonly apiPort: number | undefined;
}

/** The node containers of one kind cluster, or of all, running or not. */
export async function nodeContainers(engine: Engine, cluster?: string): Promise<NodeContainer[]> {
  const label = cluster === undefined ? clusterLabel : `${clusterLabel}=${cluster}`;
  const found = await engine.client.container.dockerode.listContainers({all: true, filters: {label: [label]}});
  return found
    .map(container => ({
      cluster: container.Labels[clusterLabel] ?? '',
      name: (container.Names[0] ?? container.Id).replace(/^\//, ''),
      id: container.Id,
      role: container.Labels[roleLabel] ?? '',
      running: container.State === 'running',
      image: container.Image,
      address: Object.values(container.NetworkSettings.Networks)[0]?.IPAddress ?? '',
      gateway: Object.values(container.NetworkSettings.Networks)[0]?.Gateway ?? '',
      apiPort: container.Ports.find(({PrivatePort}) => PrivatePort === 6443)?.PublicPort,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Kind has the engine start its nodes whenever it starts itself: several clusters at once, wanted or not, of which none gets
 * ready on a small machine. These nodes are started only by `bringUp` from now on, where the engine lets us say so. Podman starts
 * none by itself.
 */
export async function startOnlyWhenAsked(
  engine: Engine,
  nodes: readonly NodeContainer[],
  signal: AbortSignal,
): Promise<void> {
  if (engine.tool === 'podman' || nodes.length === 0) return;
  const args = ['update', '--restart=no', ...nodes.map(({name}) => name)];
  try {
    await run(engine.tool, args, {signal, env: engine.env, timeoutMs: 30_000});
  } catch (error) {
    signal.throwIfAborted();
    tell(`the engine may start nodes with itself: ${messageOf(error)}`);
  }
}

/** Runs a command in a node. */
export async function onNode(
  engine: Engine,
  node: string,
  command: readonly string[],
  options: CommandOptions,
): Promise<string> {
  const input = options.input !== undefined || options.inputFile !== undefined ? ['-i'] : [];
  return run(engine.tool, ['exec', ...input, node, ...command], {
    exit: 'bootFailed',
    ...options,
    env: {...engine.env, ...options.env},
  });
}

/** Asks the API server with a node's own kubectl and administrator's kubeconfig, so this machine needs none. */
export async function kubectl(
  engine: Engine,
  controlPlane: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<string> {
  return onNode(engine, controlPlane, ['kubectl', '--kubeconfig=/etc/kubernetes/admin.conf', ...args], options);
}

const nodeListSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({name: z.string()}),
      spec: z.object({podCIDR: z.string().optional()}),
      status: z.object({
        addresses: z.array(z.object({type: z.string(), address: z.string()})).default([]),
        nodeInfo: z.object({kubeletVersion: z.string()}),
      }),
    }),
  ),
});

/** What the API says of a node. */
export interface ApiNode {
  readonly name: string;
  readonly podCidr: string | undefined;
  readonly address: string | undefined;
  readonly kubeletVersion: string;
}

/** The nodes as the API knows them. */
export async function apiNodes(engine: Engine, controlPlane: string, signal: AbortSignal): Promise<ApiNode[]> {
  const {items} = nodeListSchema.parse(
    JSON.parse(await kubectl(engine, controlPlane, ['get', 'nodes', '-o', 'json'], {signal})),
  );
  return items.map(({metadata, spec, status}) => ({
    name: metadata.name,
    podCidr: spec.podCIDR,
    address: status.addresses.find(({type}) => type === 'InternalIP')?.address,
    kubeletVersion: status.nodeInfo.kubeletVersion,
  }));
}
