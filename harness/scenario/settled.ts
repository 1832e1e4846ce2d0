import {conditionOf, containersOf, statusOf, type Pod, type PodContainer} from '../recording/pod.ts';

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

/** Whether the source alone runs again, or has ended well, and everything is up. */
export function restartedAlone(before: Pod, now: Pod, source: string): boolean {
  return (
    isAnother(before, now, source) && containersOf(now).every(each => each.kind === 'ephemeral' || isUp(now, each))
  );
}

function isUp(pod: Pod, {name, kind}: PodContainer): boolean {
  const status = statusOf(pod, name);
  if (kind === 'init') return status?.state.terminated?.exitCode === 0;
  return status?.state.running !== undefined && status.ready;
}

function isAnother(before: Pod, now: Pod, name: string): boolean {
  const id = statusOf(now, name)?.containerID;
  return id !== undefined && id !== statusOf(before, name)?.containerID;
}
