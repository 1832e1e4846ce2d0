import {z} from 'zod';
import type {RunEvent} from '../progress/events.ts';
import {readYaml} from '../verdicts/yaml-file.ts';

/** Name of the file with a run's profile, in the run's folder. */
export const suiteProfileFile = 'suite-profile.json';

const seconds = z.number().nonnegative();
const count = z.int().nonnegative();
const mebibytes = z.number().nonnegative();

const recordingSchema = z.strictObject({
  /** From the start of the process until its command began: Node, this program's modules, the client. */
  startSeconds: seconds,
  /** Until it was known what the target has; without what bringing up a cluster takes, where one is up. */
  targetSeconds: seconds,
  /** Until the first recording began: what earlier runs left is looked for, and the image is tried. */
  preparationSeconds: seconds,
  /** How long the container was recorded that tells how quick the node is; nothing else goes on meanwhile. */
  calibrationSeconds: seconds,
  /** From then until the last recording has ended. */
  recordingSeconds: seconds,
  /** Until everything of the run is gone from the target. */
  cleanupSeconds: seconds,
  /** Scenarios after the calibration. */
  scenarios: count,
  /** The one that took longest; no run of these scenarios can be quicker. */
  longest: z.strictObject({scenario: z.string(), seconds}),
  /** What they would take one after another. */
  sumSeconds: seconds,
  parallel: count,
  /** Processor time of this process, with its threads, while recordings were made. */
  cpuSeconds: seconds,
  /** How long the event loop was busy with something else at most when something was due, ms: by so much a time may be late. */
  loopDelayMs: z.strictObject({p99: z.number(), max: z.number()}),
  requests: z.strictObject({
    total: count,
    watches: count,
    execs: count,
    /** Those that belong to no scenario: of the target, of the clean-up. */
    ofTheRun: count,
    /** By the id of the scenario, most first. */
    byScenario: z.record(z.string(), count),
  }),
});

const roundSchema = z.strictObject({
  /** Of a run; a folder that is only judged again has none. */
  recording: recordingSchema.optional(),
  /** Reading the folder, comparing it with its digests, judging. */
  judgeSeconds: seconds,
  /** Writing the report in every format. */
  reportSeconds: seconds,
  /** Processor time of both. */
  judgeCpuSeconds: seconds,
  verdicts: count,
  /** What the process holds after the run, its garbage collected. */
  rssMiB: mebibytes,
  heapMiB: mebibytes,
  /** The most that the process has held so far. */
  peakRssMiB: mebibytes,
});

export const suiteProfileSchema = z.strictObject({
  /** Version of the suite. */
  suite: z.string(),
  node: z.string(),
  cores: count,
  /** Of the target; undefined for a folder. */
  server: z.string().optional(),
  /** One for each run in this process, in their order. */
  rounds: z.array(roundSchema).min(1),
});

/** Where a run's time goes, and what it takes, as far as that is the suite's own doing. */
export type SuiteProfile = z.infer<typeof suiteProfileSchema>;
export type Round = SuiteProfile['rounds'][number];
type Recording = NonNullable<Round['recording']>;

const budgetSchema = z.strictObject({
  /** From the first scenario's begin until the last one's end, as a multiple of the longest scenario. */
  wallToLongest: z.number().min(1),
  /** The same, as a multiple of the least that so many scenarios at a time can come to. */
  wallToLeast: z.number().min(1),
  judgeAndReportSeconds: z.number().positive(),
  /** Of the whole run, by the number of its scenarios. */
  requestsPerScenario: z.number().positive(),
  peakRssMiB: z.number().positive(),
  /** What the process holds after the last of three or more runs, as a multiple of what it held after the second. */
  rssGrowth: z.number().min(1),
});

/** What the suite may take. */
export type SuiteBudget = z.infer<typeof budgetSchema>;

/**
 * Reads suites/suite-budget.yaml.
 *
 * @param folder URL of suites/
 * @throws SuiteError `badData` where the file doesn't fit its schema
 */
export function readSuiteBudget(folder: URL): SuiteBudget {
  return readYaml(new URL('suite-budget.yaml', folder), budgetSchema);
}

/** What a run told, with the time since its process began, ms. */
export interface Stamped {
  readonly atMs: number;
  readonly event: RunEvent;
}

/** Where the time of a run went. */
export type Times = Pick<
  Recording,
  | 'targetSeconds'
  | 'preparationSeconds'
  | 'calibrationSeconds'
  | 'recordingSeconds'
  | 'cleanupSeconds'
  | 'scenarios'
  | 'longest'
  | 'sumSeconds'
  | 'parallel'
>;

/**
 * Takes the time of a run on one cluster apart, by what it told.
 *
 * @param calibration id of the scenario that is recorded before all others
 * @param beganMs when the command began, ms since its process did
 * @returns undefined where the run told of no scenario that ended
 */
