import type {Bench} from '../bench.ts';
import {foundAtStart} from './at-start.ts';
import {conditionFields, otherConditions, periods, phases} from './conditions.ts';
import {early, hooks, lasting, overlapping, spared, statuses} from './containers.ts';
import {counts, startedTwice, strangersRestarted} from './counts.ts';
import {ephemeralContainers} from './ephemeral.ts';
import {keptFields} from './kept-fields.ts';
import {scenesOf, Stage, type GeneratedFault, type Generator, type RecordingGenerator} from './scene.ts';

export type {GeneratedFault} from './scene.ts';

const ofSteps: readonly Generator[] = [
  keptFields,
  counts,
  startedTwice,
  strangersRestarted,
  spared,
  early,
  overlapping,
  lasting,
  hooks,
  statuses,
  foundAtStart,
  periods,
  conditionFields,
  otherConditions,
  phases,
  ephemeralContainers,
];

const ofRecordings: readonly RecordingGenerator[] = [];

/** Every generated fault of a scenario: the edits that break something that its suites expect. */
export function generatedFaults(bench: Bench, scenario: string): readonly GeneratedFault[] {
  const good = bench.good(scenario);
  const stage = new Stage(scenario, good);
  const faults = [
    ...scenesOf(scenario, good).flatMap(scene => ofSteps.flatMap(generate => [...generate(scene)])),
    ...ofRecordings.flatMap(generate => [...generate(stage)]),
  ];
  return faults.filter(fault => [...fault.must, ...(fault.mustNotPass ?? [])].length > 0);
}

/** What a generated fault comes to. */
export interface Judged {
  /** Requirements that it turned red. */
  readonly red: readonly string[];
  /** What it should have turned and did not, or turned and should not have; a line each. */
  readonly wrong: readonly string[];
}

/** Judges the recording of a scenario with a generated fault in it. */
export function judgeFault(
  bench: Bench,
  scenario: string,
  {edit, must, mustNotPass = [], may = []}: GeneratedFault,
): Judged {
  const turned = new Map(bench.turned(scenario, edit).map(verdict => [verdict.requirement, verdict]));
  const red = [...turned.values()].filter(({outcome}) => outcome === 'Failed').map(({requirement}) => requirement);
  const mayTurn = new Set([...must, ...mustNotPass, ...may]);
  const survived = [...new Set(must)].filter(id => turned.get(id)?.outcome !== 'Failed');
  const passed = [...new Set(mustNotPass)].filter(id => !turned.has(id));
  const others = [...turned.values()].filter(
    ({requirement, outcome}) => outcome === 'Error' || (outcome === 'Failed' && !mayTurn.has(requirement)),
  );
  return {
    red,
    wrong: [
      ...survived.map(id => `${id} is ${turned.get(id)?.outcome ?? 'as before'}: ${turned.get(id)?.saw ?? ''}`),
      ...passed.map(id => `${id} is as before`),
      ...others.map(({requirement, outcome, saw}) => `${requirement} must not be ${outcome}: ${saw}`),
    ],
  };
}
