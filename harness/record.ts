import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {calibrationOf, calibrationScenario} from './calibration.ts';
import {messageOf, SuiteError} from './errors.ts';
import pLimit from 'p-limit';
import type {Calibration} from './recording/calibration.ts';
import {inPlaces} from './places.ts';
import {readRecording} from './recording/recording.ts';
import {expectedSeconds, isAlone, type Scenario} from './recording/scenario.ts';
import {homeOf} from './scenario/labels.ts';
import {deleteNamespace} from './scenario/namespace.ts';
import {removeNodes} from './scenario/nodes.ts';
import {deleteObjects} from './scenario/objects.ts';
import {removeRun} from './scenario/removal.ts';
import {runScenario, type RunContext} from './scenario/run.ts';
import type {Ending} from './scenario/steps.ts';
import {ApiError, type Api} from './target/api.ts';

/** What the run tells while it goes on. */
export interface EndedRecording {
  readonly scenario: Scenario;
  readonly ending: Ending;
  readonly ms: number;
}

/**
 * Records scenarios side by side, longest first, each in a namespace of its own unless one is given, and deletes what each
 * made as soon as its recording is complete. Those that need a node for themselves are recorded after the others, one at a time on each node that
 * takes Pods, and those that need the cluster for themselves last, one by one. After Ctrl-C or an error that concerns the whole
 * run, everything of the run is deleted too. A request that is not answered by an API server which does answer others costs its
 * scenario alone. A clean-up that fails costs no recording: what it leaves is named.
 *
 * @param parallel how many scenarios may run at a time
 * @param told called as each recording ends
 * @param began called as each recording begins
 * @param calibrated called with how quick the node is, which is recorded before the scenarios; without it, it is not
 * @returns what could not be removed, each as kubectl names it
 * @throws SuiteError `notRecorded` where not one scenario got as far as its stimulus, or what concerns the whole run: the
 *   first of its errors and Ctrl-C
 */
export async function record(
  context: RunContext,
  scenarios: readonly Scenario[],
  parallel: number,
  told: (recorded: EndedRecording) => void,
  calibrated?: (calibration: Calibration | undefined) => void,
  began: (scenario: Scenario) => void = () => undefined,
): Promise<readonly string[]> {
  const stop = new AbortController();
  const endings: Ending[] = [];
  const signal = AbortSignal.any([context.signal, stop.signal]);
  let {target} = context;
  const recordOne = async (scenario: Scenario, node?: string): Promise<void> => {
    if (signal.aborted) return;
    const beganAt = performance.now();
    began(scenario);
    try {
      const ending = await runScenario({...context, target, node, signal}, scenario);
      endings.push(ending);
      told({scenario, ending, ms: performance.now() - beganAt});
    } catch (error) {
      if (!(await isPassing(error, context.api))) {
        stop.abort(error); // what one of these throws concerns all; the signal keeps the first reason
        return;
      }
      const ending: Ending = {reason: 'error', text: messageOf(error)};
      endings.push(ending);
      told({scenario, ending, ms: performance.now() - beganAt});
    }
    await removeScenario(context, scenario).catch(() => undefined); // tried once more below
  };
  if (calibrated !== undefined) {
    await recordOne(calibrationScenario);
    const file = join(context.recordings, `${calibrationScenario.id}.ndjson`);
    const calibration = existsSync(file) ? calibrationOf(readRecording(file)) : undefined;
    target = {...target, calibration};
    calibrated(calibration);
  }
  if (!recordedNothing(endings)) {
    const longestFirst = scenarios.toSorted((a, b) => expectedSeconds(b) - expectedSeconds(a)); // else one ends long after all others
    const sideBySide = longestFirst.filter(scenario => !isAlone(scenario));
    await pLimit(parallel).map(sideBySide, scenario => recordOne(scenario));
    const onNodes = longestFirst.filter(({alone}) => alone === 'on its node');
    const nodes = target.nodes.flatMap(({name, takesPods}) => (takesPods ? [name] : []));
    await inPlaces(onNodes, nodes.length === 0 ? [undefined] : nodes, recordOne);
    for (const scenario of scenarios.filter(({alone}) => alone === true)) await recordOne(scenario);
  }
  const {left} = await removeRun({...context, namespace: context.namespace}, context.id);
  signal.throwIfAborted();
  refuseIfNothing(endings);
  return left;
}

/** Deletes what a scenario made, and waits for nothing. */
async function removeScenario({api, id, namespace, may}: RunContext, scenario: Scenario): Promise<void> {
  if (makesNodes(scenario)) await removeNodes(api, id, namespace);
  if (namespace === undefined) await deleteNamespace(api, homeOf(id, scenario.id, namespace).namespace, may);
  else await deleteObjects({api, namespace, may}, {run: id, scenario: scenario.id});
}

/** Whether a scenario broke off for one request that was not answered, by an API server that does answer. */
async function isPassing(error: unknown, api: Api): Promise<boolean> {
  if (!(error instanceof SuiteError) || error.exit !== 'unreachable') return false;
  return api.text('/version').then(
    () => true,
    (refusal: unknown) => refusal instanceof ApiError,
  );
}

function makesNodes({needs}: Scenario): boolean {
  return needs?.includes('right to create nodes') === true;
}

/** One clear line in place of the same Error for every requirement. */
function refuseIfNothing(endings: readonly Ending[]): void {
  const [first] = endings;
  if (first === undefined || !recordedNothing(endings)) return;
  throw new SuiteError('notRecorded', `no scenario could be recorded: ${first.text}`, {
    next: 'mend that and run again; for an image that can not be pulled, name another with --image',
  });
}

/** Whether there were recordings and none got as far as its stimulus. */
function recordedNothing(endings: readonly Ending[]): boolean {
  return endings.length > 0 && endings.every(({reason}) => reason === 'not-started' || reason === 'error');
}
