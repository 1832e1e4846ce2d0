import {allUp} from '../recording/pod.ts';
import pLimit from 'p-limit';
import type {Recorder} from '../recorder/recorder.ts';
import type {Step} from '../recording/scenario.ts';
import {callsAtOnce} from '../timeouts.ts';
import {tellToExit, type Subject} from './stimulus.ts';

type Exit = Extract<Step, {do: 'exit'}>;

/**
 * Waits until all Pods that a step tells are up, where it tells others than the scenario's own: only what they are like then
 * shows later that they have restarted.
 *
 * @throws OutOfPatience where a Pod does not get up, or the signal's reason
 */
export async function awaitPods(recorder: Recorder, subject: Subject, step: Exit): Promise<void> {
  if (step.pods === undefined) return;
  const there = podsOf(step, recorder);
  await recorder.until(`${step.name}: the Pods are up`, subject.budgets.podReady, () => {
    const pods = new Map(recorder.pods.map(pod => [pod.metadata.name, pod]));
    return there.map(name => pods.get(name)).every(pod => pod !== undefined && allUp(pod));
  });
}

/**
 * Tells the same containers of several Pods to exit: each Pod so long after the step began as the step says, however long it
 * takes to tell all of them. A Pod for which the node has no room is not told.
 *
 * @throws the signal's reason
 */
export async function tellPods(recorder: Recorder, subject: Subject, step: Exit): Promise<void> {
  const {name: stepName, tells, apartSeconds = 0} = step;
  const there = podsOf(step, recorder);
  const began = recorder.now();
  await pLimit(callsAtOnce).map([...there.entries()], async ([at, pod]) => {
    const passed = (recorder.now() - began) / 1000;
    const left = tells.map(({afterSeconds = 0, ...told}) => {
      const seconds = Number((afterSeconds + at * apartSeconds - passed).toFixed(2));
      return seconds > 0 ? {...told, afterSeconds: seconds} : told;
    });
    await tellToExit(recorder, {...subject, pod}, stepName, ...left);
  });
}

/** The Pods that a step tells, of those that are there and stay. */
export function podsOf({pods = []}: Pick<Exit, 'pods'>, recorder: Recorder): readonly string[] {
  const staying = recorder.pods.filter(({metadata}) => metadata.deletionTimestamp === undefined);
  const there = new Set(staying.map(({metadata}) => metadata.name));
  return pods.map(name => recorder.nameInApi(name)).filter(name => there.has(name));
}
