import {z} from 'zod';
import type {Recorder} from '../recorder/recorder.ts';
import {statusOf} from '../recording/pod.ts';
import type {Api} from '../target/api.ts';
import type {Subject} from './stimulus.ts';

const storedSchema = z.looseObject({
  spec: z.looseObject({ephemeralContainers: z.array(z.looseObject({name: z.string()})).default([])}),
});

/**
 * Adds an ephemeral container to the Pod and waits until it runs. It ends at once on SIGTERM, so that one that goes on
 * was not told to end.
 *
 * @param name of the ephemeral container
 */
export async function addDebugger(
  api: Api,
  recorder: Recorder,
  {namespace, pod, budgets, signal}: Subject,
  image: string,
  name: string,
): Promise<void> {
  const container = {
    name,
    image,
    command: ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 1 & wait $!; done'],
    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: ['ALL']}},
  };
  const answer = await api.json(`/api/v1/namespaces/${namespace}/pods/${pod}/ephemeralcontainers`, {
    method: 'PATCH',
    contentType: 'application/strategic-merge-patch+json',
    body: {spec: {ephemeralContainers: [container]}},
    signal,
  });
  if (!storedSchema.parse(answer).spec.ephemeralContainers.some(added => added.name === name)) {
    throw new Error('the API server took the ephemeral container and did not store it');
  }
  await recorder.until('the ephemeral container runs', budgets.ephemeralRunning, now => {
    return statusOf(now, name)?.state.running !== undefined;
  });
}
