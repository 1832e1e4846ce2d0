import {z} from 'zod';
import {exitCodes, type ExitCause} from '../errors.ts';
import type {Observation} from '../recording/observation.ts';

/** Name of the file with what came of it, in its folder. */
export const recorderLoadFile = 'recorder-load.json';

/** What the process that changes Pods is told, as JSON on its standard input. */
export const orderSchema = z.strictObject({
  /** A whole kubeconfig: it holds what the user has to show, so it is on no command line and in no file. */
  kubeconfig: z.string(),
  userAgent: z.string(),
  namespace: z.string(),
  pods: z.array(z.string()).min(1),
  /** Changes a second, of all Pods together. */
  rate: z.number().positive(),
  seconds: z.number().positive(),
  /** Requests that wait for their answer at a time, at most. */
  inFlight: z.int().positive(),
});

export type Order = z.infer<typeof orderSchema>;

const answerSchema = z.strictObject({
  pod: z.string(),
  /** Version of the Pod that the change made. */
  resourceVersion: z.string(),
  /** When the answer was there, ms since the epoch on the clock of performance.timeOrigin. */
  atMs: z.number(),
});

/** A change that the API server has made. */
export type ChangeAnswer = z.infer<typeof answerSchema>;

/** What that process says at its end, as JSON on its standard output. */
export const sayingSchema = z.union([
  z.strictObject({
    answers: z.array(answerSchema),
    /** Changes that the API server refused, by what it said. */
    refused: z.record(z.string(), z.int().positive()),
    /** From the first request until the last answer. */
    tookSeconds: z.number().nonnegative(),
    cpuSeconds: z.number().nonnegative(),
    peakRssMiB: z.number().nonnegative(),
  }),
  /** It could not go on, for what a SuiteError names. */
  z.strictObject({exit: z.enum(namesOf(exitCodes)), message: z.string(), next: z.string().optional()}),
]);

export type Saying = z.infer<typeof sayingSchema>;
export type Load = Extract<Saying, {answers: unknown}>;

function namesOf(codes: typeof exitCodes): [ExitCause, ...ExitCause[]] {
  const isCause = (name: string): name is ExitCause => Object.hasOwn(codes, name);
  return ['internal', ...Object.keys(codes).filter(isCause)];
}

/** What of a Pod's own is sent, like the Pods of manifests/: an init container, a sidecar that may exit, a worker. */
export function loadPod(
  name: string,
  labels: Readonly<Record<string, string>>,
  image: string,
): {readonly apiVersion: string; readonly kind: string} & Record<string, unknown> {
  const securityContext = {allowPrivilegeEscalation: false, capabilities: {drop: ['ALL']}};
  const container = {image, command: ['sleep', 'infinity'], securityContext};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name, labels},
    spec: {
      schedulerName: 'rac-nobody', // no node gets it, so nothing else changes it
      restartPolicy: 'Always',
      automountServiceAccountToken: false,
      securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: 'RuntimeDefault'}},
      initContainers: [
        {...container, name: 'prepare', command: ['true']},
        {...container, name: 'agent', restartPolicy: 'Always'},
      ],
      containers: [{...container, name: 'worker'}],
    },
  };
}

/** Statuses that make up one restart: the condition is raised, all have ended, all run, all are ready. */
const stages = 4;

/**
 * The status of a Pod after so many changes, as the kubelet reports restarts of all its containers; each is another than the
 * one before.
 *
 * @param at RFC 3339, to the second
 */
export function statusAfter(changes: number, at: string): object {
  const stage = changes % stages;
  const restarts = Math.floor(changes / stages);
  const ids = stage < 2 ? restarts : restarts + 1;
  const id = (name: string, of: number): string =>
    `containerd://${Buffer.from(`${name}-${of}`).toString('hex').padEnd(64, '0')}`;
  const ended = (name: string, exitCode: number) => ({
    terminated: {
      exitCode,
      reason: exitCode === 0 ? 'Completed' : 'Error',
      startedAt: at,
      finishedAt: at,
      containerID: id(name, restarts),
    },
  });
  const status = (name: string, exitCode: number) => {
    const over = stage === 1 || (stage === 0 && name === 'agent');
    const up = !over && (stage !== 2 || name !== 'worker');
    return {
      name,
      image: 'busybox:1',
      imageID: `docker.io/library/busybox@sha256:${'0'.repeat(64)}`,
      containerID: id(name, ids),
      restartCount: stage < 2 ? restarts : restarts + 1,
      ready: up,
      started: up,
      state: over ? ended(name, exitCode) : {running: {startedAt: at}},
      lastState: restarts === 0 && stage < 2 ? {} : ended(name, exitCode),
    };
  };
  const done = {...status('prepare', 0), ready: true, started: false, state: ended('prepare', 0)};
  const condition = (type: string, holds: boolean, more: object = {}) => ({
    type,
    status: holds ? 'True' : 'False',
    lastProbeTime: null,
    lastTransitionTime: at,
    ...more,
  });
  return {
    phase: 'Running',
    startTime: at,
    conditions: [
      condition('AllContainersRestarting', stage < 2, {reason: 'ContainerExited', message: `change ${changes}`}),
      condition('PodReadyToStartContainers', true),
      condition('Initialized', stage !== 1),
      condition('Ready', stage === 3),
      condition('ContainersReady', stage === 3),
    ],
    initContainerStatuses: [done, status('agent', 88)],
    containerStatuses: [status('worker', 137)],
  };
}

