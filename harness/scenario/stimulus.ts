import {messageOf} from '../errors.ts';
import {exec, type OpenExec} from '../target/exec.ts';
import type {Budgets} from '../timeouts.ts';
import type {Recorder} from '../recorder/recorder.ts';
import type {Step} from '../recording/scenario.ts';

/** The Pod that a scenario works on. */
export interface Subject {
  readonly open: OpenExec;
  readonly namespace: string;
  readonly pod: string;
  readonly budgets: Budgets;
  readonly signal: AbortSignal;
}

type Told = Extract<Step, {do: 'exit'}>['tells'][number];

/** The exit code of a container that ends by a signal: 128 and its number. */
const killed = 137;

/**
 * Tells a container to exit, through the pipe that it reads on the journal volume; it is told once, and never again. The
 * container takes the command's shell with it, so that the command may end badly though the container was told: that is
 * noted, and whether the container exited is for the recording to say.
 *
 * @param step the step that it is part of
 * @throws the signal's reason
 */
export async function tellToExit(
  recorder: Recorder,
  subject: Subject,
  step: string,
  {container, code, afterSeconds}: Told,
): Promise<void> {
  recorder.add({kind: 'stimulus', step, container, code: typeof code === 'number' ? code : killed});
  const pipe = `/journal/${container}.in`;
  const told = `${code} ${afterSeconds ?? ''}`.trimEnd();
  const command = ['sh', '-c', `until [ -p ${pipe} ]; do sleep 0.05; done; echo ${told} > ${pipe}`];
  try {
    await exec(subject.open, {...subject, container, command, timeoutMs: subject.budgets.exec.ms});
  } catch (error) {
    subject.signal.throwIfAborted();
    recorder.add({kind: 'note', text: `the command that tells ${container} to exit ended badly: ${messageOf(error)}`});
  }
}

/**
 * Reads the journal through one of the Pod's running containers into the recording. Where that can't be done, the recording
 * says so and goes on: what needs the journal is then Inconclusive.
 */
export async function readJournal(recorder: Recorder, subject: Subject): Promise<void> {
  const {pod} = recorder;
  const statuses = pod === undefined ? [] : [...pod.status.containerStatuses, ...pod.status.initContainerStatuses];
  const reader = statuses.find(({state}) => state.running !== undefined)?.name;
  if (reader === undefined) {
    recorder.add({kind: 'gap', resource: 'journal', why: 'no container runs through which it could be read'});
    return;
  }
  const askedAtMs = recorder.now();
  const command = ['cat', '/proc/uptime', '/journal/log'];
  try {
    const text = await exec(subject.open, {...subject, container: reader, command, timeoutMs: subject.budgets.exec.ms});
    recorder.addJournal(text, askedAtMs);
  } catch (error) {
    if (subject.signal.aborted) throw error;
    recorder.add({kind: 'gap', resource: 'journal', why: String(error)});
  }
}
