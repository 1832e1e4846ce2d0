import {Command, InvalidArgumentError} from 'commander';
import {exitCodes, SuiteError} from '../harness/errors.ts';
import {readAudit} from '../kind/audit.ts';
import {configNames} from '../kind/config.ts';
import {listClusters, takeDown} from '../kind/down.ts';
import {bringUp} from '../kind/index.ts';
import {effectiveConfig} from '../kind/print-config.ts';

const defaultConfig = 'v1.35';

interface UpFlags {
  readonly name?: string;
  readonly workers?: number;
  readonly kubernetes?: string;
  readonly nodeImage?: string;
  readonly image?: string;
  readonly apiPort?: number;
  readonly yes: boolean;
}

/** `rac cluster`: the kind clusters that the suite brings up itself. */
export function clusterCommand(signal: AbortSignal): Command {
  const command = new Command('cluster')
    .description('bring up and take down kind clusters of our own')
    .addHelpText('after', examples);
  imageFlags(command.command('up [config]'))
    .description('bring up a cluster, or see that the one that is up fits')
    .option('--name <name>', "name of the cluster instead of the config's: a second one by the same config")
    .option('--workers <count>', "worker nodes that it is to have at least (default: the config's)", workerCount)
    .option('--image <image>', 'workload image to load instead of busybox')
    .option('--yes', 'install what is missing without asking', false)
    .action(async (config: string | undefined, flags: UpFlags) => {
      const {image, ...rest} = flags;
      const cluster = await bringUp({
        config: config ?? defaultConfig,
        ...rest,
        ...(image === undefined ? {} : {workloadImage: image}),
        signal,
      });
      console.log(`export KUBECONFIG=${cluster.kubeconfig}`);
    });
  command
    .command('down [names...]')
    .description('delete clusters with all that belongs to them')
    .option('--all', 'every cluster that rac brought up', false)
    .action(async (names: string[], {all}: {all: boolean}) => {
      if (all === names.length > 0) {
        throw new SuiteError('usage', 'name clusters, or --all', {next: 'rac cluster list shows them'});
      }
      await takeDown(all ? (await listClusters(signal)).map(({name}) => name) : names, signal);
    });
  command
    .command('audit [name]')
    .description('tell which requests of runs the API server refused for a missing right, by its audit log')
    .action(async (name?: string) => {
      const {requests, refused} = await readAudit(
        name ?? 'rac-v1.36-audit',
        'restart-all-containers-conformance/',
        signal,
      );
      console.log(`${requests} requests, ${refused.length} refused`);
      for (const each of refused) console.log(`  ${each}`);
      process.exitCode = requests > 0 && refused.length === 0 ? exitCodes.ok : exitCodes.failed;
    });
  command
    .command('status [name]')
    .description('show the nodes of a cluster, or of all')
    .action(async (name: string | undefined) => {
      const clusters = (await listClusters(signal)).filter(
        cluster => name === undefined || [cluster.name, cluster.config].includes(name),
      );
      if (clusters.length === 0) console.log(name === undefined ? 'no cluster is up' : `cluster ${name} is not up`);
      for (const cluster of clusters) {
        console.log(`${cluster.name}: Kubernetes ${cluster.release}, ${cluster.state}`);
        for (const node of cluster.nodes)
          console.log(`  ${node.name}  ${node.running ? 'running' : 'stopped'}  ${node.address}`);
      }
    });
  command
    .command('list')
    .description('list the configs, and which of them are up')
    .action(async () => {
      const clusters = await listClusters(signal);
      for (const config of await configNames()) {
        const up = clusters.find(cluster => cluster.config === config);
        console.log(up === undefined ? config : `${config}  ${up.state}  ${up.name}  Kubernetes ${up.release}`);
      }
      for (const other of clusters.filter(({config}) => config.includes('/'))) {
        console.log(`${other.config}  ${other.state}  ${other.name}  Kubernetes ${other.release}`);
      }
    });
  imageFlags(command.command('config [config]'))
    .description("print a config with this host's additions, for kind create cluster --config -")
    .action(async (config: string | undefined, flags: Omit<UpFlags, 'name' | 'workers' | 'image' | 'yes'>) => {
      process.stdout.write(await effectiveConfig(config ?? defaultConfig, flags, signal));
    });
  return command;
}

function imageFlags(command: Command): Command {
  return command
    .option('--kubernetes <version>', "Kubernetes release instead of the config's, such as 1.36.3")
    .option('--node-image <image>', 'node image instead of the one chosen or built')
    .option('--api-port <port>', 'port of this machine for the API server (default: any free one)', port);
}

function workerCount(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 20)
    throw new InvalidArgumentError('It must be a number from 1 to 20.');
  return value;
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65535)
    throw new InvalidArgumentError('It must be a number from 1 to 65535.');
  return value;
}

const examples = `
A config is a file of kind/ by its name (rac cluster list), or a path to a kind Cluster file; ${defaultConfig} where none is named.

Examples:
  rac cluster up v1.36                        Kubernetes 1.36
  rac cluster up v1.36 --kubernetes 1.36.1    another patch release, built here
  eval "$(rac cluster up v1.35)"; kubectl get nodes
  rac cluster config v1.35 | kind create cluster --config -
  rac cluster down --all
`;