export function timesOf(told: readonly Stamped[], calibration: string, beganMs: number): Times | undefined {
  const at = (kind: RunEvent['event']): number | undefined => told.find(({event}) => event.event === kind)?.atMs;
  const ended = told.flatMap(({atMs, event}) => (event.event === 'ended' ? [{...event, atMs}] : []));
  const others = ended.filter(({scenario}) => scenario !== calibration);
  const longest = others.reduce<(typeof others)[number] | undefined>(
    (most, each) => (most === undefined || each.seconds > most.seconds ? each : most),
    undefined,
  );
  const [target, first, over] = [at('target'), at('began'), at('recorded')];
  const last = others.at(-1)?.atMs;
  if (longest === undefined || target === undefined || first === undefined || over === undefined || last === undefined)
    return undefined;
  const calibrated = ended.find(({scenario}) => scenario === calibration)?.atMs ?? first;
  return {
    targetSeconds: inSeconds(target - beganMs),
    preparationSeconds: inSeconds(first - target),
    calibrationSeconds: inSeconds(calibrated - first),
    recordingSeconds: inSeconds(last - calibrated),
    cleanupSeconds: inSeconds(over - last),
    scenarios: others.length,
    longest: {scenario: longest.scenario, seconds: longest.seconds},
    sumSeconds: inSeconds(others.reduce((sum, each) => sum + each.seconds * 1000, 0)),
    parallel: told.reduce((most, {event}) => (event.event === 'recording' ? event.parallel : most), 0),
  };
}

/** Milliseconds in seconds, as they are kept: to the hundredth. */
export function inSeconds(ms: number): number {
  return Math.round(Math.max(0, ms) / 10) / 100;
}

/**
 * Counts requests, and whose they are by the namespace that they name: each scenario has one of its own, where the user named
 * none for all.
 *
 * @param requests their methods and paths
 * @param scenarios ids of scenarios
 */
export function requestsOf(
  requests: readonly {readonly path: string}[],
  scenarios: readonly string[],
): Recording['requests'] {
  const longestFirst = scenarios.toSorted((a, b) => b.length - a.length); // one id may end like another
  const owner = (path: string): string | undefined => {
    const [, namespace] = /\/namespaces\/(rac-[^/?]+)/.exec(path) ?? [];
    return longestFirst.find(id => namespace?.endsWith(`-${id}`));
  };
  const owners = requests.flatMap(({path}) => owner(path) ?? []);
  const counts = [...Map.groupBy(owners, id => id)].map(([id, its]) => [id, its.length] as const);
  return {
    total: requests.length,
    watches: requests.filter(({path}) => /[?&]watch=true/.test(path)).length,
    execs: requests.filter(({path}) => /\/exec(\?|$)/.test(path)).length,
    ofTheRun: requests.length - owners.length,
    byScenario: Object.fromEntries(counts.toSorted(([, a], [, b]) => b - a)),
  };
}

/** A figure of a profile with its bound. */
interface Bounded {
  readonly what: string;
  readonly is: number;
  readonly atMost: number;
  readonly unit: string;
}

/**
 * What of a profile is more than the budget, a line each: the figure, what it is, and the bound. What was not measured, such
 * as requests where a folder was judged, is in none.
 */
export function exceeded({rounds}: SuiteProfile, budget: SuiteBudget): readonly string[] {
  return rounds.flatMap((round, index) => {
    const growth = rssGrowth(rounds);
    const last = index === rounds.length - 1;
    const bounded: readonly (Bounded | undefined)[] = [
      round.recording && {
        what: 'recording, by the longest scenario',
        is: wallToLongest(round.recording),
        atMost: budget.wallToLongest,
        unit: '',
      },
      round.recording && {
        what: 'recording, by the least that it can take',
        is: wallToLeast(round.recording),
        atMost: budget.wallToLeast,
        unit: '',
      },
      {
        what: 'judging and reporting',
        is: round.judgeSeconds + round.reportSeconds,
        atMost: budget.judgeAndReportSeconds,
        unit: ' s',
      },
      round.recording && {
        what: 'requests for each scenario',
        is: requestsPerScenario(round.recording),
        atMost: budget.requestsPerScenario,
        unit: '',
      },
      last ? {what: 'peak RSS', is: round.peakRssMiB, atMost: budget.peakRssMiB, unit: ' MiB'} : undefined,
      last && growth !== undefined
        ? {what: 'RSS after the last run, by that after the second', is: growth, atMost: budget.rssGrowth, unit: ''}
        : undefined,
    ];
    const run = rounds.length === 1 ? '' : `run ${index + 1}: `;
    return bounded.flatMap(each =>
      each === undefined || each.is <= each.atMost
        ? []
        : [`${run}${each.what}: ${each.is.toFixed(2)}${each.unit}, at most ${each.atMost}${each.unit}`],
    );
  });
}

