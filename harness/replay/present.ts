import {isDeepStrictEqual} from 'node:util';
import type {Recording} from '../recording/recording.ts';
import {scenarioSchema, type Scenario} from '../recording/scenario.ts';
import type {RunFile} from './run-file.ts';

/** What the suite has now of what a run was recorded and judged with. */
export interface Present {
  /** SHA-256 of its data files, by their name in the repository. */
  readonly data: Readonly<Record<string, string>>;
  /** SHA-256 of the files of manifests/, by name. */
  readonly manifests: Readonly<Record<string, string>>;
  readonly scenarios: readonly Scenario[];
}

/** What a run was recorded or judged with that is another now, by name; its verdicts may be others for that. */
export function changedSince(
  {manifests, judgedWith}: RunFile,
  recordings: ReadonlyMap<string, Recording>,
  present: Present,
): readonly string[] {
  const scenarios = new Map(present.scenarios.map(scenario => [scenario.id, scenario]));
  const changed = ([id, {header}]: readonly [string, Recording]): boolean => {
    const now = scenarios.get(id);
    return now !== undefined && !isDeepStrictEqual(asRecorded(now), header.scenario);
  };
  return [
    ...differing(judgedWith.data, present.data),
    ...differing(manifests, present.manifests).map(name => `manifests/${name}`),
    ...[...recordings].filter(changed).map(([id]) => `the scenario ${id}`),
  ];
}

function differing(was: Readonly<Record<string, string>>, is: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(was).filter(name => was[name] !== is[name]);
}

/** A scenario as it comes out of a recording's header. */
function asRecorded(scenario: Scenario): Scenario {
  return scenarioSchema.parse(JSON.parse(JSON.stringify(scenario)));
}
