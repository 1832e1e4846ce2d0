import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {cpus, loadavg, totalmem} from 'node:os';
import {join, relative, resolve} from 'node:path';
import {Command, Option} from 'commander';
import {samplesOf, wanted} from '../harness/bench/measure.ts';
import {benchPage} from '../harness/bench/page.ts';
import {benchFormat, benchSchema, type Bench} from '../harness/bench/sample.ts';
import {shapes, type Shape} from '../harness/bench/shapes.ts';
import {summaryOf, type Summary} from '../harness/bench/summary.ts';
import {benchText} from '../harness/bench/text.ts';
import {messageOf, SuiteError} from '../harness/errors.ts';
import {nodeClock} from '../harness/recording/timeline.ts';
import {readRunRecording, readTarget, runFolder, type RunFolder} from '../harness/run-folder.ts';
import {recorderBenchCommand} from './bench-recorder.ts';
import {suiteBenchCommand} from './bench-suite.ts';
import {findTarget, look, type TargetOptions} from './find-target.ts';
import {progress} from './progress.ts';
import {recordAll, type RecordOptions} from './record-all.ts';
import {count, withTargetFlags} from './run.ts';
import {makeFolder, makeNew} from './run-files.ts';
import {say} from './say.ts';
import {version} from './version.ts';

interface Flags extends Omit<TargetOptions, 'signal'>, Omit<RecordOptions, 'signal' | 'tell'> {
  readonly shape: readonly string[];
  readonly rounds: number;
  readonly output?: string;
  readonly from?: readonly string[];
}

/** Name of the file that holds what a benchmark measured. */
const fileName = 'bench.json';

/** `rac bench`: how long restarts in place take, against what there would be otherwise. */
export function benchCommand(signal: AbortSignal): Command {
  return withTargetFlags(new Command('bench').enablePositionalOptions())
    .description('measure how long restarts take in place, and otherwise; by shape of the Pod')
    .addOption(
      new Option('--shape <names...>', 'what to restart').choices(shapes.map(({id}) => id)).default(
        shapes.map(({id}) => id),
        'all',
      ),
    )
    .option(
      '--rounds <count>',
      'how often each is done, about; at 20 the shape of the KEP restarts 100 times',
      count,
      20,
    )
    .option('--from <folders...>', 'print what these benchmarks measured, side by side, and measure nothing')
    .addCommand(suiteBenchCommand(signal))
    .addCommand(recorderBenchCommand(signal))
    .addHelpText('after', examples)
    .action(async (flags: Flags) => {
      if (flags.from !== undefined) {
        const summary = summaryOf(flags.from.map(readBench));
        if (flags.output !== undefined) {
          const path = resolve(flags.output);
          makeNew(path);
          writeDocuments(summary, path);
        }
        process.stdout.write(benchText(summary));
        return;
      }
      const folder = await recordBench({...flags, signal});
      const bench = readBench(folder.path);
      const summary = summaryOf([bench]);
      process.stdout.write(benchText(summary));
      writeDocuments(summary, folder.path);
      if (bench.samples.length === 0)
        throw new SuiteError('notRecorded', 'nothing was measured', {next: 'the reasons are named above'});
    });
}

/** Records every shape, one after the other, and keeps what that measured beside the recordings. */
async function recordBench(options: Flags & {signal: AbortSignal}): Promise<RunFolder> {
  const {rounds, signal} = options;
  const asked = shapes.filter(({id}) => options.shape.includes(id));
  const planned = asked.flatMap(shape => shape.scenarios(rounds).map(scenario => ({shape, scenario})));
  const scenarios = planned.map(({scenario}) => scenario);
  const reached = await findTarget(options);
  const target = await look(reached, scenarios, signal);
  if (target.feature === 'off')
    throw new SuiteError('featureOff', 'the feature is off on the target', {next: 'turn its gates on'});
  const folder = makeFolder(options.output);
  writeFileSync(folder.target, `${JSON.stringify(target, null, 2)}\n`);
  const before = load();
  const startedAt = new Date().toISOString();
  const began = performance.now();
  try {
    await recordAll(reached, target, scenarios, folder, {...options, tell: progress({})});
  } finally {
    // After Ctrl-C too: what was recorded by then is measured.
    const [processor] = cpus();
    const bench: Bench = {
      format: benchFormat,
      suite: version,
      startedAt,
      seconds: Math.round((performance.now() - began) / 1000),
      target: readTarget(folder),
      machine: {
        processors: cpus().length,
        model: processor?.model ?? 'unknown',
        memoryGiB: Math.round(totalmem() / 2 ** 30),
        load: {before, after: load()},
      },
      rounds,
      ...measured(planned, folder),
    };
    writeFileSync(join(folder.path, fileName), `${JSON.stringify(bench)}\n`);
    if (signal.aborted) say(`measured by then: rac bench --from ${relative(process.cwd(), folder.path)}`);
  }
  return folder;
}

