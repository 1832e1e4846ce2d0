import {backOffOf} from '../recording/back-off.ts';
import {
  allUp,
  conditionOf,
  containersOf,
  isAnother,
  isUp,
  statusOf,
  type ContainerStatus,
  type Pod,
} from '../recording/pod.ts';
import type {Scenario} from '../recording/scenario.ts';
import {marks} from '../timeouts.ts';

/** Whether the Pod is as a stimulus needs it: the source runs and everything before it in start order is up or done. */
export function readyForStimulus(pod: Pod, source: string): boolean {
  const containers = containersOf(pod).filter(({kind}) => kind !== 'ephemeral');
  const at = containers.findIndex(({name}) => name === source);
  const kind = containers[at]?.kind;
  if (statusOf(pod, source)?.state.running === undefined) return false;
  return kind === 'init'
    ? containers.slice(0, at).every(each => isUp(pod, each))
    : containers.every(each => isUp(pod, each));
}

/**
 * Whether a restart of all containers is over: each has a container id that it did not have before, regular containers
 * and sidecars are ready, init containers have ended well, and the condition is not True.
 */
export function restartedAll(before: Pod, now: Pod): boolean {
  if (conditionOf(now, 'AllContainersRestarting')?.status === 'True') return false;
  return containersOf(now)
    .filter(({kind}) => kind !== 'ephemeral')
    .every(each => isUp(now, each) && isAnother(before, now, each.name));
}

/** Whether every container that had run has been started again, and the condition is not True. */
export function startedAgain(before: Pod, now: Pod): boolean {
  if (conditionOf(now, 'AllContainersRestarting')?.status === 'True') return false;
  return containersOf(before)
    .filter(({name, kind}) => kind !== 'ephemeral' && statusOf(before, name)?.containerID !== undefined)
    .every(({name}) => isAnother(before, now, name));
}

/** Whether the given containers run again, or have ended well again, and everything is up. */
export function restartedAlone(before: Pod, now: Pod, ...sources: readonly string[]): boolean {
  return sources.every(source => isAnother(before, now, source)) && allUp(now);
}

/** Whether each container has been restarted at least so many times since the Pod began. */
export function restartedOften(pod: Pod, times: number): boolean {
  return containersOf(pod)
    .filter(({kind}) => kind !== 'ephemeral')
    .every(({name}) => (statusOf(pod, name)?.restartCount ?? 0) >= times);
}

/** Whether some container has been started again. */
export function restartsSome(before: Pod, now: Pod): boolean {
  return containersOf(now).some(({name, kind}) => kind !== 'ephemeral' && isAnother(before, now, name));
}

/** How a container can be before a step. */
export type ContainerCondition = NonNullable<Scenario['ready']>[string];

/** Whether a container is as a scenario needs it before its first step. */
export function isAs(pod: Pod, name: string, wanted: ContainerCondition): boolean {
  const status = statusOf(pod, name);
  if (status === undefined) return false;
  const {running, terminated, waiting} = status.state;
  switch (wanted) {
    case 'running':
      return running !== undefined;
    case 'ready':
      return running !== undefined && status.ready;
    case 'done':
      return terminated?.exitCode === 0;
    case 'waiting':
      return waiting !== undefined;
    case 'crashed':
      return isInBackOff(status);
  }
}

/**
 * Whether a container waits to be started by its own policy, for so long yet that a restart of all comes before. The kubelet
 * may show CrashLoopBackOff only when that time is over, so that it is not waited for.
 */
function isInBackOff(status: ContainerStatus): boolean {
  const backOff = backOffOf(status);
  if (backOff === undefined) return false;
  const passedMs = Math.max(0, Date.now() - Date.parse(backOff.since));
  const isOtherClock = passedMs > marks.otherClock.ms + backOff.lastsMs;
  return backOff.lastsMs - (isOtherClock ? 0 : passedMs) >= marks.backOffLeft.ms;
}
