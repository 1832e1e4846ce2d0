import {marks} from '../timeouts.ts';
import type {ContainerStatus} from './pod.ts';

/** The back-off in which a container that crashed waits to be started again by its own policy. */
export interface BackOff {
  readonly lastsMs: number;
  /** When the crash was, by the node's clock, as the API writes times. */
  readonly since: string;
}

/**
 * The back-off that a container is in, or was in when it was due; undefined where it is in none, or how long that lasts is not
 * known. The kubelet may show CrashLoopBackOff only when the time is over. So a container that waited as Pod Lifecycle has
 * it ("Container restarts": 10 s, 20 s, 40 s) before the run that has crashed is taken to do so after it.
 */
export function backOffOf({state, lastState, restartCount}: ContainerStatus): BackOff | undefined {
  const {waiting, terminated} = state;
  const ended = terminated ?? lastState.terminated;
  const since = ended?.finishedAt ?? undefined;
  if (since === undefined || ended?.exitCode === 0) return undefined;
  if (terminated === undefined) {
    const [, minutes = 0, seconds] = /^back-off (?:(\d+)m)?(\d+)s /.exec(waiting?.message ?? '') ?? [];
    if (seconds === undefined) return undefined;
    return {lastsMs: (Number(minutes) * 60 + Number(seconds)) * 1000, since};
  }
  const waitedMs = Date.parse(terminated.startedAt ?? '') - Date.parse(lastState.terminated?.finishedAt ?? '');
  if (!(waitedMs >= marks.leastBackOff.ms)) return undefined;
  return {lastsMs: marks.firstBackOff.ms * 2 ** (restartCount - 1), since};
}
