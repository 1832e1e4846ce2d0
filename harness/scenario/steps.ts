import pLimit from 'p-limit';
import {OutOfPatience, type Recorder} from '../recorder/recorder.ts';
import {allUp, conditionOf, controllerOf, hasEnded, statusesOf, statusOf, type Pod} from '../recording/pod.ts';
import type {Scenario, Step, Until} from '../recording/scenario.ts';
import type {Target} from '../recording/target.ts';
import type {Timeline} from '../recording/timeline.ts';
import {ApiError, type Api} from '../target/api.ts';
import {exec} from '../target/exec.ts';
import {callsAtOnce, type Budget} from '../timeouts.ts';
import {addDebugger} from './debugger.ts';
import type {ManifestObject} from './manifest.ts';
import {recreate} from './recreation.ts';
import {awaitPods, podsOf, tellPods} from './several-pods.ts';
import {deletedByController, disturbance, waitingFor} from './disturbance.ts';
import type {NodeAccess} from './node-access.ts';
import {actOnNode} from './node-step.ts';
import {allAvailable, jobIs, type Watched} from './owners.ts';
import {resizeContainer} from './resize.ts';
import {restartedAll, restartedAlone, restartedOften, restartsSome, startedAgain} from './settled.ts';
import {awaitJournal, readJournal, readJournals, tellToExit, type Subject} from './stimulus.ts';

/** How a recording ended. */
export type Ending = Pick<Timeline['end'], 'reason' | 'text'>;

/** Where the steps of a scenario are taken. */
export interface Stage {
  readonly api: Api;
  readonly recorder: Recorder;
  readonly subject: Subject;
  readonly image: string;
  /** The scenario's Pod as it was sent, or what makes it. */
  readonly own: ManifestObject;
  readonly nodes: NodeAccess | undefined;
  readonly target: Target;
  /** Whether the scenario disturbs the node. */
  readonly disturbs: boolean;
}

/** Where the steps stand: the Pod before containers were last told to exit, and which, with those that follow them. */
interface Position {
  readonly before: Pod;
  readonly told: readonly string[];
  /** The same of the other Pods that were told. */
  readonly others?: readonly Omit<Position, 'others'>[];
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
    if (mayBeLast(step)) await awaitJournal(recorder, subject);
    else if (step.do === 'exit' && toldNone(position)) await readJournal(recorder, subject);
    if (step.do === 'recreate') await readJournals(recorder, subject, podsOf(step, recorder));
    if (step.do === 'exit') {
      const slow = await inTime(stage, position, () => awaitPods(recorder, subject, step));
      if (slow !== undefined) return {reason: 'out-of-patience', text: slow};
      position = positionBefore(step, recorder, pod);
    }
    const late = (await inTime(stage, position, () => take(stage, step))) ?? (await settle(stage, step, position));
    if (late !== undefined) return {reason: 'out-of-patience', text: late};
  }
  const last = steps.at(-1);
  if (last !== undefined && 'until' in last && last.until !== 'gone' && last.until !== 'time is over')
    await watchOn(recorder, subject.budgets.quiet);
  return {reason: 'settled', text: 'everything came that was waited for'};
}

/** Whether no container has been told to exit yet. */
function toldNone({told, others = []}: Position): boolean {
  return told.length + others.length === 0;
}

/** Whether the journal may be out of reach after a step; each reading is one more command that the node runs. */
function mayBeLast(step: Step): boolean {
  if (step.do === 'exit') return !['restarted', 'restarted alone', 'started again'].includes(step.until ?? '');
  return (step.do === 'delete' && step.atOnce !== true) || step.do === 'recreate';
}

function positionBefore(step: Extract<Step, {do: 'exit'}>, recorder: Recorder, pod: Pod): Position {
  const {tells, follow = []} = step;
  const before = recorder.pod ?? pod;
  const told = [...tells.map(({container}) => container), ...follow];
  const everywhere = tells.some(({everyPod}) => everyPod === true);
  if (step.pods !== undefined) {
    const names = podsOf(step, recorder);
    const pods = recorder.pods.filter(({metadata}) => names.includes(metadata.name) && metadata !== before.metadata);
    return {
      before,
      told: names.includes(before.metadata.name) ? told : [],
      others: pods.map(each => ({before: each, told})),
    };
  }
  const others = everywhere ? recorder.pods.filter(each => each.metadata.name !== before.metadata.name) : [];
  return {before, told, others: others.filter(each => !hasEnded(each)).map(other => ({before: other, told}))};
}

/**
 * Does what a step is about.
 *
 * @returns what did not come in time, where containers had been told to exit before: the restart may be to blame for that
 * @throws OutOfPatience where none had, so that the scenario has not begun
 */
async function inTime(stage: Stage, position: Position, work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!(error instanceof OutOfPatience) || toldNone(position)) throw error;
    return `${error.message}; ${waitingFor(stage.recorder.pod)}`;
  }
}

