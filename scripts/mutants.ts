import {existsSync, readFileSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {join, relative} from 'node:path';
import {Command} from 'commander';
import {exitCodes, messageOf, SuiteError} from '../harness/errors.ts';
import {runFolder} from '../harness/run-folder.ts';
import {
  isAsPredicted,
  judgeMutant,
  mutantResultsSchema,
  readMutants,
  type Mutant,
  type MutantResult,
  type MutantResults,
} from '../harness/verdicts/mutants.ts';
import type {Verdict} from '../harness/verdicts/verdict.ts';
import {withTemporary, writeWhole} from '../kind/cache.ts';
import {readConfig} from '../kind/config.ts';
import {buildFaultyKubelet, faultyVersion, kubeletSources} from '../kind/faulty-kubelet.ts';
import {bringUp, type RunningCluster} from '../kind/index.ts';
import {KubeletSwap} from '../kind/kubelet-swap.ts';
import {step} from '../kind/progress.ts';
import {conformanceRun, makeFolder} from './conformance.ts';

interface Flags {
  readonly release: string;
  readonly list: boolean;
  readonly resume?: string;
  readonly yes: boolean;
}

const restoreBudgetMs = 180_000;

/** `rac mutants`: kubelets with one fault each, and whether the suite sees it. */
export function mutantsCommand(signal: AbortSignal): Command {
  return new Command('mutants')
    .description('build kubelets with one fault each, judge them, and say which requirements see it')
    .argument('[ids...]', 'faults of suites/mutants.yaml (default: all of the release)')
    .option('--release <minor>', 'Kubernetes release of the kubelets', '1.35')
    .option('--list', 'print the faults and what is to see them, and do nothing', false)
    .option('--resume <file>', 'file of results to go on with: only what it lacks is judged, or what is named')
    .option('--yes', 'install what is missing without asking', false)
    .addHelpText('after', examples)
    .action(async (ids: string[], flags: Flags) => {
      const {buildRelease: release} = await readConfig(`v${flags.release}`);
      const mutants = chosen(readMutants(new URL('../suites/', import.meta.url)), release, ids);
      if (flags.list) {
        for (const {id, group, describes, expects} of mutants)
          console.log(`${id}  ${group}: ${describes}${expects.length === 0 ? '' : ` (${expects.join(', ')})`}`);
        return;
      }
      const before = readResults(flags.resume, release);
      const todo = mutants.filter(({id}) => ids.includes(id) || !before.faults.some(known => known.id === id));
      const cluster = await bringUp({
        config: `v${flags.release}`,
        name: `rac-v${flags.release}-mutants`,
        kubernetes: release,
        yes: flags.yes,
        signal,
      });
      const {path} = makeFolder(undefined);
      const file = flags.resume ?? join(path, 'mutants.json');
      const keep = async (result: MutantResult): Promise<void> => {
        const known = readResults(existsSync(file) ? file : undefined, release);
        const others = known.faults.filter(({id}) => id !== result.id);
        const order = mutants.map(({id}) => id);
        const faults = [...others, result].toSorted((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
        await writeWhole(file, `${JSON.stringify({release, faults}, null, 2)}\n`);
      };
      say(`${todo.length} faults on Kubernetes ${release}; results go to ${relative(process.cwd(), file)}`);
      const session = {cluster, release, folder: path, signal};
      const broken = await judgeAll(session, todo, keep);
      const clean = todo.length === 0 ? [] : await cleanRun(session, todo);
      const {faults} = readResults(existsSync(file) ? file : undefined, release);
      process.stdout.write(tableOf(faults));
      for (const each of broken) console.log(`${each}: could not be judged`);
      console.log(
        clean.length === 0
          ? 'the released kubelet: nothing Failed'
          : `the released kubelet: ${clean.join(', ')} Failed`,
      );
      const wrong = clean.length > 0 || faults.some(result => !isAsPredicted(result));
      process.exitCode = exitCodes[wrong ? 'failed' : broken.length > 0 ? 'undecided' : 'ok'];
    });
}

function chosen(mutants: readonly Mutant[], release: string, ids: readonly string[]): readonly Mutant[] {
  const here = mutants.filter(({releases}) => releases.includes(release));
  const unknown = ids.find(id => !here.some(mutant => mutant.id === id));
  if (unknown !== undefined) {
    throw new SuiteError('usage', `there is no fault ${JSON.stringify(unknown)} for Kubernetes ${release}`, {
      next: 'rac mutants --list shows them',
    });
  }
  return ids.length === 0 ? here : here.filter(({id}) => ids.includes(id));
}

function readResults(file: string | undefined, release: string): MutantResults {
  if (file === undefined || !existsSync(file)) return {release, faults: []};
  try {
    const results = mutantResultsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    if (results.release !== release) throw new Error(`it is of Kubernetes ${results.release}`);
    return results;
  } catch (cause) {
    throw new SuiteError('badData', `${file} can't be gone on with: ${messageOf(cause)}`, {
      next: `name the file of an earlier start for Kubernetes ${release}, or one that is not there`,
      cause,
    });
  }
}

/** One start of the command. */
interface Session {
  readonly cluster: RunningCluster;
  readonly release: string;
  /** Folder for the files of the runs. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/**
 * Judges faulty kubelets one after the other, each built while the one before is judged. The released kubelet is put back
 * at the end, whatever the end.
 *
 * @returns the ids of those that could not be judged
 */
async function judgeAll(
  session: Session,
  mutants: readonly Mutant[],
  keep: (result: MutantResult) => Promise<void>,
): Promise<readonly string[]> {
  const {cluster, release, signal} = session;
  const broken: string[] = [];
  await step(`Fetch the sources of the kubelet ${release}`, say => kubeletSources(release, say, signal));
  await withTemporary('faulty-kubelets', async scratch => {
    const swap = await KubeletSwap.of(cluster, signal);
    const building = new Map<string, Promise<Binary>>();
    const build = (mutant: Mutant | undefined): void => {
      if (mutant === undefined) return;
      const made = buildOne(session, mutant, scratch);
      made.catch(() => undefined); // awaited when its turn comes
      building.set(mutant.id, made);
    };
    build(mutants[0]);
    try {
      for (const [at, mutant] of mutants.entries()) {
        const {id} = mutant;
        try {
          const binary = await building.get(id);
          if (binary === undefined) throw new Error(`${id} was not built`);
          await swap.install(binary.file, faultyVersion(release, id), signal);
          await rm(binary.file);
          build(mutants[at + 1]);
          const result = await judgeOne(session, mutant, binary.seconds);
          await keep(result);
          say(`${at + 1}/${mutants.length} ${lineOf(result)}`);
        } catch (error) {
          signal.throwIfAborted();
          if (!(error instanceof SuiteError)) throw error;
          broken.push(id);
          say(`${at + 1}/${mutants.length} ${id}: ${error.message}`);
          if (!building.has(mutants[at + 1]?.id ?? '')) build(mutants[at + 1]);
        }
      }
    } finally {
      await swap.restore(AbortSignal.timeout(restoreBudgetMs));
      await Promise.allSettled(building.values());
    }
  });
  return broken;
}

interface Binary {
  readonly file: string;
  readonly seconds: number;
}

async function buildOne({release, signal}: Session, {id, edits}: Mutant, scratch: string): Promise<Binary> {
  const began = performance.now();
  const file = join(scratch, id);
  await buildFaultyKubelet({release, id, edits}, file, {say: () => undefined, signal});
  return {file, seconds: secondsSince(began)};
}

async function judgeOne(session: Session, mutant: Mutant, buildSeconds: number): Promise<MutantResult> {
  const {id, describes, group, expects} = mutant;
  const began = performance.now();
  const verdicts = await verdictsOf(session, id, mutant.scenarios);
  return {
    id,
    describes,
    group,
    expects,
    ...judgeMutant(mutant, verdicts),
    buildSeconds,
    runSeconds: secondsSince(began),
  };
}

/** Records some scenarios and gives what is said of each, of all that they state. */
async function verdictsOf(
  {cluster, folder, signal}: Session,
  name: string,
  scenarios: readonly string[],
): Promise<readonly Verdict[]> {
  const {report} = await conformanceRun(
    {
      profile: ['all'],
      only: [],
      skip: [],
      scenarios,
      context: cluster.context,
      kubeconfig: cluster.kubeconfig,
      cluster: cluster.name,
      image: cluster.workloadImage,
      output: runFolder(join(folder, name)).path,
      timeoutScale: 1,
      parallel: 8,
      yes: false,
      signal,
    },
    false,
  );
  return report.rows.flatMap(row => row.scenarios).filter(({scenario}) => scenarios.includes(scenario));
}

/** Records the same scenarios with the released kubelet; gives the requirements that are Failed. */
async function cleanRun(session: Session, mutants: readonly Mutant[]): Promise<readonly string[]> {
  say('the same scenarios with the released kubelet');
  const scenarios = [...new Set(mutants.flatMap(mutant => mutant.scenarios))];
  const verdicts = await verdictsOf(session, 'released', scenarios);
  return [...new Set(verdicts.filter(({outcome}) => outcome === 'Failed').map(({requirement}) => requirement))];
}

function tableOf(results: readonly MutantResult[]): string {
  const count = (wanted: MutantResult['outcome']) => results.filter(({outcome}) => outcome === wanted).length;
  const outcomes = ['killed', 'killed otherwise', 'survived', 'equivalent', 'control'] as const;
  const counts = outcomes.map(each => `${count(each)} ${each}`).join(', ');
  return `\n${results.map(result => `${lineOf(result)}\n`).join('')}\n${results.length} faults: ${counts}\n`;
}

function lineOf({id, outcome, expects, killedBy, undecided, buildSeconds, runSeconds}: MutantResult): string {
  const hit = killedBy.filter(each => expects.includes(each));
  const others = killedBy.filter(each => !expects.includes(each));
  const missed = expects.filter(each => !killedBy.includes(each));
  const parts = [
    hit.length === 0 ? '' : `by ${hit.join(', ')}`,
    missed.length === 0 ? '' : `not by ${missed.join(', ')}`,
    others.length === 0 ? '' : `beside ${others.join(', ')}`,
    undecided.length === 0 ? '' : `undecided ${undecided.join(', ')}`,
  ].filter(part => part !== '');
  return `${id}: ${[outcome, ...parts].join('; ')} (build ${buildSeconds} s, run ${runSeconds} s)`;
}

function secondsSince(began: number): number {
  return Math.round((performance.now() - began) / 100) / 10;
}

function say(text: string): void {
  process.stderr.write(`rac: ${text}\n`);
}

const examples = `
The faults are in suites/mutants.yaml. Each kubelet is built from the Kubernetes module, put into a kind cluster of its own,
and judged by its scenarios; at the end the released one is put back, and the same scenarios are judged with it.

Exit codes: 0 every fault is seen by a requirement that is expected to, and nothing is seen of a control; 1 one is not, or
something Failed with the released kubelet; 4 a faulty kubelet could not be built, started or judged.

Examples:
  rac mutants --list
  rac mutants --resume suites/mutants-results/1.35.4.json
  rac mutants counts-two-more condition-stays
`;
