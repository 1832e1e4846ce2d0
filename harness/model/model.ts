import {laws as promised, type Laws} from './laws.ts';
import type {Exit, ModelContainer, ModelPod} from './pod.ts';

/** How a container is when its Pod has settled. */
export interface ContainerState {
  readonly state: 'waiting' | 'running' | 'ended';
  /** Runs so far. Each has a container id of its own, and restartCount is the runs after the first. */
  readonly runs: number;
  /** Codes with which an ended container may have ended. */
  readonly codes: readonly number[];
}

export type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

/** How a Pod is when it has settled. */
export interface PodState {
  readonly phase: Phase;
  /** All its containers have ended for good, or wait for ever. */
  readonly over: boolean;
  readonly containers: ReadonlyMap<string, ContainerState>;
}

/** What an exit leads to. */
export interface Prediction {
  readonly exit: Exit;
  /** `restart all`: AllContainersRestarting goes True once. `stay`: the container has ended for good. */
  readonly action: 'restart all' | 'restart' | 'stay';
  readonly before: PodState;
  readonly after: PodState;
}

/** Codes of a container that the kubelet ends: it exits with 143 on SIGTERM, or SIGKILL came first. */
const endedCodes = [143, 137];

/**
 * How a Pod has settled after its creation: containers start in order, each init container ends before the next one starts,
 * and an init container that waits holds up what follows it (KEP-5532, Proposal; pod-lifecycle, "Init containers").
 */
export function startUp(pod: ModelPod, laws: Laws = promised): PodState {
  return settle(pod, new Map(pod.containers.map(({name}) => [name, {state: 'waiting', runs: 0, codes: []}])), laws);
}

/**
 * What a Pod does when one of its containers exits while it has settled.
 *
 * @param laws the rules of the documents; a test puts in wrong ones
 * @throws Error where that container does not run, so that it can't be told
 */
export function predict(pod: ModelPod, before: PodState, exit: Exit, laws: Laws = promised): Prediction {
  const container = pod.containers.find(({name}) => name === exit.container);
  if (container === undefined || stateOf(before, exit.container).state !== 'running') {
    throw new Error(`${exit.container} does not run, so it can't exit`);
  }
  const action = actionOf(pod, container, exit.code, laws);
  const ended = new Map(before.containers);
  ended.set(exit.container, {...stateOf(before, exit.container), state: 'ended', codes: [exit.code]});
  return {exit, action, before, after: settle(pod, follow(pod, container, action, ended, laws), laws)};
}

/** What each exit of a story leads to, in order. */
export function predictAll(pod: ModelPod, exits: readonly Exit[], laws: Laws = promised): readonly Prediction[] {
  const predictions: Prediction[] = [];
  let state = startUp(pod, laws);
  for (const exit of exits) {
    const prediction = predict(pod, state, exit, laws);
    predictions.push(prediction);
    state = prediction.after;
  }
  return predictions;
}

/** The state of one container. */
export function stateOf({containers}: PodState, name: string): ContainerState {
  const state = containers.get(name);
  if (state === undefined) throw new Error(`the Pod has no container ${name}`);
  return state;
}

/** restartCount of a container: its runs after the first. */
export function restartCount({runs}: ContainerState): number {
  return Math.max(runs - 1, 0);
}

type States = Map<string, ContainerState>;

/** The first rule that matches decides; without one the policy (KEP-5307, Proposal). */
function actionOf(pod: ModelPod, container: ModelContainer, code: number, laws: Laws): Prediction['action'] {
  switch (laws.ruleFor(container, code)?.action) {
    case 'RestartAllContainers':
      return 'restart all';
    case 'Restart':
      return 'restart';
    case undefined:
      return laws.restartsBy(laws.policyOf(pod, container), container, code) ? 'restart' : 'stay';
  }
}

function follow(
  pod: ModelPod,
  container: ModelContainer,
  action: Prediction['action'],
  states: States,
  laws: Laws,
): States {
  if (action === 'stay') return states;
  const again = pod.containers.filter(each => {
    const {runs, state} = current(states, each);
    if (action === 'restart') return each === container;
    return runs > 0 && laws.startsAgain(each, state === 'ended');
  });
  for (const each of again) states.set(each.name, {...current(states, each), state: 'waiting', codes: []});
  return states;
}

/** Starts what is to start, as far as it goes, and ends the Pod where nothing keeps it going. */
function settle(pod: ModelPod, states: States, laws: Laws): PodState {
  const failed = pod.containers.some(each => {
    const {state, codes} = current(states, each);
    return state === 'ended' && codes.some(code => laws.failsPod(each, code));
  });
  if (failed) return over(pod, states, 'Failed');
  for (const each of pod.containers) {
    const now = current(states, each);
    if (now.state === 'waiting') states.set(each.name, started(each, now));
    if (each.kind === 'init' && current(states, each).state === 'running') {
      return {phase: 'Pending', over: false, containers: states};
    }
  }
  if (pod.containers.some(each => laws.keepsPodGoing(each, current(states, each).state === 'ended'))) {
    return {phase: 'Running', over: false, containers: states};
  }
  // The exit codes of sidecars don't count (KEP-753, "Pod phase").
  const regular = pod.containers.filter(({kind}) => kind === 'regular').map(each => current(states, each));
  return over(pod, states, regular.every(({codes}) => codes.every(code => code === 0)) ? 'Succeeded' : 'Failed');
}

function started({kind, waits = false}: ModelContainer, {runs}: ContainerState): ContainerState {
  const runsOn = kind !== 'init' || (waits && runs === 0);
  return runsOn ? {state: 'running', runs: runs + 1, codes: []} : {state: 'ended', runs: runs + 1, codes: [0]};
}

/** What still runs is ended by the kubelet; what has not run yet never will (KEP-753, "Pod termination"). */
function over(pod: ModelPod, states: States, phase: Phase): PodState {
  for (const {name} of pod.containers) {
    const now = states.get(name);
    if (now?.state === 'running') states.set(name, {...now, state: 'ended', codes: endedCodes});
  }
  return {phase, over: true, containers: states};
}

function current(states: States, {name}: ModelContainer): ContainerState {
  return states.get(name) ?? {state: 'waiting', runs: 0, codes: []};
}
