import {SuiteError} from './errors.ts';
import {expectedSeconds, type Scenario} from './recording/scenario.ts';

/** One part of a run that is done in several, side by side: number `index`, from 0 on, of `of`. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/**
 * The scenarios of one shard: the same on each machine, each scenario in one shard, and all shards about as long.
 *
 * @throws SuiteError `usage` for a scenario beside which nothing may run, since other shards do
 */
export function shardOf(scenarios: readonly Scenario[], {index, of}: Shard): readonly Scenario[] {
  const alone = scenarios.find(scenario => scenario.alone === true);
  if (alone !== undefined) {
    throw new SuiteError('usage', `nothing may run beside the scenario ${alone.id}, so that it can't be in a shard`, {
      next: 'leave out the profiles disruptive and service-level, and run these by themselves',
    });
  }
  return scenarios
    .toSorted((a, b) => expectedSeconds(b) - expectedSeconds(a) || (a.id < b.id ? -1 : 1))
    .filter((_, at) => {
      const place = at % (2 * of); // dealt out forwards and then backwards, so that no shard has the longest of each round
      return (place < of ? place : 2 * of - 1 - place) === index;
    });
}
