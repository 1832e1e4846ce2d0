import {SuiteError} from '../harness/errors.ts';
import {sweepTemporary} from './cache.ts';
import {bootCluster, configDigest} from './boot.ts';
import {pasteable} from './command.ts';
import {type ConfigImage, readConfig} from './config.ts';
import {explained} from './disk.ts';
import {ensureEngine} from './install-engine.ts';
import {ensureKind} from './kind-binary.ts';
import {chooseNodeImage, fetchNodeImage, releaseOf} from './node-image.ts';
import {nodeImageName} from './node-image/build.ts';
import {nodeContainers} from './nodes.ts';
import {tell} from './progress.ts';
import {kubeconfigOf, readRecord, recordedNames, removeRecord, writeRecord} from './record.ts';
import {differences, ensureAnswering, mismatch} from './reuse.ts';
import {ensureWorkloadImage} from './workload-image.ts';

/** A node of a cluster of ours: a container of the engine. */
export interface ClusterNode {
  readonly name: string;
  readonly containerId: string;
  readonly role: string;
}

/** A cluster of ours that is up and fits what was asked for. */
export interface RunningCluster {
  readonly name: string;
  /** Kubernetes release without the leading v, as in 1.35.4. */
  readonly release: string;
  readonly kubeconfig: string;
  readonly context: string;
  readonly nodes: readonly ClusterNode[];
  readonly nodeImage: string;
  /** Reference to put into Pods; every node holds the image. */
  readonly workloadImage: string;
}

/** What `bringUp` is asked for. */
export interface UpOptions {
  /** Name of a file in kind/ without .yaml (`v1.35`), or a path. */
  readonly config: string;
  /** Name of the cluster, in place of the config's: a second one by the same config. */
  readonly name?: string;
  /** How many worker nodes it is to have at least, where that is more than in the config. */
  readonly workers?: number;
  /** A release to use instead of the config's; it is built here unless the config's image is that release. */
  readonly kubernetes?: string;
  /** The user's own node image. */
  readonly nodeImage?: string;
  /** The user's own workload image instead of busybox. */
  readonly workloadImage?: string;
  readonly apiPort?: number;
  /** Installs what is missing without asking. */
  readonly yes?: boolean;
  readonly signal: AbortSignal;
}

/**
 * Brings up the cluster that a config asks for, with all that is needed for it: engine, kind, node image, workload
 * image. One of that name that is up and fits is used again; one that doesn't fit is never replaced.
 *
 * @throws SuiteError with the step that failed as its cause: noEngine, buildFailed, diskFull, portTaken, bootFailed,
 *   clusterMismatch, usage, badData; or the signal's reason
 */
export async function bringUp(options: UpOptions): Promise<RunningCluster> {
  try {
    return await upOrAgain(options);
  } catch (error) {
    throw explained(error);
  }
}

async function upOrAgain(options: UpOptions): Promise<RunningCluster> {
  const {signal, apiPort} = options;
  const yes = options.yes ?? false;
  const started = performance.now();
  const release = releaseOf(options.kubernetes);
  const config = await readConfig(options.config, options);
  const engine = await ensureEngine({yes, signal});
  await sweepTemporary();
  const up = upCommand(options);

  let record = await readRecord(config.name);
  let containers = await nodeContainers(engine, config.name);
  if (containers.length > 0) {
    if (record === undefined) throw await unrecorded(config.name, up);
    const wanted = {
      config: config.asked,
      configDigest: configDigest(config),
      release,
      apiPort,
      images: fittingImages(config, options, release),
      workerImages: config.workers === undefined ? undefined : fittingImages(config.workers, {}, undefined),
    };
    const port = containers.find(({role}) => role === 'control-plane')?.apiPort;
    const why = differences(record, wanted, port);
    if (why.length > 0) throw mismatch(config.name, up, why);
    containers = await ensureAnswering(record, containers, engine, signal);
  } else {
    if (record !== undefined) await removeRecord(config.name); // its containers were removed by hand
    const kind = await ensureKind({yes, signal});
    const chosen = await chooseNodeImage(config, options, engine, signal);
    const workers =
      config.workers === undefined ? undefined : await chooseNodeImage(config.workers, {}, engine, signal);
    await fetchNodeImage(chosen, engine, {yes, signal});
    if (workers !== undefined) await fetchNodeImage(workers, engine, {yes, signal});
    record = await bootCluster(config, chosen, {engine, kind}, {apiPort, workers, signal});
    containers = await nodeContainers(engine, config.name);
  }
  const workloadImage = await ensureWorkloadImage(containers, engine, {asked: options.workloadImage, signal});
  if (record.workloadImage !== workloadImage) await writeRecord({...record, workloadImage});
  tell(
    `cluster ${record.name}: Kubernetes ${record.release}, ${containers.length} node${containers.length === 1 ? '' : 's'}, ready (${((performance.now() - started) / 1000).toFixed(1)} s)`,
  );
  return {
    name: record.name,
    release: record.release,
    kubeconfig: kubeconfigOf(record.name),
    context: `kind-${record.name}`,
    nodes: containers.map(({name, id, role}) => ({name, containerId: id, role})),
    nodeImage: record.nodeImage,
    workloadImage,
  };
}

/** A cluster of that name without a record: a boot of ours that was killed, or someone's own. */
async function unrecorded(name: string, up: string): Promise<SuiteError> {
  if ((await recordedNames()).includes(name)) return mismatch(name, up, ['its boot was not finished']);
  return new SuiteError('clusterMismatch', `a kind cluster "${name}" is there that rac did not make`, {
    next: `kind delete cluster --name ${name} && ${up}, if it may go`,
  });
}

/** The node images that a running cluster may have to fit: which of the two it was is a matter of the day's network. */
function fittingImages(
  config: ConfigImage,
  options: Pick<UpOptions, 'nodeImage'>,
  release: string | undefined,
): string[] {
  if (options.nodeImage !== undefined) return [options.nodeImage];
  const built = nodeImageName(release ?? config.buildRelease);
  return release === undefined || release === config.imageRelease ? [config.image, built] : [built];
}

/** The command line for the same options. */
function upCommand({config, name, workers, kubernetes, nodeImage, workloadImage, apiPort}: UpOptions): string {
  const flags = {name, workers, kubernetes, 'node-image': nodeImage, image: workloadImage, 'api-port': apiPort};
  const given = Object.entries(flags).flatMap(([flag, value]) =>
    value === undefined ? [] : [`--${flag}`, String(value)],
  );
  return pasteable('rac', ['cluster', 'up', config, ...given]);
}
