import {existsSync} from 'node:fs';
import {readdir, readFile} from 'node:fs/promises';
import {basename, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {isSeq, parse, parseDocument} from 'yaml';
import {z} from 'zod';
import {messageOf, SuiteError} from '../harness/errors.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

const clusterSchema = z.looseObject({
  kind: z.literal('Cluster'),
  apiVersion: z.literal('kind.x-k8s.io/v1alpha4'),
  name: z.string().optional(),
  networking: z
    .looseObject({
      apiServerPort: z.number().int().optional(),
      apiServerAddress: z.string().optional(),
      disableDefaultCNI: z.boolean().optional(),
    })
    .optional(),
  nodes: z.array(z.looseObject({role: z.string(), image: z.string().optional()})).min(1),
});

/** A node image by what a config says of it. */
export interface ConfigImage {
  /** By digest, for where a registry answers. */
  readonly image: string;
  /** The release in that image's tag. */
  readonly imageRelease: string;
  /** The release that is built where no registry answers. */
  readonly buildRelease: string;
}

/** A kind Cluster file as it lies on disk, its control plane's node image among it. */
export interface ClusterConfig extends ConfigImage {
  /** What it was asked for by: a name without .yaml, or a path. */
  readonly asked: string;
  readonly file: string;
  readonly text: string;
  /** The cluster's name. */
  readonly name: string;
  readonly nodeCount: number;
  /** The worker nodes' image, where it is another. */
  readonly workers: ConfigImage | undefined;
  readonly apiPort: number | undefined;
}

/** The patch release of each minor that is built by default: the ones the Go module proxy is known to serve. */
const buildReleases: Readonly<Record<string, string>> = {'1.35': '1.35.4', '1.36': '1.36.3', '1.37': '1.37.2'};

/** The names that `rac cluster up` takes: the files of this folder. */
export async function configNames(): Promise<string[]> {
  return (await readdir(here))
    .filter(name => name.endsWith('.yaml'))
    .map(name => name.slice(0, -'.yaml'.length))
    .sort();
}

/** What is wanted of a cluster other than its config says. */
export interface Changes {
  /** In place of the config's. */
  readonly name?: string | undefined;
  /** How many worker nodes there are at least. */
  readonly workers?: number | undefined;
}

/**
 * Reads a kind Cluster file: one of this folder by its name, or any other by its path.
 *
 * @throws SuiteError (usage) where there is none, (badData) where it isn't a kind Cluster with a node image
 */
export async function readConfig(asked: string, {name, workers = 0}: Changes = {}): Promise<ClusterConfig> {
  const own = resolve(here, `${asked}.yaml`);
  const file = existsSync(own) && basename(asked) === asked ? own : resolve(asked);
  if (!existsSync(file)) {
    throw new SuiteError('usage', `no cluster config "${asked}"`, {
      next: `name one of ${(await configNames()).join(', ')}, or a path to a kind Cluster file`,
    });
  }
  const config = parseConfig(asked, file, await readFile(file, 'utf8'));
  const enough = workers === 0 ? config : parseConfig(asked, file, withWorkers(config, workers));
  return name === undefined ? enough : {...enough, name};
}

/** A config's text with so many worker nodes at least; those that are added are like its first worker, or control plane. */
function withWorkers({text, image, workers}: ClusterConfig, count: number): string {
  const document = parseDocument(text);
  const nodes = document.get('nodes');
  if (!isSeq(nodes)) return text;
  const there = nodes.items.filter((_, index) => document.getIn(['nodes', index, 'role']) === 'worker').length;
  for (let more = count - there; more > 0; more -= 1)
    nodes.add(document.createNode({role: 'worker', image: workers?.image ?? image}));
  return document.toString({lineWidth: 0});
}

/** @throws SuiteError (badData) */
export function parseConfig(asked: string, file: string, text: string): ClusterConfig {
  let cluster: z.infer<typeof clusterSchema>;
  try {
    cluster = clusterSchema.parse(parse(text));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error).replaceAll('\n', ' ') : messageOf(error);
    throw new SuiteError('badData', `${file} is not a kind Cluster: ${why}`, {
      next: 'compare it with kind/v1.35.yaml',
      cause: error,
    });
  }
  const [controlPlane, workers] = ['control-plane', 'worker'].map(role => imageOf(file, role, cluster));
  if (controlPlane === undefined)
    throw new SuiteError('badData', `${file} has no control-plane node`, {next: 'compare it with kind/v1.35.yaml'});
  return {
    asked,
    file,
    text,
    name: cluster.name ?? `rac-${basename(asked, '.yaml')}`,
    nodeCount: cluster.nodes.length,
    ...controlPlane,
    workers: workers?.image === controlPlane.image ? undefined : workers,
    apiPort: cluster.networking?.apiServerPort,
  };
}

/** The image of the nodes of a role, of which there may be none. */
function imageOf(file: string, role: string, {nodes}: z.infer<typeof clusterSchema>): ConfigImage | undefined {
  const its = nodes.filter(node => node.role === role);
  const [first] = its;
  if (first === undefined) return undefined;
  const {image = ''} = first;
  const release = /:v(\d+\.\d+\.\d+)/.exec(image)?.[1];
  if (release === undefined || its.some(node => node.image !== image)) {
    throw new SuiteError('badData', `${file}: every ${role} node must have the same image, tagged with its release`, {
      next: 'write image: kindest/node:vX.Y.Z@sha256:... for each node',
    });
  }
  return {
    image,
    imageRelease: release,
    buildRelease: buildReleases[release.split('.').slice(0, 2).join('.')] ?? release,
  };
}
