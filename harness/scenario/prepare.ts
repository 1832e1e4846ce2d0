import {OutOfPatience, type Recorder} from '../recorder/recorder.ts';
import {statusesOf, type Pod} from '../recording/pod.ts';
import type {Scenario} from '../recording/scenario.ts';
import type {Api} from '../target/api.ts';
import {disturbance, waitingFor} from './disturbance.ts';
import {differences} from './echo.ts';
import type {Manifest, ManifestObject} from './manifest.ts';
import {awaitServiceAccount} from './namespace.ts';
import {allUp, isAs, readyForStimulus} from './settled.ts';
import type {Subject} from './stimulus.ts';

/**
 * Creates a scenario's objects and waits until its Pod is as the first step needs it.
 *
 * @returns the scenario's Pod: the one of the manifest, or the one that another object made
 * @throws OutOfPatience where it doesn't get there, Error where an object was refused or not stored as sent
 */
export async function prepare(
  api: Api,
  recorder: Recorder,
  subject: Subject,
  {objects, owned}: Manifest,
  scenario: Scenario,
): Promise<Pod> {
  const {namespace, budgets, signal} = subject;
  await awaitServiceAccount(api, namespace, budgets.serviceAccount, signal);
  for (const object of objects) await create(api, namespace, object, signal);
  const fits = (pod: Pod): boolean => {
    const disturbed = disturbance(pod);
    if (disturbed !== undefined) throw new OutOfPatience(disturbed);
    return isReady(pod, scenario);
  };
  try {
    if (owned) {
      const made = await recorder.untilAny('a Pod is made', budgets.podReady, isFirst);
      recorder.follow(made.metadata.name);
    }
    return await recorder.until('the Pod is ready for the stimulus', budgets.podReady, fits);
  } catch (error) {
    if (!(error instanceof OutOfPatience)) throw error;
    throw new OutOfPatience(`${error.message}: ${waitingFor(recorder.pod)}`);
  }
}

/** Of an Indexed Job's Pods the one with index 0; of others any. */
function isFirst({metadata}: Pod): boolean {
  const index = metadata.labels?.['batch.kubernetes.io/job-completion-index'];
  return index === undefined || index === '0';
}

function isReady(pod: Pod, {ready, steps}: Scenario): boolean {
  if (ready !== undefined) return Object.entries(ready).every(([name, wanted]) => isAs(pod, name, wanted));
  const [first] = steps;
  if (first?.do === 'exit') return first.tells.every(({container}) => readyForStimulus(pod, container));
  return statusesOf(pod).length > 0 && allUp(pod);
}

async function create(api: Api, namespace: string, object: ManifestObject, signal: AbortSignal): Promise<void> {
  const group = object.apiVersion === 'v1' ? '/api/v1' : `/apis/${object.apiVersion}`;
  const stored = await api.json(`${group}/namespaces/${namespace}/${object.kind.toLowerCase()}s`, {
    method: 'POST',
    body: object,
    signal,
  });
  const {stringData, ...readable} = object; // stringData is write-only
  const changed = differences(readable, stored);
  if (changed.length > 0)
    throw new Error(`${object.kind} ${object.metadata.name} was not stored as sent: ${changed.join('; ')}`);
}
