import {createHash} from 'node:crypto';
import {join} from 'node:path';
import {messageOf, SuiteError} from '../errors.ts';
import {compare, type Comparison} from '../model/compare.ts';
import {endDisagreements, pathDisagreements, startDisagreements} from '../model/legal.ts';
import {manifestOf, manifestText} from '../model/manifest.ts';
import {predictAll} from '../model/model.ts';
import type {Story} from '../model/pod.ts';
import {OutOfPatience, Recorder} from '../recorder/recorder.ts';
import {formatVersion, type Header} from '../recording/observation.ts';
import type {Pod} from '../recording/pod.ts';
import {readRecording} from '../recording/recording.ts';
import type {Budget} from '../timeouts.ts';
import {disturbance, waitingFor} from './disturbance.ts';
import {differences} from './echo.ts';
import {homeOf, type Home} from './labels.ts';
import {overlaid, placementFields, withPullSecret} from './manifest.ts';
import {awaitServiceAccount, createNamespace, deleteNamespace} from './namespace.ts';
import {deleteObjects} from './objects.ts';
import {copyPullSecret} from './pull-secret.ts';
import type {RunContext} from './run.ts';
import {tellToExit, type Subject} from './stimulus.ts';

/** Where stories are told: a run without a folder of manifests, since they make their own. */
export type StoryContext = Omit<RunContext, 'manifests' | 'nodes'>;

/** What telling a story on a cluster gave. */
export interface ToldStory {
  readonly comparison: Comparison;
  /** File of its recording. */
  readonly recording: string;
}

/**
 * Tells a story on a cluster, in a namespace of its own or in the one of the run, records it, deletes what it made and compares the recording
 * with the model.
 *
 * @param id names the Pod, its namespace and the recording
 * @throws SuiteError only for what concerns the whole run: the API server is away, the disk is full, Ctrl-C
 */
export async function tellStory(context: StoryContext, id: string, story: Story): Promise<ToldStory> {
  const {api, target, budgets, signal, pullSecret} = context;
  const home = homeOf(context.id, id, context.namespace);
  const {namespace, labels} = home;
  const file = join(context.recordings, `${id}.ndjson`);
  if (!home.shared) await createNamespace(api, namespace, context.id, 'restricted', signal);
  if (pullSecret !== undefined) await copyPullSecret(api, pullSecret, namespace);
  const header = headerOf(context, id, story, home);
  const own = home.shared ? {labels} : {};
  const recorder = await Recorder.open({api, namespace, ...own, file, header, budgets, signal});
  try {
    const subject = {open: api.openExec(), home, namespace, pod: header.pod, budgets, signal};
    if (!home.shared) await awaitServiceAccount(api, namespace, budgets.serviceAccount, signal);
    const made = manifestOf(story.pod, header.pod, target.image);
    await createPod(context, home, {...made, spec: withPullSecret(made.spec, pullSecret?.name)});
    const late = await tell(recorder, subject, story, target.server);
    await recorder.confirm();
    recorder.close(late === undefined ? 'settled' : 'out-of-patience', late ?? 'the story was told to its end');
  } catch (error) {
    recorder.close(error instanceof SuiteError ? 'interrupted' : 'error', messageOf(error));
    if (error instanceof SuiteError) throw error;
  }
  if (home.shared) await deleteObjects({...context, namespace}, {run: context.id, scenario: id});
  else await deleteNamespace(api, namespace, context.may);
  return {comparison: compare(story, readRecording(file)), recording: file};
}

function headerOf({suite, target}: StoryContext, id: string, story: Story, {prefix, shared}: Home): Header {
  return {
    kind: 'header',
    format: formatVersion,
    suite,
    scenario: {
      id,
      title: 'a generated Pod',
      manifest: `${id}.yaml`,
      steps: story.exits.map((exit, at) => ({do: 'exit', name: `exit ${at + 1}`, tells: [{...exit}]})),
    },
    manifestSha256: createHash('sha256')
      .update(manifestText(story, id, target.image))
      .digest('hex'),
    pod: `${prefix}${id}`,
    ...(shared ? {prefix} : {}),
    containers: story.pod.containers.map(({name}) => name),
    server: target.server,
    image: target.image,
    startedAt: new Date().toISOString(),
  };
}

async function createPod(
  {api, target, signal}: StoryContext,
  {namespace, labels}: Home,
  manifest: ReturnType<typeof manifestOf>,
): Promise<void> {
  const {metadata, ...rest} = manifest;
  const spec = placementFields(target.placement);
  const body = overlaid({...rest, metadata: {...metadata, namespace, labels}}, {spec});
  const stored = await api.json(`/api/v1/namespaces/${namespace}/pods`, {method: 'POST', body, signal});
  const changed = differences(body, stored);
  if (changed.length > 0) throw new Error(`the Pod was not stored as sent: ${changed.join('; ')}`);
}

/**
 * Tells each container to exit when what the model says of the one before has come, and has stayed for a while.
 *
 * @returns what did not come in time
 */
async function tell(
  recorder: Recorder,
  subject: Subject,
  {pod, exits}: Story,
  server: string,
): Promise<string | undefined> {
  const {budgets} = subject;
  await settle(recorder, 'the Pod starts', budgets.podReady, budgets.quiet, {
    arrived: now => startDisagreements(pod, now).length === 0,
    illegal: () => false,
  });
  for (const [at, prediction] of predictAll(pod, exits).entries()) {
    const before = recorder.pod;
    if (before === undefined) throw new Error('the watch has not delivered the Pod');
    await tellToExit(recorder, subject, `exit ${at + 1}`, prediction.exit);
    const versions: Pod[] = [];
    const what = `what the model says of ${prediction.exit.container}'s exit with ${prediction.exit.code}`;
    try {
      const illegal = await settle(recorder, what, budgets.exitFollowed, budgets.quiet, {
        arrived: now => {
          versions.push(now);
          return endDisagreements(prediction, {before, versions}, server).length === 0;
        },
        illegal: now => pathDisagreements(prediction, {before, versions: [now]}).length > 0,
      });
      if (illegal) return undefined;
    } catch (error) {
      if (!(error instanceof OutOfPatience)) throw error;
      return `${error.message}; ${waitingFor(recorder.pod)}`;
    }
  }
  return undefined;
}

interface Look {
  readonly arrived: (pod: Pod) => boolean;
  readonly illegal: (pod: Pod) => boolean;
}

/** Waits until the Pod is as it should be and stays so; ends at once, with true, where it shows what it never may. */
async function settle(recorder: Recorder, what: string, budget: Budget, quiet: Budget, look: Look): Promise<boolean> {
  for (;;) {
    const pod = await recorder.until(what, budget, now => {
      const disturbed = disturbance(now);
      if (disturbed !== undefined) throw new Error(`${disturbed}: ${waitingFor(now)}`);
      return look.illegal(now) || look.arrived(now);
    });
    if (look.illegal(pod)) return true;
    const changed = await recorder
      .until('a change after that', quiet, now => look.illegal(now) || !look.arrived(now))
      .catch((error: unknown) => {
        if (error instanceof OutOfPatience) return undefined;
        throw error;
      });
    if (changed === undefined) return false;
  }
}
