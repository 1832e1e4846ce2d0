import {appendFileSync, existsSync, mkdirSync, readFileSync, rmSync} from 'node:fs';
import {loadavg} from 'node:os';
import {dirname, join, relative, resolve} from 'node:path';
import {Worker} from 'node:worker_threads';
import {Command, Option} from 'commander';
import {exitCodes, messageOf, SuiteError} from '../harness/errors.ts';
import {ledgerFormat, parseLedger, verdictsOf, type Attempt, type Entry, type Load} from '../harness/soak/ledger.ts';
import {soaked, unremarkable} from '../harness/soak/summary.ts';
import {ledgerText} from '../harness/soak/text.ts';
import {conformanceRun, type RunOptions} from './conformance.ts';
import {root} from './paths.ts';
import {count, withRunFlags} from './run.ts';
import {say} from './say.ts';
import {version} from './version.ts';

interface Flags extends Omit<RunOptions, 'signal'> {
  readonly runs: number;
  readonly add?: number;
  readonly ledger: string;
  readonly load: Load | 'alternate';
  readonly keepAll: boolean;
  readonly report: boolean;
}

/** `rac soak`: the same run again and again, and how steady its verdicts are. */
export function soakCommand(signal: AbortSignal): Command {
  return withRunFlags(new Command('soak'))
    .description('repeat a run, and tell how often each verdict differs')
    .option('-n, --runs <count>', 'how many runs the ledger has in the end, of those on this target', count, 20)
    .option('--add <count>', 'how many runs to add to those that the ledger has, in place of --runs', count)
    .option(
      '--ledger <file>',
      'where each run is entered; started again, the command goes on',
      join(root, 'runs/soak.ndjson'),
    )
    .addOption(
      new Option(
        '--load <what>',
        'a thread of ours that keeps a core busy: in no run, in every run, in every other one',
      )
        .choices(['none', 'cpu', 'alternate'])
        .default('none'),
    )
    .option('--keep-all', 'keep the folders of the runs that say what most do', false)
    .option('--report', 'print what the ledger comes to, and run nothing', false)
    .addHelpText('after', examples)
    .action(async (flags: Flags) => {
      if (flags.report && !existsSync(flags.ledger))
        throw new SuiteError('usage', `there is no ledger ${flags.ledger}`, {next: 'name one with --ledger'});
      const entries = readLedger(flags.ledger);
      if (!flags.report) await soak(entries, {...flags, signal});
      process.stdout.write(ledgerText(entries, folder => existsSync(join(dirname(flags.ledger), folder))));
      process.exitCode = isSteady(entries) ? exitCodes.ok : exitCodes.failed;
    });
}

/** Runs until the ledger has as many runs on this target as were asked for. Nothing is tried twice: each run counts. */
async function soak(entries: Entry[], options: Flags & {signal: AbortSignal}): Promise<void> {
  const {ledger, signal} = options;
  refuseAnother(entries, options);
  const on = targetName(options);
  const folders = resolve(options.output ?? ledger.replace(/(\.ndjson)?$/, '-runs'));
  mkdirSync(dirname(ledger), {recursive: true});
  const done = () => entries.filter(entry => entry.kind === 'run' && entry.on === on).length;
  const runs = options.add === undefined ? options.runs : done() + options.add;
  while (done() < runs) {
    const load = options.load === 'alternate' ? (done() % 2 === 0 ? 'none' : 'cpu') : options.load;
    const number = nextNumber(entries, folders);
    const folder = join(folders, folderName(number));
    say(`run ${done() + 1} of ${runs} on ${on}${load === 'cpu' ? ', with a core kept busy' : ''}`);
    const before = loadavg()[0] ?? 0;
    const startedAt = new Date().toISOString();
    const began = performance.now();
    const attempt = (): Attempt => ({
      format: ledgerFormat,
      number,
      startedAt,
      on,
      asked: askedOf(options),
      load,
      loadAverage: {before, after: loadavg()[0] ?? 0},
      seconds: Math.round((performance.now() - began) / 100) / 10,
      folder: relative(dirname(resolve(ledger)), folder),
    });
    const enter = (entry: Entry): void => {
      entries.push(entry);
      appendFileSync(ledger, `${JSON.stringify(entry)}\n`);
    };
    try {
      const {report} = await under(load, () => conformanceRun({...options, output: folder}));
      enter({kind: 'run', ...attempt(), suite: version, server: report.target.server, ...verdictsOf(report)});
    } catch (error) {
      enter({kind: 'broken', ...attempt(), why: messageOf(signal.aborted ? signal.reason : error)});
      throw error;
    }
    if (!options.keepAll) removeUnremarkable(entries, dirname(ledger), folders);
  }
}

