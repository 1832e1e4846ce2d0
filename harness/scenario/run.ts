import {join} from 'node:path';
import {messageOf, SuiteError} from '../errors.ts';
import {Recorder, OutOfPatience} from '../recorder/recorder.ts';
import {formatVersion, type Scenario} from '../recording/observation.ts';
import {conditionOf, statusesOf, type Pod} from '../recording/pod.ts';
import type {Target} from '../recording/target.ts';
import type {Timeline} from '../recording/timeline.ts';
import type {Api} from '../target/api.ts';
import {openExec} from '../target/exec.ts';
import type {Budgets} from '../timeouts.ts';
import {addDebugger} from './debugger.ts';
import {differences} from './echo.ts';
import {readManifest, type Manifest} from './manifest.ts';
import {awaitServiceAccount, createNamespace, runLabel} from './namespace.ts';
import {readyForStimulus, restartedAll, restartedAlone} from './settled.ts';
import {readJournal, tellToExit, type Subject} from './stimulus.ts';

/** Reasons of a waiting container that only the user can mend. */
const hopeless = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'CreateContainerConfigError',
]);

/** What every scenario of a run shares. */
export interface RunContext {
  readonly id: string;
  readonly api: Api;
  readonly target: Target;
  readonly suite: string;
  /** Folders of the manifests and of the recordings. */
  readonly manifests: string;
  readonly recordings: string;
  readonly budgets: Budgets;
  readonly signal: AbortSignal;
}

/** How a recording ended. */
export type Ending = Pick<Timeline['end'], 'reason' | 'text'>;

/**
 * Runs one scenario once in a namespace of its own and records it: Pod, stimulus, and what follows until everything runs
 * again or the patience is over. The recording is complete when this returns, whatever happened; the namespace is left to
 * the caller.
 *
 * @returns how the recording ended
 * @throws SuiteError only for what concerns the whole run: the API server is away, the disk is full, Ctrl-C
 */
export async function runScenario(context: RunContext, scenario: Scenario): Promise<Ending> {
  const {api, target, budgets, signal} = context;
  const namespace = `rac-${context.id}-${scenario.id}`;
  const labels = {[runLabel]: context.id};
  const manifest = readManifest(join(context.manifests, scenario.manifest), {namespace, labels, image: target.image});
  await createNamespace(api, namespace, context.id, signal);
  const recorder = await Recorder.open({
    api,
    namespace,
    file: join(context.recordings, `${scenario.id}.ndjson`),
    header: {
      kind: 'header',
      format: formatVersion,
      suite: context.suite,
      scenario,
      manifestSha256: manifest.sha256,
      pod: manifest.pod,
      containers: [...manifest.containers],
      server: target.server,
      image: target.image,
      startedAt: new Date().toISOString(),
    },
    budgets,
    signal,
  });
  try {
    const subject = {open: openExec(api.config), namespace, pod: manifest.pod, budgets, signal};
    const before = await prepare(context, recorder, subject, manifest, scenario);
    return await restart(recorder, subject, before, scenario);
  } catch (error) {
    if (error instanceof SuiteError) {
      recorder.close('interrupted', messageOf(error));
      throw error;
    }
    const reason = error instanceof OutOfPatience ? 'not-started' : 'error';
    recorder.close(reason, messageOf(error));
    return {reason, text: messageOf(error)};
  }
}

/** Creates the objects, waits until the Pod is as the stimulus needs it, adds the ephemeral container. */
async function prepare(
  {api, target, budgets, signal}: RunContext,
  recorder: Recorder,
  subject: Subject,
  {objects}: Manifest,
  {stimulus}: Scenario,
): Promise<Pod> {
  await awaitServiceAccount(api, subject.namespace, budgets.serviceAccount, signal);
  for (const object of objects) {
    const stored = await api.json(`/api/v1/namespaces/${subject.namespace}/${object.kind.toLowerCase()}s`, {
      method: 'POST',
      body: object,
      signal,
    });
    const {stringData, ...readable} = object; // stringData is write-only
    const changed = differences(readable, stored);
    if (changed.length > 0)
      throw new Error(`${object.kind} ${object.metadata.name} was not stored as sent: ${changed.join('; ')}`);
  }
  await recorder
    .until('the Pod is ready for the stimulus', budgets.podReady, pod => {
      const disturbed = disturbance(pod);
      if (disturbed !== undefined) throw new OutOfPatience(disturbed);
      return readyForStimulus(pod, stimulus.exits);
    })
    .catch((error: unknown) => {
      throw error instanceof OutOfPatience ? new OutOfPatience(`${error.message}: ${waitingFor(recorder.pod)}`) : error;
    });
  await addDebugger(api, recorder, subject, target.image);
  await readJournal(recorder, subject);
  const {pod} = recorder;
  if (pod === undefined) throw new Error('the watch has not delivered the Pod');
  return pod;
}

async function restart(
  recorder: Recorder,
  subject: Subject,
  before: Pod,
  {stimulus, matches}: Scenario,
): Promise<Ending> {
  await tellToExit(recorder, subject, stimulus.exits, stimulus.code);
  const over = (pod: Pod): boolean => {
    const disturbed = disturbance(pod);
    if (disturbed !== undefined) throw new Error(`${disturbed} during the restart: ${waitingFor(pod)}`);
    return matches ? restartedAll(before, pod) : restartedAlone(before, pod, stimulus.exits);
  };
  const {budgets} = subject;
  let reason: Extract<Ending['reason'], 'settled' | 'out-of-patience'> = 'settled';
  let text = 'everything runs again';
  try {
    await recorder.until('everything runs again', budgets.restart, over);
    await recorder
      .until('a change after that', budgets.quiet, () => false)
      .catch((error: unknown) => {
        if (!(error instanceof OutOfPatience)) throw error;
      });
  } catch (error) {
    if (!(error instanceof OutOfPatience)) throw error;
    reason = 'out-of-patience';
    text = `${error.message}; ${waitingFor(recorder.pod)}`;
  }
  await readJournal(recorder, subject);
  await recorder.confirm();
  recorder.close(reason, text);
  return {reason, text};
}

/** What ended or stopped the Pod from outside or in the runtime, so that nothing can be said about its restart. */
function disturbance(pod: Pod): string | undefined {
  if (pod.metadata.deletionTimestamp !== undefined) return 'the Pod was deleted';
  if (conditionOf(pod, 'DisruptionTarget')?.status === 'True') return 'the Pod was evicted';
  const stuck = statusesOf(pod).find(
    ({state}) => hopeless.has(state.waiting?.reason ?? '') || state.terminated?.reason === 'StartError',
  );
  return stuck === undefined ? undefined : `${stuck.name} could not be started`;
}

/** The containers that do not run, each with its state, in one line. */
function waitingFor(pod: Pod | undefined): string {
  if (pod === undefined) return 'the Pod was never seen';
  const idle = statusesOf(pod).filter(({state}) => state.running === undefined && state.terminated?.exitCode !== 0);
  const states = idle.map(({name, state}) => {
    const text =
      state.terminated === undefined ? (state.waiting?.reason ?? 'no state') : `exited ${state.terminated.exitCode}`;
    return `${name}: ${text}${state.waiting?.message === undefined ? '' : ` (${state.waiting.message})`}`;
  });
  return states.length === 0
    ? `phase ${pod.status.phase ?? 'unknown'}, all containers run or are done`
    : states.join(', ');
}
