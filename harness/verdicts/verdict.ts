import {z} from 'zod';
import type {Finding} from '../checks/finding.ts';
import type {Target} from '../recording/target.ts';
import type {Deviation, Requirement} from './catalogue.ts';

/** Why a requirement was not judged. */
export const skipReasons = [
  'gate-off',
  'not-applicable',
  'no-permission',
  'needs-node-access',
  'excluded-by-user',
] as const;

const outcome = z.enum(['Passed', 'Failed', 'Inconclusive', 'Skipped', 'Error', 'KnownDeviation']);

/** What the suite says about one requirement in one scenario. */
export const verdictSchema = z.strictObject({
  requirement: z.string(),
  scenario: z.string(),
  outcome,
  /** Only with Skipped. */
  reason: z.enum(skipReasons).optional(),
  expected: z.string(),
  saw: z.string(),
  /** The deciding observations, formatted, with the place in the recording. */
  excerpt: z.array(z.string()),
});

export type Verdict = z.infer<typeof verdictSchema>;
export type Outcome = z.infer<typeof outcome>;

/** Where a verdict comes from. */
export interface Judged {
  readonly requirement: Requirement;
  readonly scenario: string;
  readonly target: Target;
  readonly deviations: readonly Deviation[];
}

/**
 * The typed reason for which a requirement can't be judged on a target at all.
 *
 * @returns undefined where it can
 */
export function skipReason(
  {since}: Requirement,
  {feature, release}: Target,
): {reason: Verdict['reason']; why: string} | undefined {
  if (feature === 'off') return {reason: 'gate-off', why: 'the feature is off on this target'};
  if (compareReleases(release, since) < 0)
    return {reason: 'not-applicable', why: `holds from ${since} on; this is ${release}`};
  return undefined;
}

/** Orders releases such as 1.9 and 1.35 by their numbers. */
export function compareReleases(a: string, b: string): number {
  const [left = 0, right = 0] = [a, b].map(release => Number(release.split('.')[1]));
  return left - right;
}

/**
 * The verdict on what the checks of one requirement found in one recording. A requirement without a finding is an Error: what
 * checked nothing must not pass.
 */
export function verdictOn(
  {requirement, scenario, target, deviations}: Judged,
  findings: readonly Finding[],
  excerpt: readonly string[],
): Verdict {
  const base = {requirement: requirement.id, scenario, excerpt: [...excerpt]};
  const deciding =
    findings.find(({outcome}) => outcome === 'broken') ??
    findings.find(({outcome}) => outcome === 'unknown') ??
    findings.at(-1);
  if (deciding === undefined) return {...base, outcome: 'Error', expected: 'at least one check', saw: 'none ran'};
  const {expected, saw} = deciding;
  if (deciding.outcome === 'held') return {...base, outcome: 'Passed', expected, saw};
  if (deciding.outcome === 'unknown') return {...base, outcome: 'Inconclusive', expected, saw};
  const known = deviations.some(
    deviation =>
      deviation.requirement === requirement.id && deviation.releases.includes(target.release) && deviation.saw === saw,
  );
  return {...base, outcome: known ? 'KnownDeviation' : 'Failed', expected, saw};
}

/** Worst first: what one requirement's verdicts over several scenarios come to. */
const worst: readonly Outcome[] = ['Failed', 'Error', 'Inconclusive', 'KnownDeviation', 'Passed', 'Skipped'];

/** The verdict that speaks for a requirement over all scenarios that judge it: the worst one; undefined where none does. */
export function summarize(verdicts: readonly Verdict[]): Verdict | undefined {
  return worst.map(each => verdicts.find(verdict => verdict.outcome === each)).find(verdict => verdict !== undefined);
}
