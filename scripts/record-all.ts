import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {record} from '../harness/record.ts';
import {disturbsNode, type Scenario} from '../harness/recording/scenario.ts';
import type {Target} from '../harness/recording/target.ts';
import type {RunFolder} from '../harness/run-folder.ts';
import {removeWebhooks} from '../harness/scenario/injection.ts';
import {removeNamespaces} from '../harness/scenario/namespace.ts';
import {removeNodes} from '../harness/scenario/nodes.ts';
import type {Statement} from '../harness/suite.ts';
import {budgets} from '../harness/timeouts.ts';
import {skipReason} from '../harness/verdicts/verdict.ts';
import {readConfig} from '../kind/config.ts';
import type {Reached, TargetOptions} from './find-target.ts';
import {root} from './paths.ts';
import {say, seconds, timed} from './say.ts';
import type {Selection} from './selection.ts';
import {version} from './version.ts';

/** How a run goes about its recordings. */
export interface RecordOptions {
  readonly timeoutScale: number;
  /** How many scenarios may run at a time. */
  readonly parallel: number;
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
  {context, kubeconfig, cluster}: TargetOptions,
): Promise<{
  disruptive: {name: string; workers: number; scenarios: readonly Scenario[]} | undefined;
  others: readonly Scenario[];
}> {
  const disturbing = scenarios.filter(disturbsNode);
  if (context !== undefined || kubeconfig !== undefined || disturbing.length === 0)
    return {disruptive: undefined, others: scenarios};
  const {name} = await readConfig(cluster);
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
    ({requirement, scenario: {needs = []}}) => skipReason(requirement, target, {needs, selected}) === undefined,
  );
  const ids = new Set(judged.map(({scenario}) => scenario.id));
  return asked.filter(({id}) => ids.has(id));
}

/** Records scenarios on a cluster into the run's folder, after removing what an earlier run left there. */
export async function recordAll(
  {api, nodes, callback}: Pick<Reached, 'api' | 'nodes' | 'callback'>,
  target: Target,
  scenarios: readonly Scenario[],
  folder: RunFolder,
  options: RecordOptions,
): Promise<void> {
  if (scenarios.length === 0) return;
  const scaled = budgets(options.timeoutScale);
  const id = Math.random().toString(36).slice(2, 8).padEnd(6, '0');
  const stale = [
    ...(await removeNodes(api, undefined)),
    ...(callback === undefined ? [] : await removeWebhooks(api, undefined)),
    ...(await removeNamespaces(api, undefined, scaled)).removed,
  ];
  if (stale.length > 0) say(`removed what an earlier run left: ${stale.join(', ')}`);
  say(`recording ${scenarios.length} scenarios, ${options.parallel} at a time`);
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
  };
  const {result: left, ms} = await timed(() =>
    record(
      {...context, signal: options.signal},
      scenarios,
      options.parallel,
      ({scenario, ending, ms: took}) => {
        say(`  ${scenario.title}: ${ending.text} (${seconds(took)})`);
      },
      target.calibration !== undefined || scenarios.every(({byRequest}) => byRequest === true)
        ? undefined
        : calibration => {
            writeFileSync(folder.target, `${JSON.stringify({...target, calibration}, null, 2)}\n`);
          },
    ),
  );
  say(`recorded and cleaned up in ${seconds(ms)}`);
  if (left.length > 0) say(`warning: still being deleted: ${left.join(', ')}. Next: kubectl delete ${left.join(' ')}`);
}