/** A ledger is of one question: its figures would say nothing where runs were asked for different things. */
function refuseAnother(entries: readonly Entry[], options: Flags): void {
  const asked = JSON.stringify(askedOf(options));
  const other = entries.find(entry => JSON.stringify(entry.asked) !== asked);
  if (other === undefined) return;
  throw new SuiteError(
    'usage',
    `ledger ${options.ledger} is of runs that were asked for ${JSON.stringify(other.asked)}`,
    {
      next: 'ask for the same with --profile, --only and --skip, or name another ledger with --ledger',
    },
  );
}

function askedOf({profile, only, skip}: Flags): Attempt['asked'] {
  return {profile: [...profile], only: [...only], skip: [...skip]};
}

function targetName({context, kubeconfig, cluster, kubernetes}: Flags): string {
  if (context !== undefined || kubeconfig !== undefined) return `context ${context ?? `of ${kubeconfig ?? ''}`}`;
  return kubernetes === undefined ? cluster : `${cluster} with Kubernetes ${kubernetes}`;
}

/** One that no entry has, and no folder of a run that was killed before it could be entered. */
function nextNumber(entries: readonly Entry[], folders: string): number {
  let number = Math.max(0, ...entries.map(entry => entry.number)) + 1;
  while (existsSync(join(folders, folderName(number)))) number++;
  return number;
}

function folderName(number: number): string {
  return String(number).padStart(3, '0');
}

/** Does some work, with a thread beside it that keeps a core busy where that is the load. */
async function under<T>(load: Load, work: () => Promise<T>): Promise<T> {
  if (load === 'none') return work();
  const busy = new Worker('for (;;);', {eval: true});
  try {
    return await work();
  } finally {
    await busy.terminate();
  }
}

/** Removes folders that lie where this command puts them, whatever else a ledger names. */
function removeUnremarkable(entries: readonly Entry[], base: string, folders: string): void {
  for (const {folder, number} of unremarkable(entries)) {
    const path = join(folders, folderName(number));
    if (resolve(base, folder) === path) rmSync(path, {recursive: true, force: true});
  }
}

function isSteady(entries: readonly Entry[]): boolean {
  return soaked(entries).every(({requirements}) =>
    requirements.every(({rule, differing}) => rule !== 'Failed' && differing.length === 0),
  );
}

function readLedger(file: string): Entry[] {
  if (!existsSync(file)) return [];
  return [...parseLedger(file, readFileSync(file, 'utf8'))];
}

const examples = `
There are no second attempts: every run that ends with a report counts, and one that breaks off is entered with its reason.
A ledger may be of several targets; each release gets its own figures. The runs' folders lie beside the ledger, or where
--output says. Bounds are exact, one-sided, after Clopper and Pearson.

Examples:
  rac soak -n 60 --profile core --ledger runs/core.ndjson --load alternate
  rac soak -n 60 --profile core --ledger runs/core.ndjson --load alternate --cluster v1.37
  rac soak --ledger runs/core.ndjson --report

Exit codes: 0 no verdict differs and none is Failed, 1 one differs or is Failed; otherwise those of rac run.
`;
