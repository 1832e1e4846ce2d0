import pLimit from 'p-limit';
import {messageOf} from '../errors.ts';
import {exec, type OpenExec} from '../target/exec.ts';
import {callsAtOnce, type Budgets} from '../timeouts.ts';
import type {Recorder} from '../recorder/recorder.ts';
import {conditionOf, hasEnded, statusesOf, type Pod} from '../recording/pod.ts';
import type {Step} from '../recording/scenario.ts';
import type {Home} from './labels.ts';

/** The Pod that a scenario works on. */
export interface Subject {
  readonly open: OpenExec;
  readonly home: Home;
  readonly namespace: string;
  readonly pod: string;
  readonly budgets: Budgets;
  readonly signal: AbortSignal;
}

type Told = Extract<Step, {do: 'exit'}>['tells'][number];

/** The exit code of a container that ends by a signal: 128 and its number. */
const killed = 137;

/**
 * Tells containers to exit, through the pipes that they read on the journal volume; each is told once, and never again. One
 * command in the last of them tells all, so that they exit at once. That container takes the command's shell with
 * it, so that the command may end badly though it was told: that is noted, and whether it exited is for the recording to say.
 *
 * @param subject the Pod; nothing is done in one that has ended, which is noted
 * @param step the step that it is part of
 * @throws the signal's reason
 */
export async function tellToExit(
  recorder: Recorder,
  subject: Subject,
  step: string,
  ...tells: readonly Told[]
): Promise<void> {
  const {pod} = subject;
  const names = tells.map(({container}) => container).join(' and ');
  const now = recorder.podNamed(pod);
  if (now !== undefined && hasEnded(now)) {
    recorder.add({kind: 'note', text: `${names} is not told to exit: ${pod} has ended`});
    return;
  }
  const another = pod === recorder.pod?.metadata.name ? {} : {pod};
  const lines = tells.map(({container, code, afterSeconds}) => {
    recorder.add({kind: 'stimulus', step, container, code: typeof code === 'number' ? code : killed, ...another});
    const pipe = `/journal/${container}.in`;
    const text = `${code} ${afterSeconds ?? ''}`.trimEnd();
    return `until [ -p ${pipe} ]; do sleep 0.05; done; echo ${text} > ${pipe}`;
  });
  const container = tells.at(-1)?.container ?? '';
  const command = ['sh', '-c', lines.join('; ')];
  try {
    await exec(subject.open, {...subject, container, command, timeoutMs: subject.budgets.exec.ms});
  } catch (error) {
    subject.signal.throwIfAborted();
    recorder.add({kind: 'note', text: `the command that tells ${names} to exit ended badly: ${messageOf(error)}`});
  }
}

/**
 * Reads the journal through one of the Pod's running containers into the recording: the next one, where a container ends
 * meanwhile. Where none can be used, the recording says so and goes on: what needs the journal is then Inconclusive.
 *
 * @throws the signal's reason
 */
export async function readJournal(recorder: Recorder, subject: Subject): Promise<void> {
  const why = await readThrough(recorder, subject, recorder.podNamed(subject.pod));
  if (why !== undefined) addGap(recorder, subject, why);
}

/**
 * As `readJournal`, and during a restart of all through a container that starts. For what is read before another step: where a
 * restart's patience is over, a wait could come to the kubelet's periodic resync, which would hide what did not come.
 *
 * @throws the signal's reason
 */
export async function awaitJournal(recorder: Recorder, subject: Subject): Promise<void> {
  const {pod: name, budgets, signal} = subject;
  const begunMs = recorder.now();
  for (;;) {
    const pod = recorder.podNamed(name);
    const why = await readThrough(recorder, subject, pod);
    if (why === undefined) return;
    const now = recorder.podNamed(name);
    const leftMs = budgets.readable.ms - (recorder.now() - begunMs);
    // A container that runs by the newest status may have ended; the next one tells.
    const isStale = pod !== undefined && runningIn(pod).length > 0;
    const isOn = now !== undefined && isRestarting(now);
    const ms = isOn ? leftMs : isStale ? Math.min(leftMs, budgets.quiet.ms) : 0;
    const another = (next: Pod): boolean =>
      next.metadata.name === name && next !== pod && (runningIn(next).length > 0 || !isRestarting(next));
    const waiting = (): Promise<Pod> => recorder.untilAny('the journal', {...budgets.readable, ms}, another);
    if (ms > 0 && (await comes(waiting(), signal))) continue;
    addGap(recorder, subject, why);
    return;
  }
}

function addGap(recorder: Recorder, {pod}: Subject, why: string): void {
  const another = pod === recorder.pod?.metadata.name ? {} : {pod};
  recorder.add({kind: 'gap', resource: 'journal', why, ...another});
}

/** Whether what is waited for comes; a watch that failed is told of where the recording is closed. */
async function comes(waiting: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  try {
    await waiting;
    return true;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

/** Reasons for which a container waits that is to start without a back-off. */
const beforeStart = new Set(['PodInitializing', 'ContainerCreating']);

/** Whether its containers are about to run again; the condition is lowered when they are gone, before they do. */
function isRestarting(pod: Pod): boolean {
  if (pod.metadata.deletionTimestamp !== undefined || hasEnded(pod)) return false;
  const waits = statusesOf(pod).some(({state: {waiting}, restartCount}) => {
    const {reason = ''} = waiting ?? {};
    return reason === 'RestartingAllContainers' || (restartCount > 0 && beforeStart.has(reason));
  });
  return waits || conditionOf(pod, 'AllContainersRestarting')?.status === 'True';
}

/** The containers through which a journal can be read, the regular ones first. */
function runningIn({status}: Pod): readonly string[] {
  const statuses = [...status.containerStatuses, ...status.initContainerStatuses];
  return statuses.filter(({state}) => state.running !== undefined).map(({name}) => name);
}

/** Reads a Pod's journal through the first of its containers that lets it, and gives why none did. */
async function readThrough(recorder: Recorder, subject: Subject, pod: Pod | undefined): Promise<string | undefined> {
  let why = 'no container runs through which it could be read';
  for (const container of pod === undefined ? [] : runningIn(pod)) {
    const askedAtMs = recorder.now();
    const command = ['cat', '/proc/uptime', '/journal/log'];
    try {
      recorder.addJournal(
        await exec(subject.open, {...subject, container, command, timeoutMs: subject.budgets.exec.ms}),
        askedAtMs,
        pod,
      );
      return undefined;
    } catch (error) {
      subject.signal.throwIfAborted();
      why = String(error);
    }
  }
  return why;
}

/** Reads the journals of Pods other than the subject, as `readJournal` does. */
export async function readJournals(recorder: Recorder, subject: Subject, pods: Iterable<string>): Promise<void> {
  const others = [...pods].filter(pod => pod !== subject.pod);
  await pLimit(callsAtOnce).map(others, pod => readJournal(recorder, {...subject, pod}));
}
