import {conditionOf, statusOf, type ContainerStatus, type Pod} from '../recording/pod.ts';
import {restartCount, startUp, stateOf, type Prediction} from './model.ts';
import type {ModelPod} from './pod.ts';

/** Something that was seen and may not be, in words. */
export interface Disagreement {
  /** Which exit it follows, such as `main1 exits with 88`. */
  readonly after: string;
  readonly expected: string;
  readonly saw: string;
}

/** One exit as it was seen: the last version of the Pod before the container was told, and all until the next was. */
export interface SeenExit {
  readonly before: Pod;
  readonly versions: readonly Pod[];
}

/** What is wrong with how a Pod has settled after its creation. */
export function startDisagreements(pod: ModelPod, seen: Pod): readonly Disagreement[] {
  const start = startUp(pod);
  const after = 'its creation';
  return [
    ...differ(after, 'phase', start.phase, seen.status.phase ?? 'none'),
    ...pod.containers.flatMap(({name}) => {
      const state = stateOf(start, name);
      const status = statusOf(seen, name);
      return [
        ...differ(after, name, state.state, stateName(status)),
        ...differ(after, `restartCount of ${name}`, String(restartCount(state)), String(status?.restartCount ?? 0)),
      ];
    }),
  ];
}

/**
 * What no version of the Pod may show after an exit: a count that falls or goes too far, a container id too many, a terminal
 * phase of a Pod that is not over, another UID, AllContainersRestarting True where all are not restarted or for a second time.
 */
export function pathDisagreements(prediction: Prediction, {before, versions}: SeenExit): readonly Disagreement[] {
  const told = toldOf(prediction);
  const wrong: Disagreement[] = [];
  const say = (expected: string, saw: string): void => {
    wrong.push({after: told, expected, saw});
  };
  const {phase, over} = prediction.after;
  const uid = versions.find(({metadata}) => metadata.uid !== before.metadata.uid);
  if (uid !== undefined) say('the Pod keeps its UID', 'another UID');
  for (const seen of new Set(versions.map(({status}) => status.phase ?? 'none'))) {
    const terminal = seen === 'Succeeded' || seen === 'Failed';
    if (terminal && !(over && seen === phase)) say(`phase ${over ? phase : 'neither Succeeded nor Failed'}`, seen);
  }
  const periods = truePeriods(before, versions);
  const allowed = prediction.action === 'restart all' ? 1 : 0;
  if (periods > allowed) say(`AllContainersRestarting True ${timesIn(allowed)}`, `True ${timesIn(periods)}`);
  for (const name of prediction.after.containers.keys()) {
    wrong.push(...containerPath(prediction, name, before, versions));
  }
  return wrong;
}

/**
 * What is wrong with how the Pod has settled after an exit.
 *
 * @param server gitVersion of the API server
 */
export function endDisagreements(
  prediction: Prediction,
  {before, versions}: SeenExit,
  server: string,
): readonly Disagreement[] {
  const told = toldOf(prediction);
  const last = versions.at(-1) ?? before;
  const wrong = [...differ(told, 'phase', prediction.after.phase, last.status.phase ?? 'none')];
  for (const name of prediction.after.containers.keys()) wrong.push(...containerEnd(prediction, name, before, last));
  wrong.push(...lastCodeDisagreement(prediction, last, server));
  const condition = conditionOf(last, 'AllContainersRestarting');
  if (condition?.status === 'True') {
    wrong.push({after: told, expected: 'AllContainersRestarting False', saw: 'True'});
  } else if (prediction.action === 'restart all' && truePeriods(before, versions) === 0) {
    // A True that was followed by a False before it was sent is seen by the time of the last change alone.
    const was = conditionOf(before, 'AllContainersRestarting')?.lastTransitionTime;
    if (condition === undefined || condition.lastTransitionTime === was) {
      wrong.push({after: told, expected: 'AllContainersRestarting True once', saw: 'never True'});
    }
  }
  return wrong;
}

/** Whether a container was seen to end since it was told: it has ended, or runs under another id. */
export function hasExited({exit}: Prediction, before: Pod, now: Pod): boolean {
  const status = statusOf(now, exit.container);
  return status?.state.running === undefined || status.containerID !== statusOf(before, exit.container)?.containerID;
}

