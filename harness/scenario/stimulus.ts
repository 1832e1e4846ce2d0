import pLimit from 'p-limit';
import {messageOf} from '../errors.ts';
import {exec, type OpenExec} from '../target/exec.ts';
import {callsAtOnce, type Budgets} from '../timeouts.ts';
import type {Recorder} from '../recorder/recorder.ts';
import type {Step} from '../recording/scenario.ts';
import type {Home} from './labels.ts';
import {hasEnded} from './settled.ts';

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
  const now = recorder.pods.find(({metadata}) => metadata.name === pod);
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
 */
export async function readJournal(recorder: Recorder, subject: Subject): Promise<void> {
  const pod = recorder.pods.find(({metadata}) => metadata.name === subject.pod);
  const another = recorder.pod === pod ? {} : {pod: subject.pod};
  const statuses = pod === undefined ? [] : [...pod.status.containerStatuses, ...pod.status.initContainerStatuses];
  let why = 'no container runs through which it could be read';
  for (const {name: container} of statuses.filter(({state}) => state.running !== undefined)) {
    const askedAtMs = recorder.now();
    const command = ['cat', '/proc/uptime', '/journal/log'];
    try {
      recorder.addJournal(
        await exec(subject.open, {...subject, container, command, timeoutMs: subject.budgets.exec.ms}),
        askedAtMs,
        pod,
      );
      return;
    } catch (error) {
      if (subject.signal.aborted) throw error;
      why = String(error);
    }
  }
  recorder.add({kind: 'gap', resource: 'journal', why, ...another});
}

/** Reads the journals of Pods other than the subject, as `readJournal` does. */
export async function readJournals(recorder: Recorder, subject: Subject, pods: Iterable<string>): Promise<void> {
  const others = [...pods].filter(pod => pod !== subject.pod);
  await pLimit(callsAtOnce).map(others, pod => readJournal(recorder, {...subject, pod}));
}
