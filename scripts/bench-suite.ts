import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {availableParallelism, tmpdir} from 'node:os';
import {join} from 'node:path';
import {monitorEventLoopDelay} from 'node:perf_hooks';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import {Command} from 'commander';
import {z} from 'zod';
import {
  exceeded,
  inSeconds,
  readSuiteBudget,
  requestsOf,
  suiteProfileFile,
  suiteProfileText,
  timesOf,
  type Round,
  type Stamped,
  type SuiteProfile,
} from '../harness/bench/suite-profile.ts';
import {calibrationScenario} from '../harness/calibration.ts';
import {exitCodes, SuiteError} from '../harness/errors.ts';
import type {Tell} from '../harness/progress/events.ts';
import {documents} from '../harness/report/formats.ts';
import {writeReports} from '../harness/report/write.ts';
import {readTarget, runFolder, type RunFolder} from '../harness/run-folder.ts';
import type {Sent} from '../harness/target/api.ts';
import {recordRun, type RunOptions} from './conformance.ts';
import {fileReport, judgeFolder} from './judge-folder.ts';
import {progress} from './progress.ts';
import {writeReport} from './report-files.ts';
import {count, withTargetFlags} from './run.ts';
import {timed} from './say.ts';
import {version} from './version.ts';

interface Flags extends Omit<RunOptions, 'signal' | 'tell' | 'profile' | 'skip'> {
  readonly runs: number;
  readonly folder?: string;
}

/** `rac bench suite`: what of a run is the suite's own doing. */
export function suiteBenchCommand(signal: AbortSignal): Command {
  return withTargetFlags(new Command('suite'))
    .description("tell where the time of a core run goes and what the suite's own part of it takes")
    .option('-n, --runs <count>', 'how many runs, one after another in one process', count, 1)
    .option('--only <ids...>', 'judge these requirements alone', [])
    .option('--folder <run>', 'judge this stored run and write its report, with no cluster; the folder stays as it is')
    .addHelpText('after', examples)
    .action(async (flags: Flags) => {
      const budget = readSuiteBudget(new URL('../suites/', import.meta.url));
      const {folder} = flags;
      const profile =
        folder === undefined ? await profileRuns({...flags, signal}) : await profileFolder(folder, flags.runs);
      process.stdout.write(suiteProfileText(profile));
      const over = exceeded(profile, budget);
      for (const line of over) process.stdout.write(`over budget: ${line}\n`);
      process.exitCode = over.length === 0 ? exitCodes.ok : exitCodes.failed;
    });
}

/**
 * Runs the core profile some times in this process.
 *
 * @throws SuiteError as a run, and `featureOff` where nothing could be recorded for that
 */
async function profileRuns(options: Flags & {signal: AbortSignal}): Promise<SuiteProfile> {
  const rounds: Round[] = [];
  let server: string | undefined;
  for (let run = 1; run <= options.runs; run++) {
    const output = options.output === undefined || options.runs === 1 ? options.output : `${options.output}-${run}`;
    const {folder, recording} = await record({...options, output}, run === 1 ? 0 : performance.now());
    server = readTarget(folder).server;
    rounds.push({recording, ...(await judgeAndReport(folder))});
    const text = `${JSON.stringify(profileOf(rounds, server), null, 2)}\n`;
    writeFileSync(join(folder.path, suiteProfileFile), text);
  }
  return profileOf(rounds, server);
}

/** Judges a stored run some times, and writes its reports elsewhere. */
async function profileFolder(path: string, runs: number): Promise<SuiteProfile> {
  const rounds: Round[] = [];
  const output = mkdtempSync(join(tmpdir(), 'rac-bench-'));
  try {
    while (rounds.length < runs) rounds.push(await judgeAndReport(runFolder(path), output));
  } finally {
    rmSync(output, {recursive: true});
  }
  return profileOf(rounds, undefined);
}

function profileOf(rounds: readonly Round[], server: string | undefined): SuiteProfile {
  const on = server === undefined ? {} : {server};
  return {suite: version, node: process.version, cores: availableParallelism(), ...on, rounds: [...rounds]};
}

/** How often the event loop is looked at, ms; its delays are counted from there. */
const loopResolutionMs = 10;

