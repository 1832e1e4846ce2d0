import {once} from 'node:events';
import type {IncomingMessage} from 'node:http';
import {rmSync, statSync, writeFileSync} from 'node:fs';
import {availableParallelism} from 'node:os';
import {join} from 'node:path';
import {monitorEventLoopDelay} from 'node:perf_hooks';
import {fileURLToPath} from 'node:url';
import {Command} from 'commander';
import {execa} from 'execa';
import pLimit from 'p-limit';
import {z} from 'zod';
import {
  causeOf,
  compareWithAnswers,
  lagsOf,
  loadPod,
  loadText,
  recorderLoadFile,
  sayingSchema,
  takenRateOf,
  together,
  type Load,
  type LoadResult,
  type Order,
} from '../harness/bench/recorder-load.ts';
import {atShare} from '../harness/at-share.ts';
import {exitCodes, messageOf, SuiteError} from '../harness/errors.ts';
import {OutOfPatience, Recorder} from '../harness/recorder/recorder.ts';
import {formatVersion} from '../harness/recording/observation.ts';
import {readRecording} from '../harness/recording/recording.ts';
import type {Scenario} from '../harness/recording/scenario.ts';
import {homeOf} from '../harness/scenario/labels.ts';
import {awaitServiceAccount, createNamespace} from '../harness/scenario/namespace.ts';
import {removeRun, type Site} from '../harness/scenario/removal.ts';
import {rightText, type Right} from '../harness/target/access.ts';
import {Api, ApiError} from '../harness/target/api.ts';
import {budgets, callsAtOnce} from '../harness/timeouts.ts';
import {findTarget, type Reached, type TargetOptions} from './find-target.ts';
import {registerRun} from './living-runs.ts';
import {makeFolder} from './run-files.ts';
import {count, withTargetFlags} from './run.ts';
import {say, timed, warn} from './say.ts';
import {sweep} from './sweep.ts';
import {version} from './version.ts';

interface Flags extends Omit<TargetOptions, 'signal'> {
  readonly pods: number;
  readonly rate: number;
  readonly seconds: number;
  readonly inFlight: number;
  readonly recorders: number;
  readonly behind: boolean;
  readonly keepRecording: boolean;
  readonly output?: string;
  readonly timeoutScale: number;
}

/** How far back a watch may begin, s: the API server keeps changes for 75 s (watch_cache.go, eventFreshDuration). */
const longestBehind = 60;

const scenario: Scenario = {
  id: 'recorder-load',
  title: 'many Pods change their status',
  manifest: 'none',
  steps: [{do: 'wait', name: 'changes'}],
};

/** `rac bench recorder`: whether the recorder holds every change of a thousand Pods, played through a real API server. */
export function recorderBenchCommand(signal: AbortSignal): Command {
  return withTargetFlags(new Command('recorder'))
    .description('change the status of many Pods that no node runs, and tell whether the recorder holds every change')
    .option('--pods <count>', 'how many Pods', count, 1000)
    .option('--rate <count>', 'changes a second that this process has to take, by all recorders together', count, 1000)
    .option('--recorders <count>', 'how many recorders take each change, as a run has many', count, 1)
    .option('--seconds <count>', 'for how long', count, 30)
    .option('--in-flight <count>', 'requests that wait for their answer at a time, at most', count, 64)
    .option(
      '--behind',
      `let the recorders take the changes only when all are made, as after an outage; up to ${longestBehind} s of them`,
      false,
    )
    .option('--keep-recording', 'keep the recording also where it holds everything', false)
    .addHelpText('after', examples)
    .action(async (flags: Flags) => {
      const {pods, seconds, timeoutScale, behind} = flags;
      if (behind && seconds > longestBehind)
        throw new SuiteError('usage', `--behind takes changes of ${longestBehind} s at most, not of ${seconds}`, {
          next: 'ask for fewer with --seconds: the API server may have forgotten older ones',
        });
      const reached = await findTarget({...flags, signal});
      await requireRights(reached);
      const folder = makeFolder(flags.output);
      const id = Math.random().toString(36).slice(2, 8).padEnd(6, '0');
      using registered = new DisposableStack();
      registered.use(registerRun(id));
      const scaled = budgets(timeoutScale);
      const site = {api: reached.api, namespace: reached.namespace, may: reached.access.may, budgets: scaled};
      await sweep(site);
      const files = Array.from({length: flags.recorders}, (_, at) =>
        join(folder.recordings, `${scenario.id}-${at + 1}.ndjson`),
      );
      const result = await underLoad(reached, site, {...flags, id, files, signal}).finally(() => removeAll(site, id));
      writeFileSync(join(folder.path, recorderLoadFile), `${JSON.stringify(result, null, 2)}\n`);
      const cause = causeOf(result);
      if (cause !== 'failed' && !flags.keepRecording) for (const each of files) rmSync(each);
      say(`${pods} Pods for ${seconds} s: all figures are in ${join(folder.path, recorderLoadFile)}`);
      process.stdout.write(loadText(result));
      process.exitCode = exitCodes[cause];
    });
}

