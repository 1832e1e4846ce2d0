import {Command} from 'commander';
import {SuiteError} from '../harness/errors.ts';
import {leftBehind, newestByRun, type Site} from '../harness/scenario/removal.ts';
import {Access} from '../harness/target/access.ts';
import {Api} from '../harness/target/api.ts';
import {loadKubeconfig} from '../harness/target/kubeconfig.ts';
import {budgets} from '../harness/timeouts.ts';
import {clean} from '../kind/clean.ts';
import {fateOf} from './living-runs.ts';
import {say} from './say.ts';
import {removeRuns} from './sweep.ts';
import {version} from './version.ts';

interface Flags {
  readonly all: boolean;
  readonly context?: string;
  readonly kubeconfig?: string;
  readonly namespace?: string;
  readonly run?: string;
}

/** `rac clean`: removes what rac made, on this machine or on a cluster. */
export function cleanCommand(signal: AbortSignal): Command {
  return new Command('clean')
    .description('remove the clusters and images that rac made, or with --context what runs left on a cluster')
    .option('--all', 'the cache too: binaries, root file system, package lists', false)
    .option('--context <name>', 'on the cluster of this kubeconfig context: what runs left there that were killed')
    .option('--kubeconfig <file>', 'kubeconfig of that cluster (default: KUBECONFIG, then ~/.kube/config)')
    .option('--namespace <name>', 'the namespace that the runs were given; nothing else of it is touched')
    .option('--run <id>', 'this run alone, whether or not it goes on')
    .addHelpText('after', examples)
    .action(async (flags: Flags) => {
      const {all, context, kubeconfig, namespace, run} = flags;
      if (context !== undefined || kubeconfig !== undefined) return cleanTarget(flags, signal);
      if (namespace !== undefined || run !== undefined)
        throw new SuiteError('usage', '--namespace and --run are about a cluster', {next: 'name it with --context'});
      return clean({cache: all, signal});
    });
}

/** Removes what runs left on a cluster, and says what stays. */
async function cleanTarget({context, kubeconfig, namespace, run}: Flags, signal: AbortSignal): Promise<void> {
  const api = new Api(loadKubeconfig(kubeconfig, context), `restart-all-containers-conformance/${version}`);
  const {may} = new Access(api, namespace, signal);
  const site = {api, namespace, may, budgets: budgets()};
  await requireSight(site);
  const over = run === undefined ? await leftBehind(site, id => fateOf(id)) : [run];
  const left = await removeRuns(site, over);
  if (over.length === 0) say('no run that is over left anything');
  for (const [id, atMs] of await newestByRun(site)) {
    if (over.includes(id)) continue;
    const minutes = Math.round((Date.now() - atMs) / 60_000);
    say(`run ${id} may go on, its newest object is ${minutes} min old: rac clean --run ${id} removes it`);
  }
  if (left.length > 0)
    throw new SuiteError('forbidden', `not removed: ${left.join(', ')}`, {next: `kubectl delete ${left.join(' ')}`});
}

/** @throws SuiteError `forbidden` where this user can't see what runs leave */
async function requireSight({namespace, may}: Site): Promise<void> {
  const resource = namespace === undefined ? 'namespaces' : 'pods';
  if ((await may(['list', resource])) && (await may(['delete', resource]))) return;
  throw new SuiteError('forbidden', `the user of this context may not list and delete ${resource}`, {
    next: namespace === undefined ? 'name the namespace of the runs with --namespace' : 'choose another context',
  });
}

const examples = `
Nothing that rac did not make is touched; an engine that rac installed stays, and keeps running. On a cluster, everything of a
run carries the label restart-all-containers/run. A run of this machine that goes on is left alone, and one of another
machine that made anything in the last hour, unless --run names it.

Examples:
  rac clean
  rac clean --all
  rac clean --context my-cluster
  rac clean --context my-cluster --namespace conformance
`;
