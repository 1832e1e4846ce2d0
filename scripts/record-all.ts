import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {plan, type Tell} from '../harness/progress/events.ts';
import {record, type EndedRecording} from '../harness/record.ts';
import {calibrationScenario} from '../harness/calibration.ts';
import {disturbsNode, type Scenario} from '../harness/recording/scenario.ts';
import type {Target} from '../harness/recording/target.ts';
import type {RunFolder} from '../harness/run-folder.ts';
import {checkPulls} from '../harness/scenario/pull-check.ts';
import type {Statement} from '../harness/suite.ts';
import {budgets} from '../harness/timeouts.ts';
import {skipReason} from '../harness/verdicts/verdict.ts';
import {readConfig} from '../kind/config.ts';
import {isTheUsers, type Reached, type TargetOptions} from './find-target.ts';
import {registerRun} from './living-runs.ts';
import {root} from './paths.ts';
import {keepDurations, pastDurations, secondsOf} from './durations.ts';
import {say, seconds, timed, warn} from './say.ts';
import {allStatements} from '../harness/statements.ts';
import {judgeMeanwhile} from './verdicts-so-far.ts';
import type {Selection} from './selection.ts';
import {sweep} from './sweep.ts';
import {version} from './version.ts';

/** How a run goes about its recordings. */
export interface RecordOptions {
  readonly timeoutScale: number;
  /** How many scenarios may run at a time. */
  readonly parallel: number;
  /** Takes what the run is at. */
  readonly tell: Tell;
  readonly signal: AbortSignal;
}

/** Worker nodes of the cluster on which nodes are disturbed: so many scenarios go on at a time there. */
const disturbedNodes = 2;

/**
 * Takes those scenarios apart that disturb the node: where the run brings up the cluster itself, they get one of their own.
 *
 * @returns `others` is all of them on a cluster that the user named
 */
export async function divide(
  {scenarios}: Selection,
  options: TargetOptions,
): Promise<{
  disruptive: {name: string; workers: number; scenarios: readonly Scenario[]} | undefined;
  others: readonly Scenario[];
}> {
  const disturbing = scenarios.filter(disturbsNode);
  if (isTheUsers(options) || disturbing.length === 0) return {disruptive: undefined, others: scenarios};
  const {name} = await readConfig(options.cluster);
  return {
    disruptive: {name: `${name}-disruptive`, workers: disturbedNodes, scenarios: disturbing},
    others: scenarios.filter(each => !disturbing.includes(each)),
  };
}

/** Those of the scenarios on which something is judged on that target. */
export function judgeable(
  asked: readonly Scenario[],
  statements: readonly Statement[],
  {requirements: selected}: Selection,
  target: Target,
): readonly Scenario[] {
  const judged = statements.filter(
    ({requirement, scenario: {id, needs = []}}) =>
      skipReason(requirement, target, {needs, selected, scenario: id}) === undefined,
  );
  const ids = new Set(judged.map(({scenario}) => scenario.id));
  return asked.filter(({id}) => ids.has(id));
}

/** Records scenarios on a cluster into the run's folder, after removing what an earlier run left there. */
export async function recordAll(
  {api, access, namespace, placement, nodes, callback, pullSecret}: Omit<Reached, 'has' | 'image'>,
  target: Target,
  scenarios: readonly Scenario[],
  folder: RunFolder,
  options: RecordOptions,
): Promise<void> {
  if (scenarios.length === 0) return;
  const scaled = budgets(options.timeoutScale);
  const id = Math.random().toString(36).slice(2, 8).padEnd(6, '0');
  using registered = new DisposableStack();
  registered.use(registerRun(id));
  await sweep({api, namespace, may: access.may, budgets: scaled});
  const admission = new Set(target.admission);
  const {may} = access;
  if (!scenarios.every(({byRequest}) => byRequest === true)) {
    say(`trying ${target.image} on each node`);
    const unchecked = await checkPulls({
      ...options,
      id,
      api,
      namespace,
      placement,
      may,
      image: target.image,
      pullSecret,
      budgets: scaled,
    });
    for (const node of unchecked) say(`  not tried on ${node}`);
  }
  const context = {
    id,
    api,
    target,
    suite: version,
    manifests: join(root, 'manifests'),
    recordings: folder.recordings,
    budgets: scaled,
    nodes,
    callback,
    pullSecret,
    namespace,
    may: access.may,
    admitted: (added: readonly string[]) => {
      for (const each of added) admission.add(each);
    },
  };
  let known = target;
  const calibrates = target.calibration === undefined && !scenarios.every(({byRequest}) => byRequest === true);
  const {result: left, ms} = await timed(() =>
    told(scenarios, calibrates, folder, options, ({began, ended}) =>
      record(
        {...context, signal: options.signal},
        scenarios,
        options.parallel,
        ended,
        calibrates
          ? calibration => {
              known = {...target, calibration};
              writeTarget(folder, known);
            }
          : undefined,
        began,
      ),
    ),
  );
  if (admission.size > 0) writeTarget(folder, {...known, admission: [...admission].toSorted()});
  say(`recorded and cleaned up in ${seconds(ms)}`);
  if (left.length > 0) warn(`still being deleted: ${left.join(', ')}. Next: kubectl delete ${left.join(' ')}`);
}

/** Does the recording, tells how it goes on, and keeps how long each scenario took. */
async function told<T>(
  scenarios: readonly Scenario[],
  calibrates: boolean,
  folder: RunFolder,
  {tell, parallel}: RecordOptions,
  work: (on: {began: (scenario: Scenario) => void; ended: (recorded: EndedRecording) => void}) => Promise<T>,
): Promise<T> {
  const statements = await allStatements();
  const past = pastDurations();
  const took: Record<string, number> = {};
  const profilesOf = ({id}: Scenario): readonly string[] => [
    ...new Set(statements.filter(({scenario}) => scenario.id === id).map(({requirement}) => requirement.profile)),
  ];
  const planned = calibrates ? [calibrationScenario, ...scenarios] : scenarios;
  const judged = new Set(statements.map(({scenario}) => scenario.id));
  await using judging = scenarios.some(({id}) => judged.has(id)) ? judgeMeanwhile(folder, tell) : undefined; // a benchmark's are not
  tell({event: 'recording', scenarios: plan(planned, profilesOf, each => secondsOf(each, past)), parallel});
  const began = performance.now();
  try {
    return await work({
      began: ({id, title}) => {
        tell({event: 'began', scenario: id, title});
      },
      ended: ({scenario: {id, title}, ending: {reason, text}, ms}) => {
        const its = Math.round(ms / 100) / 10;
        took[id] = its;
        tell({event: 'ended', scenario: id, title, reason, text, seconds: its});
        judging?.ended(id);
      },
    });
  } finally {
    tell({event: 'recorded', seconds: Math.round((performance.now() - began) / 100) / 10});
    await keepDurations(took);
  }
}

function writeTarget(folder: RunFolder, target: Target): void {
  writeFileSync(folder.target, `${JSON.stringify(target, null, 2)}\n`);
}