/** What a load needs beside the rights of every run. */
const rights: readonly Right[] = [
  ['create', 'pods'],
  ['list', 'pods'],
  ['watch', 'pods'],
  ['patch', 'pods', 'status'],
  ['list', 'events'],
  ['watch', 'events'],
];
const rightsOfOwnNamespace: readonly Right[] = [
  ...['create', 'list', 'watch', 'delete'].map(verb => [verb, 'namespaces'] as const),
  ...['list', 'watch'].map(verb => [verb, 'serviceaccounts'] as const),
];

async function requireRights({access, namespace}: Reached): Promise<void> {
  const missing = await access.missing([...rights, ...(namespace === undefined ? rightsOfOwnNamespace : [])]);
  await access.may(['deletecollection', 'pods']); // the clean-up goes by it, and after Ctrl-C nothing more can be asked
  if (missing.length === 0) return;
  throw new SuiteError('forbidden', `the user of this context may not: ${missing.map(rightText).join(', ')}`, {
    next: 'use a context whose user may; what changes the status of Pods is no right of a run',
  });
}

/** Removes what was made; what it can't remove costs no result. */
async function removeAll(site: Site, id: string): Promise<void> {
  const {left} = await removeRun(site, id).catch((error: unknown) => ({
    left: [`all of run ${id}, ${messageOf(error)}`],
  }));
  if (left.length > 0) warn(`not removed: ${left.join(', ')}`);
}

interface Asked extends Flags {
  readonly id: string;
  /** One for each recorder. */
  readonly files: readonly string[];
  readonly signal: AbortSignal;
}

const versionSchema = z.looseObject({gitVersion: z.string()});

/** How long the recorder has after the last answer, ms; how late it is then is what is measured. */
const patienceMs = 60_000;

/** How often the memory of this process is looked at while changes are made, ms. */
const sampleMs = 1000;

/** How often the event loop is looked at, ms; its delays are counted from there. */
const loopResolutionMs = 10;

/** The API without its watches, until it is let go: as where the connection to it is out. */
class HeldBack extends Api {
  readonly #gate = Promise.withResolvers<boolean>();

  letGo(): void {
    this.#gate.resolve(true);
  }