/** Time of the recording, as a multiple of the longest scenario. */
export function wallToLongest({recordingSeconds, longest}: Pick<Recording, 'recordingSeconds' | 'longest'>): number {
  return recordingSeconds / longest.seconds;
}

/** Time of the recording, as a multiple of what it takes at least: no order of the scenarios comes to less. */
export function wallToLeast({
  recordingSeconds,
  longest,
  sumSeconds,
  parallel,
}: Pick<Recording, 'recordingSeconds' | 'longest' | 'sumSeconds' | 'parallel'>): number {
  return recordingSeconds / Math.max(longest.seconds, sumSeconds / parallel);
}

/** Requests of a whole run, by the number of its scenarios. */
export function requestsPerScenario({requests, scenarios}: Pick<Recording, 'requests' | 'scenarios'>): number {
  return requests.total / scenarios;
}

/** What the process holds after the last run, as a multiple of what it held after the second; undefined where that is the last. */
export function rssGrowth(rounds: readonly Pick<Round, 'rssMiB'>[]): number | undefined {
  const [, second, ...more] = rounds;
  const last = more.at(-1);
  return second === undefined || last === undefined ? undefined : last.rssMiB / second.rssMiB;
}

/** A profile as a table, a column for each run. */
export function suiteProfileText({suite, node, cores, server, rounds}: SuiteProfile): string {
  const row = (what: string, of: (round: Round) => string | undefined): readonly string[] => {
    const cells = rounds.map(of);
    if (cells.every(cell => cell === undefined)) return [];
    return [`  ${what.padEnd(38)}${cells.map(cell => (cell ?? '').padStart(12)).join('')}`];
  };
  const recorded = (what: string, of: (recording: Recording) => string) =>
    row(what, ({recording}) => (recording === undefined ? undefined : of(recording)));
  const s = (value: number): string => `${value.toFixed(2)} s`;
  const mib = (value: number): string => `${value.toFixed(0)} MiB`;
  const share = (cpu: number, wall: number): string => (wall === 0 ? '' : `${((100 * cpu) / wall).toFixed(1)} %`);
  const whole = (r: Recording): number => r.calibrationSeconds + r.recordingSeconds + r.cleanupSeconds;
  const longest = rounds.flatMap(({recording}) => recording?.longest.scenario ?? [])[0];
  const most = Object.entries(
    rounds.findLast(({recording}) => recording !== undefined)?.recording?.requests.byScenario ?? {},
  ).slice(0, 3);
  return [
    `Suite ${suite} on Node ${node}, ${cores} cores${server === undefined ? '' : `; Kubernetes ${server}`}`,
    ...row('', (round: Round) => `run ${rounds.indexOf(round) + 1}`),
    ...recorded('start of the program', r => s(r.startSeconds)),
    ...recorded('target looked at', r => s(r.targetSeconds)),
    ...recorded('preparation', r => s(r.preparationSeconds)),
    ...recorded('calibration', r => s(r.calibrationSeconds)),
    ...recorded('recording', r => s(r.recordingSeconds)),
    ...recorded(`  longest scenario, ${longest ?? ''}`, r => s(r.longest.seconds)),
    ...recorded('  recording by longest', r => wallToLongest(r).toFixed(2)),
    ...recorded('  recording by the least for them', r => wallToLeast(r).toFixed(2)),
    ...recorded('  sum of the scenarios', r => s(r.sumSeconds)),
    ...recorded('  scenarios', r => String(r.scenarios)),
    ...recorded('clean-up', r => s(r.cleanupSeconds)),
    ...recorded('processor time while recording', r => s(r.cpuSeconds)),
    ...recorded('  as a share of one core', r => share(r.cpuSeconds, whole(r))),
    ...recorded('event loop late, p99', r => `${r.loopDelayMs.p99.toFixed(1)} ms`),
    ...recorded('event loop late, most', r => `${r.loopDelayMs.max.toFixed(1)} ms`),
    ...recorded('requests', r => String(r.requests.total)),
    ...recorded('  watches', r => String(r.requests.watches)),
    ...recorded('  execs', r => String(r.requests.execs)),
    ...recorded('  of no scenario', r => String(r.requests.ofTheRun)),
    ...recorded('  for each scenario', r => requestsPerScenario(r).toFixed(1)),
    ...row('judging', r => s(r.judgeSeconds)),
    ...row('reporting', r => s(r.reportSeconds)),
    ...row('  processor time of both', r => s(r.judgeCpuSeconds)),
    ...row('  verdicts', r => String(r.verdicts)),
    ...row('RSS after it', r => mib(r.rssMiB)),
    ...row('heap after it', r => mib(r.heapMiB)),
    ...row('peak RSS so far', r => mib(r.peakRssMiB)),
    ...(most.length === 0 ? [] : [`most requests: ${most.map(([id, n]) => `${id} ${n}`).join(', ')}`]),
  ]
    .map(line => `${line.trimEnd()}\n`)
    .join('');
}