/** Whether a recording holds what was changed. */
export interface Comparison {
  /** Changes that the API server answered. */
  readonly made: number;
  /** Versions that the recording does not hold, as POD VERSION. */
  readonly lost: readonly string[];
  /** Those that it holds more than once. */
  readonly repeated: readonly string[];
  /** Those that stand after a newer one. */
  readonly disordered: readonly string[];
  /** Versions of those Pods that none of these changes made. */
  readonly others: number;
  /** What the recorder itself says that it missed. */
  readonly gaps: readonly string[];
}

/**
 * Compares a recording with the changes that were made: each must be there once, and in the order in which the API server
 * made them. The versions of one kind of object are counted up by the API server (KEP-5504).
 */
export function compareWithAnswers(answers: readonly ChangeAnswer[], observations: readonly Observation[]): Comparison {
  const changed = observations.flatMap(o => (o.kind === 'pod' && o.type === 'MODIFIED' ? [o.object.metadata] : []));
  const key = (name: string, version: string): string => `${name} ${version}`;
  const made = new Set(answers.map(({pod, resourceVersion}) => key(pod, resourceVersion)));
  const times = new Map<string, number>();
  const disordered: string[] = [];
  let newest = 0;
  for (const {name, resourceVersion} of changed) {
    const its = key(name, resourceVersion);
    times.set(its, (times.get(its) ?? 0) + 1);
    if (Number(resourceVersion) < newest) disordered.push(its);
    newest = Math.max(newest, Number(resourceVersion));
  }
  return {
    made: made.size,
    lost: [...made].filter(each => !times.has(each)),
    repeated: [...times].flatMap(([each, count]) => (count > 1 ? [each] : [])),
    disordered,
    others: [...times.keys()].filter(each => !made.has(each)).length,
    gaps: observations.flatMap(o => (o.kind === 'gap' ? [`${o.resource}: ${o.why}`] : [])),
  };
}

/** What several recorders hold, each of which had to take every change. */
export function together(comparisons: readonly Comparison[]): Comparison {
  return {
    made: comparisons.reduce((sum, {made}) => sum + made, 0),
    lost: comparisons.flatMap(({lost}) => lost),
    repeated: comparisons.flatMap(({repeated}) => repeated),
    disordered: comparisons.flatMap(({disordered}) => disordered),
    others: comparisons.reduce((sum, {others}) => sum + others, 0),
    gaps: comparisons.flatMap(({gaps}) => gaps),
  };
}

/**
 * How long after the answer to a change the recorder had it, ms, in ascending order; below 0 where the watch was quicker than
 * the answer. Changes that the recording does not hold have none.
 *
 * @param beganMs when the recording began, ms since the epoch on the clock of the answers
 */
export function lagsOf(
  answers: readonly ChangeAnswer[],
  observations: readonly Observation[],
  beganMs: number,
): readonly number[] {
  const recorded = new Map(
    observations.flatMap(o =>
      o.kind === 'pod' ? [[o.object.metadata.resourceVersion, o.atMs + beganMs] as const] : [],
    ),
  );
  return answers
    .flatMap(({resourceVersion, atMs}) => {
      const at = recorded.get(resourceVersion);
      return at === undefined ? [] : [at - atMs];
    })
    .toSorted((a, b) => a - b);
}

/** What came of a load, as it is kept in recorder-load.json. */
export interface LoadResult {
  readonly suite: string;
  readonly node: string;
  readonly cores: number;
  readonly server: string;
  readonly pods: number;
  readonly asked: {readonly rate: number; readonly seconds: number; readonly inFlight: number};
  /** How many recorders took each change. */
  readonly recorders: number;
  /** Changes a second that the API server made. */
  readonly reachedRate: number;
  /** Changes a second that each recorder took. */
  readonly takenRate: number;
  /** Whether the recorders had no watch until all changes were made, and then took them as fast as the API server sends. */
  readonly behind: boolean;
  readonly refused: Load['refused'];
  readonly comparison: Comparison;
  /** After the answer, ms. */
  readonly lagMs:
    {readonly least: number; readonly p50: number; readonly p99: number; readonly max: number} | undefined;
  readonly recorder: {
    /** Processor time of the recorder's process while changes were made. */
    readonly cpuSeconds: number;
    /** Before any change, then once a second. */
    readonly memory: readonly {readonly atSeconds: number; readonly rssMiB: number; readonly heapMiB: number}[];
    /** How long its event loop was busy at most when something was due, ms. */
    readonly loopDelayMs: number;
  };
  readonly loader: {readonly cpuSeconds: number; readonly peakRssMiB: number};
  readonly recording: {
    readonly bytes: number;
    readonly lines: number;
    readonly readSeconds: number;
    /** What the process holds once it is read. */
    readonly rssMiB: number;
  };
}

