import {messageOf, SuiteError} from '../harness/errors.ts';
import {readFile} from 'node:fs/promises';
import {existsSync} from 'node:fs';
import {setTimeout as delay} from 'node:timers/promises';
import {parse} from 'yaml';
import {z} from 'zod';
import {ask, run} from './command.ts';
import type {Engine} from './engine.ts';
import {setRoutes} from './network.ts';
import {type ApiNode, apiNodes, kubectl, type NodeContainer, nodeContainers, startOnlyWhenAsked} from './nodes.ts';
import {step} from './progress.ts';
import {type ClusterRecord, kubeconfigOf} from './record.ts';

/** What a cluster is asked to be. */
export interface Wanted {
  readonly config: string;
  readonly configDigest: string;
  /** The image names that fit, those for workers where theirs is another, and the release where the user named one. */
  readonly images: readonly string[];
  readonly workerImages?: readonly string[] | undefined;
  readonly release: string | undefined;
  readonly apiPort: number | undefined;
}

/** In what a recorded cluster differs from what is wanted, one line each; none when it fits. */
export function differences(record: ClusterRecord, wanted: Wanted, apiPort: number | undefined): string[] {
  return [
    ...(record.configDigest === wanted.configDigest ? [] : [`its config differs from ${wanted.config} as it is now`]),
    ...(wanted.release === undefined || record.release === wanted.release
      ? []
      : [`it runs Kubernetes ${record.release}, not ${wanted.release}`]),
    ...(wanted.apiPort === undefined || wanted.apiPort === apiPort
      ? []
      : [`its API server is on port ${apiPort ?? 'unknown'}, not ${wanted.apiPort}`]),
    ...(wanted.images.includes(record.nodeImage)
      ? []
      : [`its node image is ${record.nodeImage}, not ${wanted.images.join(' or ')}`]),
    ...(record.workerImage === undefined || wanted.workerImages?.includes(record.workerImage) !== false
      ? []
      : [`its workers' image is ${record.workerImage}, not ${wanted.workerImages.join(' or ')}`]),
  ];
}

/**
 * @param up the command that brings up what is wanted
 * @param why what differs, one line each
 */
export function mismatch(name: string, up: string, why: readonly string[]): SuiteError {
  return new SuiteError('clusterMismatch', `cluster "${name}" is there and does not fit: ${why.join('; ')}`, {
    next: `rac cluster down ${name} && ${up}`,
  });
}

function unfit(record: ClusterRecord, ...why: string[]): SuiteError {
  return mismatch(record.name, `rac cluster up ${record.config}`, why);
}

const kubeconfigSchema = z.object({clusters: z.array(z.object({cluster: z.object({server: z.string()})})).min(1)});

/** As long as a boot: the engine may have started other clusters beside it. */
const answerBudgetMs = 180_000;
const probeMs = 5000;

/**
 * Makes sure that a recorded cluster works: its containers run (they are started where the engine was restarted), the
 * API answers where the kubeconfig says, the nodes have their addresses and are Ready.
 *
 * @throws SuiteError (clusterMismatch) with what is wrong where it can't be used again
 */