/**
 * Records a core run, and what that took.
 *
 * @param beganMs when it began, ms since the process did: for the first run 0, so that the start of the program is in it
 */
async function record(
  options: Omit<RunOptions, 'profile' | 'skip'>,
  beganMs: number,
): Promise<{folder: RunFolder; recording: NonNullable<Round['recording']>}> {
  const startedMs = performance.now();
  const told: Stamped[] = [];
  const sent: Sent[] = [];
  const shown = progress({});
  const loop = monitorEventLoopDelay({resolution: loopResolutionMs});
  const cpu = {before: process.cpuUsage(), took: 0};
  const tell: Tell = event => {
    if (event.event === 'recording') {
      cpu.before = process.cpuUsage();
      loop.enable();
    }
    if (event.event === 'recorded') {
      const {user, system} = process.cpuUsage(cpu.before);
      cpu.took = (user + system) / 1000;
      loop.disable();
    }
    told.push({atMs: performance.now(), event});
    shown(event);
  };
  const folder = await recordRun({
    ...options,
    profile: ['core'],
    skip: [],
    tell,
    sent: ({method, path}) => sent.push({method, path}),
  });
  const times = timesOf(told, calibrationScenario.id, startedMs);
  if (times === undefined) {
    const off = readTarget(folder).feature === 'off';
    throw new SuiteError(
      off ? 'featureOff' : 'notRecorded',
      'nothing was recorded on the target, so nothing was measured',
      {
        next: off ? 'turn its gates on' : 'see what rac run says of it',
      },
    );
  }
  const scenarios = told.flatMap(({event}) => (event.event === 'ended' ? [event.scenario] : []));
  const late = (ns: number): number => Math.max(0, Math.round(ns / 1e5) / 10 - loopResolutionMs);
  return {
    folder,
    recording: {
      startSeconds: inSeconds(startedMs - beganMs),
      ...times,
      cpuSeconds: inSeconds(cpu.took),
      loopDelayMs: {p99: late(loop.percentile(99)), max: late(loop.max)},
      requests: requestsOf(sent, scenarios),
    },
  };
}

/**
 * Judges a run, writes its report in every format, and tells what that took.
 *
 * @param output where the report goes; without it, into the run's folder, which then vouches for it
 */
async function judgeAndReport(folder: RunFolder, output?: string): Promise<Omit<Round, 'recording'>> {
  const before = process.cpuUsage();
  const {result: judged, ms: judgeMs} = await timed(() => judgeFolder(folder.path));
  const {ms: reportMs} = await timed(() => {
    if (output === undefined) fileReport(judged);
    else writeReport(judged.report, output);
    writeReports(judged.report, folder, {formats: documents, output, recordings: judged.recordings});
  });
  const {user, system} = process.cpuUsage(before);
  const {verdicts} = judged;
  return {
    judgeSeconds: inSeconds(judgeMs),
    reportSeconds: inSeconds(reportMs),
    judgeCpuSeconds: inSeconds((user + system) / 1000),
    verdicts,
    ...held(),
  };
}

/** What the process holds, its garbage collected: else the figure is of when that was done last. */
function held(): Pick<Round, 'rssMiB' | 'heapMiB' | 'peakRssMiB'> {
  setFlagsFromString('--expose-gc');
  z.custom<() => void>(value => typeof value === 'function').parse(runInNewContext('gc'))();
  const {rss, heapUsed} = process.memoryUsage();
  const mebibytes = (bytes: number): number => Math.round((bytes / 2 ** 20) * 10) / 10;
  return {
    rssMiB: mebibytes(rss),
    heapMiB: mebibytes(heapUsed),
    peakRssMiB: mebibytes(process.resourceUsage().maxRSS * 1024),
  };
}

const examples = `
Times are wall-clock times of this machine. suites/suite-budget.yaml has the bounds; ${suiteProfileFile} in the run's folder has
all figures. Requests are told apart by scenario where each has a namespace of its own, so not with --namespace.

Examples:
  rac bench suite
  rac bench suite --runs 5                      does the memory that the suite holds grow from run to run?
  rac bench suite --folder docs/reports/v1.37.2 --runs 5

Exit codes: 0 within the budget, 1 over it; otherwise those of rac run.
`;