/** As reached counts a rate that is so much of what was asked for. */
const reachedShare = 0.95;

/**
 * Changes a second from the first that a recording holds to the last.
 *
 * @returns 0 where there are not two
 */
export function takenRateOf(observations: readonly Observation[]): number {
  const times = observations.flatMap(o => (o.kind === 'pod' && o.type === 'MODIFIED' ? [o.atMs] : []));
  const [first, last] = [times[0], times.at(-1)];
  return first === undefined || last === undefined || first === last ? 0 : ((times.length - 1) * 1000) / (last - first);
}

/**
 * What a load says: `failed` where something was lost, came twice or out of order; `undecided` where changes did not come as
 * fast as was asked, so that it says nothing of that rate.
 */
export function causeOf({comparison, takenRate, recorders, asked}: LoadResult): 'ok' | 'failed' | 'undecided' {
  const {lost, repeated, disordered, gaps, made} = comparison;
  if ([lost, repeated, disordered, gaps].some(({length}) => length > 0)) return 'failed';
  return made === 0 || takenRate * recorders < reachedShare * asked.rate ? 'undecided' : 'ok';
}

/** What a load came to, for people. */
export function loadText(result: LoadResult): string {
  const {
    pods,
    asked,
    recorders,
    reachedRate,
    takenRate,
    behind,
    refused,
    comparison,
    lagMs,
    recorder,
    loader,
    recording,
  } = result;
  const {made, lost, repeated, disordered, others, gaps} = comparison;
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  const peak = recorder.memory.reduce((most, {rssMiB}) => Math.max(most, rssMiB), 0);
  const [before, last] = [recorder.memory[0], recorder.memory.at(-1)];
  const row = (what: string, text: string): string => `  ${what.padEnd(20)}${text}`;
  const some = (what: string, list: readonly string[]): readonly string[] =>
    list.length === 0
      ? []
      : [row(what, `${list.length}: ${list.slice(0, 3).join('; ')}${list.length > 3 ? '; ...' : ''}`)];
  const lines = [
    `Recorder of suite ${result.suite} on Node ${result.node}, ${result.cores} cores; Kubernetes ${result.server}`,
    row('Pods', `${pods}, up to ${asked.inFlight} changed at a time`),
    row('changes', `${made / recorders} made, ${reachedRate.toFixed(0)} a second, for ${asked.seconds} s`),
    row(
      'taken',
      `${(takenRate * recorders).toFixed(0)} a second of ${asked.rate} asked for, by ${recorders} recorder(s)${behind ? ', once all were made' : ''}`,
    ),
    ...Object.entries(refused).map(([why, times]) => row('refused', `${times} times: ${why}`)),
    row('in the recording', lost.length === 0 ? 'every one' : `${made - lost.length} of ${made}`),
    ...some('lost', lost),
    ...some('twice', repeated),
    ...some('out of order', disordered),
    ...some('gaps', gaps),
    ...(others === 0 ? [] : [row('of others', `${others} changes`)]),
    ...(lagMs === undefined
      ? []
      : [
          row(
            'after the answer',
            `p50 ${ms(lagMs.p50)}, p99 ${ms(lagMs.p99)}, most ${ms(lagMs.max)}, least ${ms(lagMs.least)}`,
          ),
        ]),
    row(
      'recorder',
      `${recorder.cpuSeconds.toFixed(1)} s of processor time, event loop late by ${ms(recorder.loopDelayMs)} at most`,
    ),
    row(
      'its memory',
      `RSS ${before?.rssMiB ?? 0} MiB before, ${peak} MiB at most; heap ${before?.heapMiB ?? 0} MiB before, ${last?.heapMiB ?? 0} MiB in the end`,
    ),
    row('loader', `${loader.cpuSeconds.toFixed(1)} s of processor time, ${loader.peakRssMiB} MiB at most`),
    row('recording', `${(recording.bytes / 1e6).toFixed(1)} MB, ${recording.lines} lines`),
    row('reading it back', `${recording.readSeconds.toFixed(1)} s, RSS ${recording.rssMiB} MiB then`),
  ];
  const cause = causeOf(result);
  if (cause === 'undecided')
    lines.push(`Undecided: changes did not come so fast that ${asked.rate} a second had to be taken.`);
  if (cause === 'failed') lines.push('Failed: the recording does not hold each change once and in order.');
  return `${lines.join('\n')}\n`;
}