export async function ensureAnswering(
  record: ClusterRecord,
  containers: readonly NodeContainer[],
  engine: Engine,
  signal: AbortSignal,
): Promise<NodeContainer[]> {
  const {name} = record;
  const missing = record.nodes.filter(node => !containers.some(container => container.name === node.name));
  if (missing.length > 0) {
    throw unfit(record, `${missing.map(node => node.name).join(', ')} is gone`);
  }
  if (!existsSync(kubeconfigOf(name))) throw unfit(record, 'its kubeconfig is gone');

  const first = controlPlaneOf(record, containers);
  if (
    first.running &&
    (await ask(engine.tool, ['exec', first.name, ...readyz], signal, probeMs)) !== undefined &&
    (await allReady(engine, first.name, signal))
  ) {
    const found = await look(record, engine, signal);
    if (found.moved.length === 0) return check(record, found, engine, signal);
  }
  return step(`Wait for cluster ${name}, which is not ready`, async say => {
    await startOnlyWhenAsked(engine, containers, signal);
    for (const container of containers.filter(({running}) => !running)) {
      say(`starting ${container.name}`);
      await run(engine.tool, ['start', container.name], {signal, env: engine.env, exit: 'bootFailed'});
    }
    say('waiting for the API server and the nodes');
    let found: Found;
    const deadline = performance.now() + answerBudgetMs;
    const left = (): string => `${Math.max(1, Math.ceil((deadline - performance.now()) / 1000))}s`;
    try {
      await run(
        engine.tool,
        // Killed from here, a command in a node would go on, hence the time limit inside.
        [
          'exec',
          first.name,
          'timeout',
          left(),
          'bash',
          '-c',
          `until ${readyz.join(' ')} && ${kubeletHealthy}; do sleep 0.5; done`,
        ],
        {signal, env: engine.env},
      );
      await kubectl(engine, first.name, ['wait', '--for=condition=Ready', 'node', '--all', `--timeout=${left()}`], {
        signal,
      });
      await kubectl(
        engine,
        first.name,
        ['--namespace=kube-system', 'rollout', 'status', 'deployment/coredns', `--timeout=${left()}`],
        {signal},
      );
      // A node that was stopped may have another address now, which its kubelet tells in its own time.
      while ((found = await look(record, engine, signal)).moved.length > 0 && performance.now() < deadline) {
        say('waiting for the nodes to tell their addresses');
        await delay(500, undefined, {signal});
      }
    } catch (error) {
      signal.throwIfAborted();
      throw unfit(record, `it does not get ready within ${answerBudgetMs / 1000} s: ${messageOf(error)}`);
    }
    return check(record, found, engine, signal);
  });
}

/** Until its kubelet runs, the API goes on calling a node Ready that was so before the restart. */
const kubeletHealthy = 'curl -sf http://localhost:10248/healthz';
const readyz = ['kubectl', '--kubeconfig=/etc/kubernetes/admin.conf', 'get', '--raw=/readyz'];

async function allReady(engine: Engine, node: string, signal: AbortSignal): Promise<boolean> {
  const path = '{range .items[*]}{.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}';
  const states = await kubectl(engine, node, ['get', 'nodes', '-o', `jsonpath=${path}`], {signal});
  return states
    .trim()
    .split('\n')
    .every(state => state === 'True');
}

/** A cluster's nodes, as the engine and as the API know them. */
interface Found {
  readonly containers: NodeContainer[];
  readonly nodes: readonly ApiNode[];
  /** The nodes that have another address than the API says, one line each. */
  readonly moved: readonly string[];
}

async function look(record: ClusterRecord, engine: Engine, signal: AbortSignal): Promise<Found> {
  const containers = await nodeContainers(engine, record.name);
  const nodes = await apiNodes(engine, controlPlaneOf(record, containers).name, signal);
  const moved = containers.flatMap(({name, address}) => {
    const known = nodes.find(node => node.name === name)?.address;
    return known === address ? [] : [`node ${name} has the address ${address}, the API says ${known ?? 'nothing'}`];
  });
  return {containers, nodes, moved};
}

async function check(
  record: ClusterRecord,
  {containers, nodes, moved}: Found,
  engine: Engine,
  signal: AbortSignal,
): Promise<NodeContainer[]> {
  const {apiPort} = controlPlaneOf(record, containers);
  const {clusters} = kubeconfigSchema.parse(parse(await readFile(kubeconfigOf(record.name), 'utf8')));
  const server = clusters[0]?.cluster.server ?? '';
  const why = [
    ...(Number(new URL(server).port) === apiPort
      ? []
      : [`its API server is on port ${apiPort ?? 'none'}, its kubeconfig says ${server}`]),
    ...moved,
  ];
  if (why.length > 0) throw unfit(record, ...why);
  if (containers.length > 1 && record.imageFrom === 'built') await setRoutes(engine, nodes, signal);
  return containers;
}

function controlPlaneOf(record: ClusterRecord, containers: readonly NodeContainer[]): NodeContainer {
  const found = containers.find(({role}) => role === 'control-plane');
  if (found === undefined) throw unfit(record, 'it has no control-plane node');
  return found;
}
