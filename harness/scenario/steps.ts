import {OutOfPatience, type Recorder} from '../recorder/recorder.ts';
import {conditionOf, statusesOf, statusOf, type Pod} from '../recording/pod.ts';
import type {Scenario, Step, Until} from '../recording/scenario.ts';
import type {Timeline} from '../recording/timeline.ts';
import {ApiError, type Api} from '../target/api.ts';
import {exec} from '../target/exec.ts';
import type {Budget} from '../timeouts.ts';
import {addDebugger} from './debugger.ts';
import {deletedByController, disturbance, waitingFor} from './disturbance.ts';
import type {NodeAccess} from './node-access.ts';
import {allAvailable, jobIs, type Watched} from './owners.ts';
import {allUp, restartedAll, restartedAlone, restartsSome} from './settled.ts';
import {readJournal, tellToExit, type Subject} from './stimulus.ts';

/** How a recording ended. */
export type Ending = Pick<Timeline['end'], 'reason' | 'text'>;

/** Where the steps of a scenario are taken. */
export interface Stage {
  readonly api: Api;
  readonly recorder: Recorder;
  readonly subject: Subject;
  readonly image: string;
  readonly nodes: NodeAccess | undefined;
}

/** Where the steps stand: the Pod before containers were last told to exit, and which. */
interface Position {
  readonly before: Pod;
  readonly told: readonly string[];
}

/**
 * Takes a scenario's steps one after the other, each when what the one before waits for has come, and watches on for a
 * while after the last.
 *
 * @param pod the scenario's Pod as it is before the first step
 * @returns how it ended: `out-of-patience` where something did not come, and no later step was taken
 * @throws the signal's reason, or what the API server or the node refused
 */
export async function takeSteps(stage: Stage, {steps}: Scenario, pod: Pod): Promise<Ending> {
  const {recorder, subject} = stage;
  let position: Position = {before: pod, told: []};
  for (const step of steps) {
    if (step.do === 'exit') {
      await readJournal(recorder, subject);
      position = {before: recorder.pod ?? pod, told: step.tells.map(({container}) => container)};
    }
    await take(stage, step);
    const late = await settle(stage, step, position);
    if (late !== undefined) return {reason: 'out-of-patience', text: late};
  }
  const last = steps.at(-1);
  if (last !== undefined && 'until' in last && last.until !== 'gone' && last.until !== 'time is over')
    await watchOn(recorder, subject.budgets.quiet);
  return {reason: 'settled', text: 'everything came that was waited for'};
}

async function take(stage: Stage, step: Step): Promise<void> {
  const {api, recorder, subject, image, nodes} = stage;
  const {namespace, signal} = subject;
  const pod = recorder.pod;
  const name = pod?.metadata.name ?? subject.pod;
  recorder.add({kind: 'step', name: step.name, does: step.do});
  const at = {...subject, pod: name};
  switch (step.do) {
    case 'exit':
      for (const told of step.tells) await tellToExit(recorder, at, step.name, told);
      return;
    case 'debug':
      await addDebugger(api, recorder, at, image, step.container);
      return;
    case 'delete':
      await api.json(`/api/v1/namespaces/${namespace}/pods/${name}`, {method: 'DELETE', signal});
      return;
    case 'previous log':
      await readPreviousLog(stage, step, name);
      return;
    case 'node': {
      const node = pod?.spec.nodeName;
      if (nodes === undefined || node === undefined) throw new Error('no access to the node');
      const text = await nodes.act(node, step.action, {namespace, name}, signal);
      recorder.add({kind: 'node', node, action: step.action, text});
      return;
    }
    case 'run': {
      const {container, command} = step;
      await exec(at.open, {...at, container, command, timeoutMs: at.budgets.exec.ms});
      return;
    }
    case 'wait':
  }
}

/** Asks for the log of a container's previous run, as `kubectl logs --previous` does. */
async function readPreviousLog(
  {api, recorder, subject}: Stage,
  {name, container}: Extract<Step, {do: 'previous log'}>,
  pod: string,
): Promise<void> {
  const query = new URLSearchParams({container, previous: 'true'});
  const path = `/api/v1/namespaces/${subject.namespace}/pods/${pod}/log?${query.toString()}`;
  try {
    recorder.add({kind: 'answer', name, code: 200, body: await api.text(path, {signal: subject.signal})});
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    recorder.add({kind: 'answer', name, code: error.code, body: error.message});
  }
}

/**
 * Waits for what a step waits for.
 *
 * @returns what did not come in time
 */
async function settle(stage: Stage, step: Step, position: Position): Promise<string | undefined> {
  if (!('until' in step) || step.until === undefined) return undefined;
  const {recorder, subject} = stage;
  const {until, seconds} = step;
  const budget: Budget =
    case 'request':
    case 'read gates':
      throw new Error('requests are steps of a scenario of requests');
    seconds === undefined ? subject.budgets.restart : {...subject.budgets.restart, ms: seconds * 1000};
  if (until === 'time is over') {
    await watchOn(recorder, budget);
    return undefined;
  }
  try {
    await recorder.until(`${step.name}: ${until}`, budget, pod => {
      if (deletedByController(pod, until)) throw new OutOfPatience('the Pod was deleted');
      const disturbed = disturbance(pod, until);
      if (disturbed !== undefined) throw new Error(`${disturbed} during the restart: ${waitingFor(pod)}`);
      return hasCome(until, stage, position, pod);
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof OutOfPatience)) throw error;
    return `${error.message}; ${waitingFor(recorder.pod)}`;
  }
}

function hasCome(
  until: Exclude<Until, 'time is over'>,
  {recorder}: Stage,
  {before, told}: Position,
  pod: Pod,
): boolean {
  const restarting = (at: Pod) => conditionOf(at, 'AllContainersRestarting');
  const watched: Watched = kind => recorder.objects(kind);
  const moved = restarting(pod)?.lastTransitionTime !== restarting(before)?.lastTransitionTime;
  switch (until) {
    case 'restarted':
      return restartedAll(before, pod);
    case 'restarted alone':
      return restartedAlone(before, pod, ...told);
    case 'exited':
      return told.every(name => statusOf(pod, name)?.state.terminated !== undefined);
    case 'raised':
      return restarting(pod)?.status === 'True' || moved;
    case 'lowered':
      return restarting(pod)?.status !== 'True' && moved;
    case 'starting':
      return restartsSome(before, pod);
    case 'ended':
      return pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
    case 'gone':
      return recorder.gone;
    case 'job ended':
      return jobIs(watched, 'Complete', 'Failed');
    case 'job failed':
      return jobIs(watched, 'Failed');
    case 'available':
      return allAvailable(watched);
    case 'image missing':
      return statusesOf(pod).some(({state}) =>
        ['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull'].includes(state.waiting?.reason ?? ''),
      );
    case 'up':
      return allUp(pod);
  }
}

/** Lets the recording go on for a while. */
async function watchOn(recorder: Recorder, budget: Budget): Promise<void> {
  await recorder
    .until('a change after that', budget, () => false)
    .catch((error: unknown) => {
      if (!(error instanceof OutOfPatience)) throw error;
    });
}
    case 'scheduled':
      return pod.spec.nodeName !== undefined;
    case 'unschedulable':
      return conditionOf(pod, 'PodScheduled')?.reason === 'Unschedulable';
