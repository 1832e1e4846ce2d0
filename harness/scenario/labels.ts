import {createHash} from 'node:crypto';

/** Label on everything that a run creates; its value is the run's id. */
export const runLabel = 'restart-all-containers/run';

/** Label on everything that a scenario creates; its value is the scenario's id. */
export const scenarioLabel = 'restart-all-containers/scenario';

/** Where a scenario's objects are, and how they are told from those of others. */
export interface Home {
  readonly namespace: string;
  /** Whether other objects are in the namespace too. */
  readonly shared: boolean;
  /** The scenario's name in the run, for what belongs to no namespace. */
  readonly unique: string;
  /** Put before each name; empty where the namespace is the scenario's own. */
  readonly prefix: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The home of a scenario in a run.
 *
 * @param run the run's id
 * @param given the namespace that the user named for all scenarios, if so
 */
export function homeOf(run: string, scenario: string, given: string | undefined): Home {
  const unique = `rac-${run}-${scenario}`;
  const labels = {[runLabel]: run, [scenarioLabel]: scenario};
  if (given === undefined) return {namespace: unique, shared: false, unique, prefix: '', labels};
  // Names of Pods that controllers make may not be as long as an id and a name together.
  const short = createHash('sha256').update(scenario).digest('hex').slice(0, 6);
  return {namespace: given, shared: true, unique, prefix: `rac-${run}-${short}-`, labels};
}