/** An exit in words. */
export function toldOf({exit}: Pick<Prediction, 'exit'>): string {
  return `${exit.container} exits with ${exit.code}`;
}

function containerPath(
  prediction: Prediction,
  name: string,
  before: Pod,
  versions: readonly Pod[],
): readonly Disagreement[] {
  const told = toldOf(prediction);
  const from = stateOf(prediction.before, name);
  const to = stateOf(prediction.after, name);
  const wrong: Disagreement[] = [];
  const counts = [before, ...versions].map(pod => statusOf(pod, name)?.restartCount ?? 0);
  const highest = Math.max(...counts);
  if (counts.some((count, at) => count < (counts[at - 1] ?? 0))) {
    wrong.push({after: told, expected: `restartCount of ${name} never falls`, saw: 'it fell'});
  }
  if (highest > restartCount(to)) {
    wrong.push({after: told, expected: `restartCount of ${name} at most ${restartCount(to)}`, saw: String(highest)});
  }
  const ids = new Set(versions.flatMap(pod => statusOf(pod, name)?.containerID ?? []));
  ids.delete(statusOf(before, name)?.containerID ?? '');
  const more = to.runs - from.runs;
  if (ids.size > more) {
    wrong.push({after: told, expected: `${name} is started again ${timesIn(more)}`, saw: timesIn(ids.size)});
  }
  return wrong;
}

function containerEnd(prediction: Prediction, name: string, before: Pod, last: Pod): readonly Disagreement[] {
  const told = toldOf(prediction);
  const from = stateOf(prediction.before, name);
  const to = stateOf(prediction.after, name);
  const status = statusOf(last, name);
  const wrong = [
    ...differ(told, name, to.state, stateName(status)),
    ...differ(told, `restartCount of ${name}`, String(restartCount(to)), String(status?.restartCount ?? 0)),
  ];
  const startedAgain = idOf(last, name) !== idOf(before, name);
  const shouldStart = to.runs > from.runs;
  if (startedAgain !== shouldStart) {
    const text = (yes: boolean): string => `${name} ${yes ? 'has a new' : 'keeps its'} container id`;
    wrong.push({after: told, expected: text(shouldStart), saw: text(startedAgain)});
  }
  const code = status?.state.terminated?.exitCode;
  if (to.state === 'ended' && code !== undefined && !to.codes.includes(code)) {
    wrong.push({after: told, expected: `${name} ended with ${to.codes.join(' or ')}`, saw: String(code)});
  }
  return wrong;
}

/**
 * A container that was started again alone shows how its last run ended (API reference, ContainerStatus). Not asked of an init
 * container: its earlier runs are removed when the next container starts.
 */
function lastCodeDisagreement(prediction: Prediction, last: Pod, server: string): readonly Disagreement[] {
  const {action, exit, after} = prediction;
  if (action !== 'restart' || stateOf(after, exit.container).state !== 'running') return [];
  const code = statusOf(last, exit.container)?.lastState.terminated?.exitCode;
  if (code === undefined && server.startsWith('v1.35.')) return []; // left out at times, seen at 1.35.4 alone
  return differ(toldOf({exit}), `lastState of ${exit.container}`, `ended with ${exit.code}`, codeText(code));
}

function codeText(code: number | undefined): string {
  return code === undefined ? 'empty' : `ended with ${code}`;
}

/** How often AllContainersRestarting went True. */
function truePeriods(before: Pod, versions: readonly Pod[]): number {
  const isTrue = [before, ...versions].map(pod => conditionOf(pod, 'AllContainersRestarting')?.status === 'True');
  return isTrue.filter((now, at) => now && at > 0 && isTrue[at - 1] !== true).length;
}

function stateName(status: ContainerStatus | undefined): string {
  if (status?.state.running !== undefined) return 'running';
  return status?.state.terminated === undefined ? 'waiting' : 'ended';
}

function idOf(pod: Pod, name: string): string {
  return statusOf(pod, name)?.containerID ?? '';
}

function differ(after: string, what: string, expected: string, saw: string): readonly Disagreement[] {
  return expected === saw ? [] : [{after, expected: `${what} ${expected}`, saw}];
}

function timesIn(count: number): string {
  return count === 0 ? 'not at all' : count === 1 ? 'once' : `${count} times`;
}