async function take(stage: Stage, step: Step): Promise<void> {
  const {api, recorder, subject, image} = stage;
  const {namespace, signal} = subject;
  const pod = recorder.pod;
  const name = pod?.metadata.name ?? subject.pod;
  recorder.add({kind: 'step', name: step.name, does: step.do});
  const at = {...subject, pod: name};
  switch (step.do) {
    case 'exit':
      if (step.pods !== undefined) {
        await tellPods(recorder, subject, step);
        return;
      }
      await tellToExit(recorder, at, step.name, ...step.tells);
      await tellOthers(recorder, at, step);
      return;
    case 'recreate':
      await recreate({...stage, subject: at}, step);
      return;
    case 'debug':
      await addDebugger(api, recorder, at, image, step);
      return;
    case 'delete':
      await api.json(`/api/v1/namespaces/${namespace}/pods/${name}`, {method: 'DELETE', signal});
      return;
    case 'resize':
      await resizeContainer(api, recorder, at, step);
      return;
    case 'previous log':
      await readPreviousLog(stage, step, name);
      return;
    case 'node':
      await actOnNode({...stage, subject: at}, step, pod);
      return;
    case 'run': {
      const {container, command, pods} = step;
      const named = pods === undefined ? [name] : podsOf({pods}, recorder);
      await pLimit(callsAtOnce).map(named, async each => {
        const text = await exec(at.open, {...at, pod: each, container, command, timeoutMs: at.budgets.exec.ms});
        recorder.add({kind: 'output', step: step.name, container, text});
      });
      return;
    }
    case 'request':
    case 'read gates':
      throw new Error('requests are steps of a scenario of requests');
    case 'wait':
  }
}

/** Tells the containers of every other Pod that the manifest made, where the step is for those too. */
async function tellOthers(recorder: Recorder, subject: Subject, {name, tells}: Extract<Step, {do: 'exit'}>) {
  const theirs = tells.filter(({everyPod}) => everyPod === true);
  if (theirs.length === 0) return;
  for (const {metadata} of recorder.pods.filter(each => each.metadata.name !== subject.pod))
    await tellToExit(recorder, {...subject, pod: metadata.name}, name, ...theirs);
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
    seconds === undefined ? subject.budgets.restart : {...subject.budgets.restart, ms: seconds * 1000};
  if (until === 'time is over') {
    const restarts = step.do === 'wait' ? (step.restarts ?? Infinity) : Infinity;
    await watchOn(recorder, budget, pod => hasEnded(pod) || restartedOften(pod, restarts));
    return undefined;
  }
  try {
    await recorder.until(`${step.name}: ${until}`, budget, pod => {
      if (deletedByController(pod, until)) throw new OutOfPatience('the Pod was deleted');
      refuseDisturbed(pod, until, stage.disturbs);
      const others = position.others ?? [];
      const waited = position.told.length === 0 && others.length > 0 ? others : [position, ...others];
      return waited.every(each => {
        const {name} = each.before.metadata;
        const now = each === position ? pod : recorder.podNamed(name);
        if (now !== undefined && now !== pod) refuseDisturbed(now, until, stage.disturbs);
        return now !== undefined && hasCome(until, stage, each, now);
      });
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof OutOfPatience)) throw error;
    return `${error.message}; ${waitingFor(recorder.pod)}`;
  }
}

function refuseDisturbed(pod: Pod, until: Until, disturbs: boolean): void {
  const disturbed = disturbance(pod, until, disturbs);
  if (disturbed !== undefined) throw new Error(`${disturbed} during the restart: ${waitingFor(pod)}`);
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
    case 'restarted alone or ended':
      return restartedAlone(before, pod, ...told) || hasEnded(pod);
    case 'started again':
      return startedAgain(before, pod);
    case 'exited':
      return told.every(name => statusOf(pod, name)?.state.terminated !== undefined);
    case 'raised':
      return restarting(pod)?.status === 'True' || moved;
    case 'lowered':
      return restarting(pod)?.status !== 'True' && moved;
    case 'starting':
      return restartsSome(before, pod);
    case 'ended':
      return hasEnded(pod);
    case 'restarted or ended':
      return restartedAll(before, pod) || hasEnded(pod);
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
    case 'replaced by another': {
      const controller = controllerOf(before)?.uid;
      return recorder.pods.some(
        other => other.metadata.uid !== before.metadata.uid && controllerOf(other)?.uid === controller && allUp(other),
      );
    }
    case 'replaced':
      return pod.metadata.uid !== before.metadata.uid && allUp(pod);
    case 'scheduled':
      return pod.spec.nodeName !== undefined;
    case 'unschedulable':
      return conditionOf(pod, 'PodScheduled')?.reason === 'Unschedulable';
  }
}

/** Lets the recording go on for a while, or until nothing can follow any more. */
async function watchOn(recorder: Recorder, budget: Budget, over: (pod: Pod) => boolean = () => false): Promise<void> {
  await recorder.until('a change after that', budget, over).catch((error: unknown) => {
    if (!(error instanceof OutOfPatience)) throw error;
  });
}
