import {join} from 'node:path';
import {messageOf, SuiteError} from '../errors.ts';
import {Recorder, OutOfPatience} from '../recorder/recorder.ts';
import {formatVersion} from '../recording/observation.ts';
import {disturbsNode, type Scenario} from '../recording/scenario.ts';
import type {Target} from '../recording/target.ts';
import type {May} from '../target/access.ts';
import {ApiError, type Api} from '../target/api.ts';
import type {Budgets} from '../timeouts.ts';
import {createCopies} from './copies.ts';
import {Injection} from './injection.ts';
import {collectionOf, readManifest, type Manifest} from './manifest.ts';
import {homeOf, type Home} from './labels.ts';
import {createNamespace} from './namespace.ts';
import type {NodeAccess} from './node-access.ts';
import {prepare} from './prepare.ts';
import {podsOf} from './several-pods.ts';
import {copyPullSecret, type PullSecret} from './pull-secret.ts';
import {sendRequests} from './requests.ts';
import {takeSteps, type Ending} from './steps.ts';
import {readJournal, readJournals, type Subject} from './stimulus.ts';

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
  /** The namespace that the user named for all scenarios; without it, each has one of its own. */
  readonly namespace?: string | undefined;
  /** What this user may do there. */
  readonly may: May;
  /** Called with what admission added to an object. */
  readonly admitted?: (added: readonly string[]) => void;
  /** A way to the nodes, where the target gives one. */
  readonly nodes?: NodeAccess | undefined;
  /** The node that the scenario has for itself, where it needs one. */
  readonly node?: string | undefined;
  /** Address of this machine under which the target's API server reaches it, where it does. */
  readonly callback?: string | undefined;
  /** What Pods pull their image with, where that takes something. */
  readonly pullSecret?: PullSecret | undefined;
  readonly signal: AbortSignal;
}

/**
 * Runs one scenario once, in a namespace of its own or in the one of the run, and records it: Pod, steps, and what follows until all has come that
 * is waited for or the patience is over. The recording is complete when this returns, whatever happened; what
 * it made is left to the caller.
 *
 * @returns how the recording ended
 * @throws SuiteError only for what concerns the whole run: the API server is away, the disk is full, Ctrl-C
 */
export async function runScenario(context: RunContext, scenario: Scenario): Promise<Ending> {
  const {api, target, budgets, signal, nodes, pullSecret} = context;
  const {image, calibration, placement, leftOut} = target;
  const home = homeOf(context.id, scenario.id, context.namespace);
  const {namespace, labels} = home;
  const manifest = readManifest(join(context.manifests, scenario.manifest), {
    ...home,
    image,
    pullSecret: pullSecret?.name,
    placement,
    without: leftOut,
    overlay: scenario.overlay,
    device: target.device,
    node: context.node,
  });
  if (!home.shared) await createNamespace(api, namespace, context.id, scenario.admits ?? 'restricted', signal);
  if (pullSecret !== undefined) await copyPullSecret(api, pullSecret, namespace);
  const recorder = await Recorder.open({
    api,
    namespace,
    ...(home.shared ? {labels} : {}),
    file: join(context.recordings, `${scenario.id}.ndjson`),
    header: {
      kind: 'header',
      format: formatVersion,
      suite: context.suite,
      scenario,
      manifestSha256: manifest.sha256,
      pod: manifest.pod,
      containers: [...(scenario.injects === undefined ? [] : [scenario.injects]), ...manifest.containers],
      ...(home.shared ? {prefix: home.prefix} : {}),
      ...(leftOut === undefined ? {} : {leftOut}),
      server: target.server,
      image,
      calibration,
      startedAt: new Date().toISOString(),
    },
    budgets,
    signal,
  });
  try {
    const subject = {open: api.openExec(), home, namespace, pod: manifest.pod, budgets, signal};
    const ending =
      scenario.byRequest === true
        ? await sendRequests({api, recorder, objects: manifest.objects, subject, image, nodes, target}, scenario)
        : await runPod(context, {recorder, subject, manifest}, scenario);
    await recorder.confirm();
    recorder.close(ending.reason, ending.text);
    return ending;
  } catch (error) {
    if (error instanceof SuiteError) {
      recorder.close('interrupted', messageOf(error));
      throw error;
    }
    const reason = error instanceof OutOfPatience ? 'not-started' : 'error';
    recorder.close(reason, messageOf(error));
    return {reason, text: messageOf(error)};
  } finally {
    await nodes?.restore(home.unique);
    await deleteVolumes(api, manifest);
  }
}

/** Deletes the volumes of a manifest, which belong to no namespace; each goes once the claim on it is gone. */
async function deleteVolumes(api: Api, {objects}: Manifest): Promise<void> {
  for (const object of objects.filter(({kind}) => kind === 'PersistentVolume')) {
    const path = `${collectionOf(object, '')}/${object.metadata.name}`;
    await api.json(path, {method: 'DELETE'}).catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error; // it was not made
    });
  }
}

/** Creates the scenario's objects, takes its steps with its Pod and reads what its containers wrote of themselves. */
async function runPod(
  context: RunContext,
  {recorder, subject, manifest}: {recorder: Recorder; subject: Subject; manifest: Manifest},
  scenario: Scenario,
): Promise<Ending> {
  const {api, target, nodes} = context;
  await using injection = await openInjection(context, scenario, subject.home);
  await injection?.ready(manifest);
  const pod = await prepare({...context, recorder, subject}, manifest, scenario);
  const made = {...subject, pod: pod.metadata.name};
  const disturbs = disturbsNode(scenario);
  const own = manifest.objects.find(
    ({metadata, kind}) => metadata.name === manifest.pod && (kind === 'Pod' || manifest.owned),
  );
  if (own === undefined) throw new Error('the manifest has lost its Pod');
  if (scenario.copies !== undefined)
    await createCopies({api, recorder, subject: made, may: context.may}, own, scenario.copies);
  const stage = {api, recorder, subject: made, image: target.image, own, nodes, target, disturbs};
  const ending = await takeSteps(stage, scenario, pod);
  if (ending.reason !== 'settled') await nodes?.restore(subject.home.unique); // else nothing more can be read
  if (!recorder.gone) await readJournal(recorder, made);
  const told = new Set(scenario.steps.flatMap(step => (step.do === 'exit' ? podsOf(step, recorder) : [])));
  await readJournals(recorder, made, told);
  return ending;
}

/** The webhook of a scenario that has one. */
async function openInjection(
  {api, callback, budgets, signal}: RunContext,
  {injects}: Scenario,
  home: Home,
): Promise<Injection | undefined> {
  if (injects === undefined) return undefined;
  if (callback === undefined) throw new Error('the API server does not reach this machine');
  return Injection.open({api, home, address: callback, budgets, signal}, injects);
}
