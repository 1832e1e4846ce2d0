import {writeFileSync} from 'node:fs';
import {join, relative} from 'node:path';
import {Command, InvalidArgumentError} from 'commander';
import {exitCodes, messageOf, SuiteError} from '../harness/errors.ts';
import {manifestText} from '../harness/model/manifest.ts';
import {search, type Found, type SearchResult} from '../harness/search.ts';
import {removeRun} from '../harness/scenario/removal.ts';
import {tellStory, type StoryContext} from '../harness/scenario/story.ts';
import {preflight} from '../harness/target/preflight.ts';
import {budgets} from '../harness/timeouts.ts';
import {findTarget, type TargetOptions} from './find-target.ts';
import {count, withTargetFlags} from './run.ts';
import {makeFolder} from './run-files.ts';
import {registerRun} from './living-runs.ts';
import {say, warn} from './say.ts';
import {sweep} from './sweep.ts';
import {version} from './version.ts';

interface Flags extends Omit<TargetOptions, 'signal'> {
  readonly seed: number;
  readonly pods: number;
  readonly path?: string;
  readonly shrink: number;
  readonly parallel: number;
  readonly output?: string;
  readonly timeoutScale: number;
}

/** `rac model`: generated Pods on a cluster, each compared with the reference model. */
export function modelCommand(signal: AbortSignal): Command {
  return withTargetFlags(new Command('model'))
    .description('compare generated Pods on a cluster with the model of what the documents promise')
    .option('--seed <number>', 'what Pods are generated from; `random` for others each time', seed, 5532)
    .option('--pods <count>', 'how many Pods', count, 60)
    .option('--path <path>', 'the Pod at this path of the seed alone, as an earlier run printed it')
    .option('--shrink <count>', 'Pods told at most in search of a smaller one that disagrees', count, 40)
    .addHelpText('after', '\nExit codes: 0 all agree, 1 one disagrees, 3 the feature is off, 4 one is undecided.\n')
    .action(async (flags: Flags) => {
      const reached = await findTarget({...flags, signal});
      const {api, image, pullSecret} = reached;
      const target = await preflight(api, {...reached, planned: []}, signal);
      if (target.feature === 'off') {
        throw new SuiteError('featureOff', 'the feature is off on the target', {next: 'turn its gates on'});
      }
      const folder = makeFolder(flags.output);
      const scaled = budgets(flags.timeoutScale);
      const site = {api, namespace: reached.namespace, may: reached.access.may, budgets: scaled};
      await sweep(site);
      say(`${flags.path === undefined ? flags.pods : 1} Pods on Kubernetes ${target.server}, seed ${flags.seed}`);
      const id = Math.random().toString(36).slice(2, 8).padEnd(6, '0');
      using registered = new DisposableStack();
      registered.use(registerRun(id));
      const context = {id, ...site, target, suite: version, recordings: folder.recordings, pullSecret, signal};
      const result = await search(
        (name, story, stop) => tellStory({...context, signal: stop}, name, story),
        {
          seed: flags.seed,
          pods: flags.pods,
          path: flags.path,
          atOnce: flags.parallel,
          shrinkSteps: flags.shrink,
          signal,
        },
        found => {
          writeFileSync(join(folder.recordings, `${found.id}.yaml`), manifestText(found.story, found.id, image));
          say(`  ${line(found)}`);
        },
      ).finally(() => removeAll(context));
      process.stdout.write(reportOf(result, flags.seed, image));
      process.exitCode = exitCodes[causeOf(result)];
    });
}

/** Removes what the run made; what it can't remove costs no result. */
async function removeAll(context: StoryContext): Promise<void> {
  const {left} = await removeRun({...context, namespace: context.namespace}, context.id).catch((error: unknown) => ({
    left: [`all of run ${context.id}, ${messageOf(error)}`],
  }));
  if (left.length > 0) warn(`not removed: ${left.join(', ')}`);
}

function causeOf({told}: SearchResult): 'ok' | 'failed' | 'undecided' {
  const outcomes = told.map(({comparison}) => comparison.outcome);
  if (outcomes.includes('disagrees')) return 'failed';
  return outcomes.length === 0 || outcomes.includes('undecided') ? 'undecided' : 'ok';
}

function reportOf({told, smallest}: SearchResult, seedUsed: number, image: string): string {
  const of = (outcome: string) => told.filter(({comparison}) => comparison.outcome === outcome);
  const wrong = of('disagrees');
  const lines = [
    `${told.length} Pods: ${of('agrees').length} agree, ${wrong.length} disagree, ${of('undecided').length} undecided`,
    ...wrong.flatMap(found => ['', ...detail(found, seedUsed)]),
  ];
  if (smallest !== undefined) {
    lines.push('', 'The smallest Pod that disagreed too:', '', ...detail(smallest, seedUsed));
    lines.push('', manifestText(smallest.story, smallest.id, image));
  } else if (wrong.length > 0) {
    lines.push('', 'Told again, the first of these agreed.');
  }
  return `${lines.join('\n')}\n`;
}

function detail({id, path, recording, comparison}: Found, seedUsed: number): readonly string[] {
  return [
    `${id}: rac model --seed ${seedUsed} --path ${path}`,
    ...comparison.disagreements.flatMap(({after, expected, saw}) => [
      `  after ${after}`,
      `    expected  ${expected}`,
      `    saw       ${saw}`,
    ]),
    `  recording ${relative(process.cwd(), recording)}`,
  ];
}

function line({id, story, comparison}: Found): string {
  const containers = story.pod.containers.length;
  const exits = story.exits.map(({container, code}) => `${container} ${code}`).join(', ');
  const why = comparison.why === undefined ? '' : `: ${comparison.why}`;
  return `${id} (${containers} containers; ${exits}) ${comparison.outcome}${why}`;
}

function seed(text: string): number {
  if (text === 'random') return Math.floor(Math.random() * 2 ** 31);
  const value = Number(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError('It must be a whole number, or `random`.');
  return value;
}
