import type {Scenario} from '../recording/scenario.ts';
import type {Target} from '../recording/target.ts';
import type {Deviation, Requirement} from './catalogue.ts';
import {judge, type Collected} from './judge.ts';
import {skipReason, type Verdict} from './verdict.ts';

/** A requirement as a suite states it of one scenario, with where its findings go. */
export interface Judgement {
  readonly requirement: Requirement;
  readonly scenario: Scenario;
  readonly restart: {readonly node: string | undefined; takeFindings(): readonly Collected[]};
  readonly check: () => void;
}

/** What of a run and of the suite's data a verdict rests on, beside the recording. */
export interface JudgedBy {
  readonly target: Target;
  /** Ids of the requirements that the run was asked to judge. */
  readonly selected: ReadonlySet<string>;
  readonly deviations: readonly Deviation[];
}

/**
 * The verdict Skipped, with its typed reason, for a statement that can't be judged on the run's target.
 *
 * @param node on which the scenario's Pod ran, where it was recorded
 * @returns undefined where it can
 */
export function skipStatement(
  {requirement, scenario}: Pick<Judgement, 'requirement' | 'scenario'>,
  {target, selected}: Omit<JudgedBy, 'deviations'>,
  node?: string,
): Verdict | undefined {
  const skipped = skipReason(requirement, target, {needs: scenario.needs ?? [], selected, scenario: scenario.id, node});
  if (skipped === undefined) return undefined;
  const {reason, why} = skipped;
  const ran = node === undefined ? {} : {node};
  const base = {requirement: requirement.id, scenario: scenario.id, ...ran, excerpt: []};
  return {...base, outcome: 'Skipped', reason, expected: requirement.title, saw: why};
}

/**
 * The verdict on one statement; the one way to it, whoever asks.
 *
 * @returns the verdict, and what the check threw
 */
export function judgeStatement(judgement: Judgement, by: JudgedBy): {verdict: Verdict; failure: unknown} {
  const {requirement, scenario, restart, check} = judgement;
  const {node} = restart;
  const skipped = skipStatement(judgement, by, node);
  if (skipped !== undefined) return {verdict: skipped, failure: undefined};
  const {target, deviations} = by;
  const judged = {requirement, scenario: scenario.id, node, target, deviations};
  return judge(judged, check, () => restart.takeFindings());
}
