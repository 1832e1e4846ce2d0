import {z} from 'zod';
import type {Recorder} from '../recorder/recorder.ts';
import {statusOf} from '../recording/pod.ts';
import type {Step} from '../recording/scenario.ts';
import type {Api} from '../target/api.ts';
import type {Subject} from './stimulus.ts';

const storedSchema = z.looseObject({
  spec: z.looseObject({ephemeralContainers: z.array(z.looseObject({name: z.string()})).default([])}),
});

/**
 * Adds an ephemeral container to the Pod and waits until it runs, or has ended where it does so by itself. One that runs ends
 * at once on SIGTERM, so that one that goes on was not told to end.
 */
export async function addDebugger(
  api: Api,
  recorder: Recorder,
  {namespace, pod, budgets, signal}: Subject,
  image: string,
  {container: name, ends = false}: Extract<Step, {do: 'debug'}>,
): Promise<void> {
  const container = {
    name,
    image,
    command: ['sh', '-c', ends ? 'sleep 1' : 'trap "exit 0" TERM; while :; do sleep 1 & wait $!; done'],
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
  await recorder.until(`the ephemeral container ${ends ? 'ends' : 'runs'}`, budgets.ephemeralRunning, now => {
    const {running, terminated} = statusOf(now, name)?.state ?? {};
    return (ends ? terminated : running) !== undefined;
  });
}