  override async stream(...[path, request]: Parameters<Api['stream']>): Promise<IncomingMessage> {
    const {signal} = request ?? {};
    signal?.throwIfAborted();
    if (path.includes('watch=true'))
      await Promise.race([this.#gate.promise, ...(signal === undefined ? [] : [once(signal, 'abort')])]);
    signal?.throwIfAborted();
    return super.stream(path, request);
  }
}

/**
 * Creates the Pods, records them while another process changes them, and compares.
 *
 * @throws SuiteError where the Pods can't be made, the API server doesn't answer, or the signal's reason
 */
async function underLoad({api, image}: Reached, site: Site, asked: Asked): Promise<LoadResult> {
  const {id, files, signal, seconds, inFlight} = asked;
  const rate = asked.rate / files.length;
  const home = homeOf(id, scenario.id, site.namespace);
  const {namespace, labels, prefix, shared} = home;
  const names = Array.from({length: asked.pods}, (_, at) => `${prefix}pod-${at + 1}`);
  const server = versionSchema.parse(await api.json('/version', {signal})).gitVersion;
  say(`creating ${names.length} Pods on Kubernetes ${server}`);
  await createPods(site, {...asked, names, home, image});
  const userAgent = `restart-all-containers-conformance/${version}`;
  const heldBack = new HeldBack(api.config, userAgent);
  const openRecorder = (file: string) =>
    Recorder.open({
      api: asked.behind ? heldBack : api,
      namespace,
      ...(shared ? {labels} : {}),
      file,
      header: {
        kind: 'header',
        format: formatVersion,
        suite: version,
        scenario,
        manifestSha256: '',
        pod: names[0] ?? '',
        containers: ['prepare', 'agent', 'worker'],
        ...(shared ? {prefix} : {}),
        server,
        image,
        startedAt: new Date().toISOString(),
      },
      budgets: {...site.budgets, confirm: {...site.budgets.confirm, ms: patienceMs}},
      signal,
    });
  const recorders: {readonly file: string; readonly recorder: Recorder; readonly beganMs: number}[] = [];
  const closeAll = (...[reason, text]: Parameters<Recorder['close']>): void => {
    for (const {recorder} of recorders) recorder.close(reason, text);
  };
  const kubeconfig = api.config.exportConfig();
  const order = {
    kubeconfig,
    userAgent,
    namespace,
    pods: names,
    rate,
    seconds,
    inFlight,
  };
  let measured: Measured;
  try {
    for (const file of files) {
      const recorder = await openRecorder(file);
      recorders.push({file, recorder, beganMs: performance.timeOrigin + performance.now() - recorder.now()});
    }
    say(`changing them for ${seconds} s`);
    const confirm = () => Promise.all(recorders.map(({recorder}) => recorder.confirm()));
    measured = await measure(async () => {
      const made = await load(order, signal);
      if (!asked.behind) return made;
      say(`${made.answers.length} changes are made; now the recorders take them`);
      heldBack.letGo();
      await confirm(); // what taking them costs is what is measured here
      return made;
    });
    if (!asked.behind) await confirm();
    closeAll('settled', 'all Pods were changed');
  } catch (error) {
    closeAll('interrupted', messageOf(error));
    throw error;
  }
  const {answers, refused, tookSeconds, ...loader} = measured.load;
  const reachedRate = tookSeconds === 0 ? 0 : answers.length / tookSeconds;
  const {result: held, ms: readMs} = await timed(() =>
    recorders.map(({file, beganMs}) => {
      const {observations} = readRecording(file); // one at a time, or all of them would have to fit
      return {
        comparison: compareWithAnswers(answers, observations),
        lags: asked.behind ? [] : lagsOf(answers, observations, beganMs),
        takenRate: asked.behind ? takenRateOf(observations) : reachedRate,
        lines: observations.length + 1,
      };
    }),
  );
  const lags = held.flatMap(({lags: its}) => its).toSorted((a, b) => a - b);
  const [least, p50, p99, max] = [lags[0], atShare(lags, 0.5), atShare(lags, 0.99), lags.at(-1)];
  return {
    suite: version,
    node: process.version,
    cores: availableParallelism(),
    server,
    pods: names.length,
    asked: {rate: asked.rate, seconds, inFlight},
    recorders: files.length,
    reachedRate,
    takenRate: Math.min(...held.map(({takenRate}) => takenRate)),
    behind: asked.behind,
    refused,
    comparison: together(held.map(({comparison}) => comparison)),
    lagMs:
      least === undefined || p50 === undefined || p99 === undefined || max === undefined
        ? undefined
        : {least, p50, p99, max},
    recorder: measured.recorder,
    loader,
    recording: {
      bytes: files.reduce((sum, file) => sum + statSync(file).size, 0),
      lines: held.reduce((sum, {lines}) => sum + lines, 0),
      readSeconds: readMs / 1000,
      rssMiB: mebibytes(process.memoryUsage.rss()),
    },
  };
}

/** Makes the namespace, unless the user named one, and the Pods in it. */
async function createPods(
  {api, budgets: {serviceAccount}}: Site,
  {id, names, home, image, signal}: Asked & {names: readonly string[]; home: ReturnType<typeof homeOf>; image: string},
): Promise<void> {
  const {namespace, labels, shared} = home;
  try {
    if (!shared) {
      await createNamespace(api, namespace, id, 'restricted', signal);
      await awaitServiceAccount(api, namespace, serviceAccount, signal);
    }
    await pLimit(callsAtOnce).map(names, async name => {
      signal.throwIfAborted();
      const body = loadPod(name, labels, image);
      await api.json(`/api/v1/namespaces/${namespace}/pods`, {method: 'POST', body, signal});
    });
  } catch (cause) {
    if (!(cause instanceof ApiError || cause instanceof OutOfPatience)) throw cause;
    throw new SuiteError('notRecorded', `the Pods can't be made: ${cause.message}`, {
      next: 'ask for fewer with --pods where a quota is in the way',
      cause,
    });
  }
}

interface Measured {
  readonly load: Load;
  readonly recorder: LoadResult['recorder'];
}

/** Looks at this process, which records, while another one changes Pods. */
async function measure(work: () => Promise<Load>): Promise<Measured> {
  const memory: LoadResult['recorder']['memory'][number][] = [];
  const began = performance.now();
  const look = (): void => {
    const {rss, heapUsed} = process.memoryUsage();
    const atSeconds = Math.round((performance.now() - began) / 100) / 10;
    memory.push({atSeconds, rssMiB: mebibytes(rss), heapMiB: mebibytes(heapUsed)});
  };
  look();
  const timer = setInterval(look, sampleMs);
  const loop = monitorEventLoopDelay({resolution: loopResolutionMs});
  const before = process.cpuUsage();
  loop.enable();
  try {
    const load = await work();
    const {user, system} = process.cpuUsage(before);
    look();
    const loopDelayMs = Math.max(0, Math.round(loop.max / 1e5) / 10 - loopResolutionMs);
    return {load, recorder: {cpuSeconds: (user + system) / 1e6, memory, loopDelayMs}};
  } finally {
    clearInterval(timer);
    loop.disable();
  }
}

/**
 * Has another process change the Pods, so that what that takes is not in the recorder's figures.
 *
 * @throws SuiteError what that process ended on, or the signal's reason
 */
async function load(order: Order, signal: AbortSignal): Promise<Load> {
  const loader = fileURLToPath(new URL('./bench-recorder-load.ts', import.meta.url));
  const flags = ['--disable-warning=ExperimentalWarning'];
  const child = await execa(process.execPath, [...flags, loader], {
    input: JSON.stringify(order),
    stderr: 'inherit',
    cancelSignal: signal,
    reject: false,
  });
  signal.throwIfAborted();
  if (child.failed) throw new Error(`the process that changes Pods failed: ${child.shortMessage ?? ''}`);
  const said = sayingSchema.parse(JSON.parse(child.stdout));
  if ('answers' in said) return said;
  throw new SuiteError(said.exit, said.message, said.next === undefined ? {} : {next: said.next});
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}

const examples = `
The Pods name a scheduler that is not there, so that no node runs them. The recording, some 5 kB a change, is removed where
it holds everything; one of more than 500 MB can not be read back.

Examples:
  rac bench recorder
  rac bench recorder --pods 200 --rate 300 --seconds 10
  rac bench recorder --recorders 8       1,000 a second are taken where the API server makes 125
  rac bench recorder --behind            one recorder takes them as fast as the API server sends them

Exit codes: 0 the recording holds every change once and in order, 1 it does not, 4 changes did not come at that
rate; 10 and up as rac run.
`;
