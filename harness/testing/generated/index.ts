import type {Bench} from '../bench.ts';
import {answers, logs} from './answers.ts';
import {foundAtStart} from './at-start.ts';
import {conditionFields, otherConditions, periods, phases} from './conditions.ts';
import {early, hooks, lasting, overlapping, spared, standstill, statuses, unsignalled} from './containers.ts';
import {countedAlone, counts, startedTwice, strangersRestarted} from './counts.ts';
import {disturbed} from './disrupted.ts';
import {ephemeralContainers} from './ephemeral.ts';
import {endedOtherwise, imagesGone, leftBetween, startedAfterTheEnd} from './endings.ts';
import {endpoints} from './endpoints.ts';
import {keptFields} from './kept-fields.ts';
import {harmlessEdits, type HarmlessEdit} from './harmless.ts';
import {backOffs} from './loops.ts';
import {neighbours} from './neighbours.ts';
import {declared, initContainersAgain, kubelets, oneOfMany, scheduled} from './nodes.ts';
import {onNode} from './on-node.ts';
import {outputs} from './output.ts';
import {probesWrong} from './probes.ts';
import {turned, turnedOff, updates} from './rollout.ts';
import {scenesOf, Stage, type GeneratedFault, type Generator, type RecordingGenerator} from './scene.ts';
import {eachRestart} from './service-level.ts';
import {controlled, controllers} from './workloads.ts';

export type {GeneratedFault} from './scene.ts';

const ofSteps: readonly Generator[] = [
  keptFields,
  counts,
  countedAlone,
  startedTwice,
  strangersRestarted,
  spared,
  standstill,
  early,
  overlapping,
  lasting,
  unsignalled,
  hooks,
  statuses,
  foundAtStart,
  periods,
  conditionFields,
  otherConditions,
  phases,
  ephemeralContainers,
  startedAfterTheEnd,
  endedOtherwise,
  imagesGone,
  leftBetween,
  probesWrong,
  endpoints,
  onNode,
  outputs,
  backOffs,
  disturbed,
  controllers,
  controlled,
  neighbours,
];

const ofRecordings: readonly RecordingGenerator[] = [
  answers,
  logs,
  declared,
  scheduled,
  kubelets,
  initContainersAgain,
  oneOfMany,
  eachRestart,
  turnedOff,
  turned,
  updates,
];

/** Every generated fault of a scenario: the edits that break something that its suites expect. */
export function generatedFaults(bench: Bench, scenario: string): readonly GeneratedFault[] {
  const good = bench.good(scenario);
  const stage = new Stage(scenario, good);
  const faults = [
    ...scenesOf(scenario, good).flatMap(scene => ofSteps.flatMap(generate => [...generate(scene)])),
    ...ofRecordings.flatMap(generate => [...generate(stage)]),
  ];
  return faults.filter(
    ({must, mustNotPass = [], undecided = []}) => [...must, ...mustNotPass, ...undecided].length > 0,
  );
}

/** Every edit of a scenario that is no fault. */
export function harmless(bench: Bench, scenario: string): readonly HarmlessEdit[] {
  return scenesOf(scenario, bench.good(scenario)).flatMap(scene => [...harmlessEdits(scene)]);
}

/** What an edit that is no fault turned and should not have, a line each. */
export function falseAlarms(bench: Bench, scenario: string, {edit, hole}: HarmlessEdit): readonly string[] {
  return bench
    .turned(scenario, edit)
    .filter(({outcome}) => !hole || outcome !== 'Inconclusive')
    .map(({requirement, outcome, saw}) => `${requirement} must not be ${outcome}: ${saw}`);
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
  {edit, must, mustNotPass = [], undecided = [], may = []}: GeneratedFault,
): Judged {
  const turned = new Map(bench.turned(scenario, edit).map(verdict => [verdict.requirement, verdict]));
  const red = [...turned.values()].filter(({outcome}) => outcome === 'Failed').map(({requirement}) => requirement);
  const mayTurn = new Set([...must, ...mustNotPass, ...may]);
  const survived = [...new Set(must)].filter(id => turned.get(id)?.outcome !== 'Failed');
  const passed = [...new Set(mustNotPass)].filter(id => !turned.has(id));
  const decided = [...new Set(undecided)].filter(id => turned.get(id)?.outcome !== 'Inconclusive');
  const others = [...turned.values()].filter(
    ({requirement, outcome}) => outcome === 'Error' || (outcome === 'Failed' && !mayTurn.has(requirement)),
  );
  return {
    red,
    wrong: [
      ...survived.map(id => `${id} is ${turned.get(id)?.outcome ?? 'as before'}: ${turned.get(id)?.saw ?? ''}`),
      ...passed.map(id => `${id} is as before`),
      ...decided.map(id => `${id} is not undecided but ${turned.get(id)?.outcome ?? 'as before'}`),
      ...others.map(({requirement, outcome, saw}) => `${requirement} must not be ${outcome}: ${saw}`),
    ],
  };
}
