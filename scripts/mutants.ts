import {join, relative} from 'node:path';
import {Command} from 'commander';
import {exitCodes, SuiteError} from '../harness/errors.ts';
import {isAsPredicted, readMutants, type Mutant} from '../harness/verdicts/mutants.ts';
import {readConfig} from '../kind/config.ts';
import {stopClusters} from '../kind/down.ts';
import {bringUp, type RunningCluster} from '../kind/index.ts';
import {judgeMutants, runOn, type Bench} from './judge-mutants.ts';
import {ResultsFile, resultLine, resultTable} from './mutant-results.ts';
import {count} from './run.ts';
import {makeFolder} from './run-files.ts';
import {say} from './say.ts';

interface Flags {
  readonly release: string;
  readonly list: boolean;
  readonly resume?: string;
  readonly clusters: number;
  readonly yes: boolean;
}

/** `rac mutants`: kubelets with one fault each, and whether the suite sees it. */
export function mutantsCommand(signal: AbortSignal): Command {
  return new Command('mutants')
    .description('build kubelets with one fault each, judge them, and say which requirements see it')
    .argument('[ids...]', 'faults of suites/mutants/faults.yaml (default: all of the release)')
    .option('--release <minor>', 'Kubernetes release of the kubelets', '1.35')
    .option('--list', 'print the faults and what is to see them, and do nothing', false)
    .option('--resume <file>', 'file of results to go on with: only what it lacks is judged, or what is named')
    .option('--clusters <count>', 'kind clusters to judge on, side by side', count, 3)
    .option('--yes', 'install what is missing without asking', false)
    .addHelpText('after', examples)
    .action(async (ids: string[], flags: Flags) => {
      const {buildRelease: release} = await readConfig(`v${flags.release}`);
      const all = readMutants(new URL('../suites/', import.meta.url)).filter(({releases}) =>
        releases.includes(release),
      );
      const mutants = chosen(all, release, ids);
      if (flags.list) {
        for (const mutant of mutants) console.log(listLine(mutant));
        return;
      }
      const {path} = makeFolder(undefined);
      const file = flags.resume ?? join(path, 'results.json');
      const results = new ResultsFile(
        file,
        release,
        all.map(({id}) => id),
      );
      const todo = mutants.filter(({id}) => ids.includes(id) || !results.has(id));
      say(`${todo.length} faults on Kubernetes ${release}; results go to ${relative(process.cwd(), file)}`);
      const clusters: RunningCluster[] = [];
      const names = clusterNames(todo, flags);
      const bench = {clusters, release, folder: path, signal};
      let done = 0;
      let broken: readonly string[];
      let failed: readonly string[];
      try {
        for (const name of names)
          clusters.push(
            await bringUp({config: `v${flags.release}`, name, kubernetes: release, yes: flags.yes, signal}),
          );
        broken = await judgeMutants(bench, todo, result => {
          results.add(result);
          say(`${++done}/${todo.length} ${resultLine(result)}`);
        });
        failed = await failedOnReleased(bench, todo);
      } finally {
        await stopClusters(names);
      }
      process.stdout.write(`\n${resultTable(results.results)}`);
      for (const line of broken) console.log(`not judged: ${line}`);
      console.log(`with the released kubelet ${failed.length === 0 ? 'nothing' : failed.join(', ')} Failed`);
      const wrong = failed.length > 0 || results.results.some(result => !isAsPredicted(result));
      process.exitCode = exitCodes[wrong ? 'failed' : broken.length > 0 ? 'undecided' : 'ok'];
    });
}

function chosen(mutants: readonly Mutant[], release: string, ids: readonly string[]): readonly Mutant[] {
  const unknown = ids.find(id => !mutants.some(mutant => mutant.id === id));
  if (unknown !== undefined) {
    throw new SuiteError('usage', `there is no fault ${JSON.stringify(unknown)} for Kubernetes ${release}`, {
      next: 'rac mutants --list shows them',
    });
  }
  return ids.length === 0 ? mutants : mutants.filter(({id}) => ids.includes(id));
}

function listLine({id, group, describes, expects}: Mutant): string {
  return `${id} (${group})  ${describes}${expects.length === 0 ? '' : `: ${expects.join(', ')}`}`;
}

/** As many clusters of their own as are asked for, and no more than there are faults. */
function clusterNames(mutants: readonly Mutant[], {release, clusters}: Flags): readonly string[] {
  return Array.from({length: Math.min(clusters, mutants.length)}, (_, at) => `rac-v${release}-mutants-${at + 1}`);
}

/** Records the same scenarios with the released kubelet; gives the requirements that are Failed. */
async function failedOnReleased(bench: Bench, mutants: readonly Mutant[]): Promise<readonly string[]> {
  const [cluster] = bench.clusters;
  if (cluster === undefined) return [];
  say('the same scenarios with the released kubelet');
  const scenarios = [...new Set(mutants.flatMap(mutant => mutant.scenarios))];
  const verdicts = await runOn({...bench, cluster}, 'released', scenarios);
  return [...new Set(verdicts.filter(({outcome}) => outcome === 'Failed').map(({requirement}) => requirement))];
}

const examples = `
The faults are in suites/mutants/faults.yaml. Each kubelet is built from the Kubernetes module, put into a kind cluster of its
own and judged by its scenarios; at the end the released one is put back, the same scenarios are judged with it, and the
clusters are stopped.

Exit codes: 0 every fault is seen by a requirement that is expected to, and nothing is seen of a control; 1 one is not, or
something Failed with the released kubelet; 4 a faulty kubelet could not be built, started or judged.

Examples:
  rac mutants --list
  rac mutants --resume suites/mutants/results-1.35.4.json
  rac mutants counts-two-more condition-stays
`;
