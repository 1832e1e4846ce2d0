import type {Recorder} from '../recorder/recorder.ts';
import {statusOf} from '../recording/pod.ts';
import type {Step} from '../recording/scenario.ts';
import type {Api} from '../target/api.ts';
import type {Subject} from './stimulus.ts';

/**
 * Changes the CPU limit of a running container in place (Resize CPU and Memory Resources assigned to Containers) and waits
 * until its status says that the container has it.
 *
 * @throws OutOfPatience where it does not come to that, ApiError where the API server refuses it
 */
export async function resizeContainer(
  api: Api,
  recorder: Recorder,
  {namespace, pod, budgets, signal}: Subject,
  {container, cpu}: Extract<Step, {do: 'resize'}>,
): Promise<void> {
  await api.json(`/api/v1/namespaces/${namespace}/pods/${pod}/resize`, {
    method: 'PATCH',
    contentType: 'application/strategic-merge-patch+json',
    body: {spec: {containers: [{name: container, resources: {limits: {cpu}}}]}},
    signal,
  });
  await recorder.until('the container has its new resources', budgets.restart, now => {
    return statusOf(now, container)?.resources?.limits?.['cpu'] === cpu;
  });
}
