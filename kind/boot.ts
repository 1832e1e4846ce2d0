import {mkdir, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {SuiteError} from '../harness/errors.ts';
import {digestOf, withTemporary} from './cache.ts';
import {run} from './command.ts';
import {type ClusterConfig} from './config.ts';
import {withAdditions} from './additions.ts';
import {deleteCluster} from './delete.ts';
import {needRoom} from './disk.ts';
import type {Engine} from './engine.ts';
import {hostFacts, raiseInotify} from './host.ts';
import {setRoutes} from './network.ts';
import type {NodeImage} from './node-image.ts';
import {apiNodes, kubectl, nodeContainers, startOnlyWhenAsked} from './nodes.ts';
import {needPort} from './ports.ts';
import {step, tell} from './progress.ts';
import {type ClusterRecord, kubeconfigOf, writeRecord} from './record.ts';

const bootBudget = '180s';

/** The digest of a config, apart from comments and the image, which the record keeps by its name. */
export function configDigest(config: ClusterConfig): string {
  return digestOf(config.text.replaceAll(/^\s*(#.*|image:.*)$/gm, ''));
}

/**
 * Boots a cluster with kind and waits until its nodes are Ready and CoreDNS serves. One that fails or is broken off is
 * deleted.
 *
 * @throws SuiteError (portTaken, diskFull, bootFailed)
 */
export async function bootCluster(
  config: ClusterConfig,
  chosen: NodeImage,
  tools: {readonly engine: Engine; readonly kind: string},
  options: {
    readonly apiPort: number | undefined;
    /** The workers' image, where it is another. */
    readonly workers: NodeImage | undefined;
    readonly signal: AbortSignal;
  },
): Promise<ClusterRecord> {
  const {engine, kind} = tools;
  const {apiPort, workers, signal} = options;
  const {name} = config;
  const port = apiPort ?? config.apiPort;
  if (port !== undefined && port > 0) await needPort(port);
  if (engine.local) await needRoom(`cluster ${name}`, [{path: engine.dataRoot, bytes: 2e9 * config.nodeCount}]);
  if (engine.local) await raiseInotify();
  const facts = await hostFacts(engine, chosen.image, signal);
  const {text, lines} = withAdditions(config.text, facts, {
    image: chosen.image,
    workerImage: workers?.image,
    ...(apiPort === undefined ? {} : {apiPort}),
  });
  for (const line of lines) tell(`added to ${config.asked}: ${line}`);
  const kubeconfig = kubeconfigOf(name);
  await mkdir(dirname(kubeconfig), {recursive: true});
  try {
    return await step(
      `Boot cluster ${name} (Kubernetes ${chosen.release ?? 'of that image'}, ${chosen.image.replace(/@.*/, '')})`,
      say =>
        withTemporary('kind-config', async scratch => {
          const file = join(scratch, 'config.yaml');
          await writeFile(file, text);
          await run(kind, ['create', 'cluster', '--name', name, '--config', file, '--kubeconfig', kubeconfig], {
            signal,
            env: engine.env,
            exit: 'bootFailed',
            onLine: line => {
              say(line.replace(/^[^\w]*/, ''));
            },
          });
          const containers = await nodeContainers(engine, name);
          await startOnlyWhenAsked(engine, containers, signal);
          const controlPlane = containers.find(({role}) => role === 'control-plane');
          if (controlPlane === undefined)
            throw new SuiteError('bootFailed', `cluster ${name} has no control-plane node`);
          const ask = (...args: string[]): Promise<string> =>
            kubectl(engine, controlPlane.name, [...args, `--timeout=${bootBudget}`], {signal});
          say('waiting for the nodes');
          await ask('wait', '--for=condition=Ready', 'node', '--all');
          const nodes = await apiNodes(engine, controlPlane.name, signal);
          if (!facts.imageHasNetwork) await setRoutes(engine, nodes, signal);
          say('waiting for CoreDNS');
          await ask('--namespace=kube-system', 'rollout', 'status', 'deployment/coredns');
          const record: ClusterRecord = {
            name,
            config: config.asked,
            configDigest: configDigest(config),
            release: (nodes[0]?.kubeletVersion ?? '').replace(/^v/, ''),
            nodeImage: chosen.image,
            ...(workers === undefined ? {} : {workerImage: workers.image}),
            imageFrom: chosen.from,
            nodes: containers.map(container => ({name: container.name, address: container.address})),
            created: new Date().toISOString(),
          };
          await writeRecord(record);
          return record;
        }),
    );
  } catch (error) {
    await deleteCluster(name, {engine, kind});
    throw portTaken(error) ?? error;
  }
}

/** The engine's own word that a port is taken, where something took it after we had looked. */
function portTaken(error: unknown): SuiteError | undefined {
  if (!(error instanceof SuiteError)) return undefined;
  const port = /(?:Bind for [\d.]+:(\d+) failed: port is already allocated|address already in use)/.exec(error.message);
  if (port === null) return undefined;
  return new SuiteError('portTaken', `port ${port[1] ?? ''} is taken`, {
    next: 'name another with --api-port',
    cause: error,
  });
}
