import {conditionOf, controllerOf, statusesOf, type Pod} from '../recording/pod.ts';
import type {Until} from '../recording/scenario.ts';

/** Reasons of a waiting container that only the user can mend. */
export const hopeless = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'CreateContainerConfigError',
]);

/**
 * What ended or stopped the Pod from outside or in the runtime, so that nothing can be said about its restart.
 *
 * @param awaited what the scenario itself brings about
 * @param disturbs whether the scenario disturbs the node, so that a container which can't be started is for the checks to judge
 * @returns undefined where nothing did
 */
export function disturbance(pod: Pod, awaited?: Until, disturbs = false): string | undefined {
  if (pod.metadata.deletionTimestamp !== undefined && !mayGo(awaited)) return 'the Pod was deleted';
  if (conditionOf(pod, 'DisruptionTarget')?.status === 'True') return 'the Pod was evicted';
  const stuck = statusesOf(pod).find(
    ({state}) =>
      (hopeless.has(state.waiting?.reason ?? '') && awaited !== 'image missing') ||
      (state.terminated?.reason === 'StartError' && !disturbs),
  );
  return stuck === undefined ? undefined : `${stuck.name} could not be started`;
}

/**
 * Whether a Pod that a controller made is being deleted, and was not evicted: what a controller does at the restart of its
 * Pod is for the checks to judge.
 */
export function deletedByController(pod: Pod, awaited: Until): boolean {
  return (
    pod.metadata.deletionTimestamp !== undefined &&
    controllerOf(pod) !== undefined &&
    conditionOf(pod, 'DisruptionTarget')?.status !== 'True' &&
    !mayGo(awaited)
  );
}

function mayGo(awaited: Until | undefined): boolean {
  return ['gone', 'job failed', 'replaced', 'replaced by another'].includes(awaited ?? '');
}

/** The containers that do not run, each with its state, in one line. */
export function waitingFor(pod: Pod | undefined): string {
  if (pod === undefined) return 'the Pod was never seen';
  const idle = statusesOf(pod).filter(({state}) => state.running === undefined && state.terminated?.exitCode !== 0);
  const states = idle.map(({name, state}) => {
    const text =
      state.terminated === undefined ? (state.waiting?.reason ?? 'no state') : `exited ${state.terminated.exitCode}`;
    return `${name}: ${text}${state.waiting?.message === undefined ? '' : ` (${state.waiting.message})`}`;
  });
  return states.length === 0
    ? `phase ${pod.status.phase ?? 'unknown'}, all containers run or are done`
    : states.join(', ');
}