function load(): number {
  return Math.round((loadavg()[0] ?? 0) * 100) / 100;
}

/** What the recordings of a folder measure, and what of them came to no end. */
function measured(
  planned: readonly {readonly shape: Shape; readonly scenario: {readonly id: string}}[],
  folder: RunFolder,
): Pick<Bench, 'samples' | 'unmeasured' | 'clockErrorMs'> {
  const samples: Bench['samples'] = [];
  const unmeasured: Bench['unmeasured'] = [];
  let clockErrorMs = 0;
  for (const {shape, scenario} of planned) {
    try {
      const recording = readRunRecording(folder, scenario.id);
      const its = samplesOf(recording, shape.id);
      clockErrorMs = Math.max(clockErrorMs, Math.round(nodeClock(recording.observations).halfTripMs));
      samples.push(...its);
      const end = recording.observations.at(-1);
      if (end?.kind === 'end' && end.reason !== 'settled') unmeasured.push({scenario: scenario.id, why: end.text});
      else if (its.length < wanted(recording))
        unmeasured.push({
          scenario: scenario.id,
          why: `${wanted(recording) - its.length} of ${wanted(recording)} have no end`,
        });
    } catch (error) {
      if (!(error instanceof SuiteError)) throw error;
      unmeasured.push({scenario: scenario.id, why: error.message});
    }
  }
  return {samples, unmeasured, clockErrorMs};
}

/** What a benchmark measured: by this suite anew where its recordings are there, else as it was written. */
function readBench(path: string): Bench {
  const file = join(path, fileName);
  if (!existsSync(file))
    throw new SuiteError('usage', `${path} has no ${fileName}`, {next: 'name the folder of a benchmark'});
  const bench = parseBench(file);
  const folder = runFolder(path);
  const planned = shapes
    .flatMap(shape => shape.scenarios(bench.rounds).map(scenario => ({shape, scenario})))
    .filter(({scenario}) => existsSync(join(folder.recordings, `${scenario.id}.ndjson`)));
  return planned.length === 0 ? bench : {...bench, ...measured(planned, folder)};
}

function parseBench(file: string): Bench {
  try {
    return benchSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new SuiteError('badData', `${file} is not what a benchmark writes: ${messageOf(cause)}`, {cause});
  }
}

/** Writes the page, and each of its drawings as a file of its own. */
function writeDocuments(summary: Summary, path: string): void {
  const {page, drawings} = benchPage(summary);
  const files = [
    ['bench.md', benchText(summary)],
    ['bench.html', page],
    ...drawings.map(({name, svg}) => [`${name}.svg`, svg] as const),
  ] as const;
  for (const [name, text] of files) writeFileSync(join(path, name), text);
  say(`wrote ${files.map(([name]) => relative(process.cwd(), join(path, name))).join(', ')}`);
}

const examples = `
Most shapes are restarted in place and, in turns with that, deleted and created again; the shape of the KEP is also left to its
container's own policy and replaced by a Job. Nothing else of ours runs meanwhile. Starts are on the node's clock, "ready" on
this machine's. After Ctrl-C the folder has what was measured by then.

Examples:
  rac bench                                          on a kind cluster, v1.35; about 25 minutes
  rac bench --shape two-containers --rounds 4        a first look, about 2 minutes
  rac bench --context my-cluster --output runs/bench
  rac bench --from docs/bench/v*/*

Exit codes: 0 measured, 2 usage, 3 the feature is off; 10 and up: nothing was measured (README lists them).
`;
