import {z} from 'zod';
import type {Recorder} from '../recorder/recorder.ts';
import {statusOf} from '../recording/pod.ts';
import type {Api} from '../target/api.ts';
import type {Subject} from './stimulus.ts';

/** Name of the ephemeral container that every scenario adds before its stimulus. */
export const debuggerName = 'debugger';

const storedSchema = z.looseObject({
  spec: z.looseObject({ephemeralContainers: z.array(z.looseObject({name: z.string()})).default([])}),
});

/**
 * Adds an ephemeral container to the Pod and waits until it runs. It ends at once on SIGTERM, so that one that goes on
 * was not told to end.
 */
export async function addDebugger(
  api: Api,
  recorder: Recorder,
  {namespace, pod, budgets, signal}: Subject,
  image: string,
): Promise<void> {
  const container = {
    name: debuggerName,
    image,
    command: ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 1 & wait $!; done'],
    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: ['ALL']}},
  };
  const stored = await api.json(`/api/v1/namespaces/${namespace}/pods/${pod}/ephemeralcontainers`, {
    method: 'PATCH',
    contentType: 'application/strategic-merge-patch+json',
    body: {spec: {ephemeralContainers: [container]}},
    signal,
  });
  if (!storedSchema.parse(stored).spec.ephemeralContainers.some(({name}) => name === debuggerName)) {
    throw new Error('the API server took the ephemeral container and did not store it');
  }
  await recorder.until('the ephemeral container runs', budgets.ephemeralRunning, now => {
    return statusOf(now, debuggerName)?.state.running !== undefined;
  });
}
