import {z} from 'zod';
import type {Finding} from '../checks/finding.ts';
import type {Scenario} from '../recording/scenario.ts';
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

/** What a verdict can be. */
export const outcome = z.enum(['Passed', 'Failed', 'Inconclusive', 'Skipped', 'Error', 'KnownDeviation']);

/** What the suite says about one requirement in one scenario. */
export const verdictSchema = z.strictObject({
  requirement: z.string(),
  scenario: z.string(),
  /** Node on which the scenario's Pod ran; not there where it had none. */
  node: z.string().optional(),
  outcome,
  /** Only with Skipped. */
  reason: z.enum(skipReasons).optional(),
  expected: z.string(),
  saw: z.string(),
  /** The deciding observations, formatted, with the place in the recording. */
  excerpt: z.array(z.string()),
  /** What was measured, a line each, where something was. */
  figures: z.array(z.string()).optional(),
});

export type Verdict = z.infer<typeof verdictSchema>;
export type Outcome = z.infer<typeof outcome>;

/** Where a verdict comes from. */
export interface Judged {
  readonly requirement: Requirement;
  readonly scenario: string;
  readonly node?: string | undefined;
  readonly target: Target;
  readonly deviations: readonly Deviation[];
}

/** What of a run decides whether a requirement is judged in a scenario. */
export interface Circumstances {
  /** What the scenario needs of the target. */
  readonly needs: NonNullable<Scenario['needs']>;
  /** Ids of the requirements that the run was asked to judge. */
  readonly selected: ReadonlySet<string>;
  readonly scenario?: string;
  /** Node on which the scenario's Pod ran, where it was recorded. */
  readonly node?: string | undefined;
}

/**
 * The typed reason for which a requirement can't be judged on a target at all, or in a scenario that was recorded there.
 *
 * @returns undefined where it can
 */
export function skipReason(
  requirement: Requirement,
  target: Target,
  {needs, selected, scenario, node}: Circumstances,
): {reason: Verdict['reason']; why: string} | undefined {
  const {id, since, until, gates, kind} = requirement;
  const {feature, gatesOff, has, lacks = {}, leftOut = []} = target;
  const releases = releasesFor(requirement, target, node);
  const [release = target.release] = releases;
  if (!selected.has(id)) return {reason: 'excluded-by-user', why: 'this run was not asked for it'};
  if (feature === 'off' && gates === 'on') return {reason: 'gate-off', why: 'the feature is off on this target'};
  if (feature === 'on' && gates !== 'on')
    return {reason: 'not-applicable', why: 'speaks of a target where the feature is off'};
  if (gates !== 'on' && gates !== gatesOff)
    return {reason: 'not-applicable', why: 'speaks of an API server with other gates off'};
  if (releases.every(each => compareReleases(each, since) < 0))
    return {reason: 'not-applicable', why: `holds from ${since} on; this is ${release}`};
  if (until !== undefined && releases.every(each => compareReleases(each, until) > 0))
    return {reason: 'not-applicable', why: `holds up to ${until}; this is ${release}`};
  if (gates === 'on' && !ofServer(requirement) && target.nodes.find(({name}) => name === node)?.gate === 'off')
    return {reason: 'gate-off', why: `the feature is off on node ${node ?? ''}`};
  const missing = needs.find(each => !has.includes(each));
  if (missing?.startsWith('right') === true) return {reason: 'no-permission', why: `this user lacks the ${missing}`};
  if (missing === 'node access' || missing === 'webhook')
    return {reason: 'needs-node-access', why: `this target gives no ${missing}`};
  if (missing !== undefined) return {reason: 'not-applicable', why: `this target has no ${missing}`};
  if (needs.includes('older kubelet') && node !== undefined && compareReleases(release, target.release) >= 0)
    return {reason: 'not-applicable', why: `the kubelet of node ${node} is not older than the API server`};
  const rights = scenario === undefined ? [] : (lacks[scenario] ?? []);
  if (rights.length > 0) return {reason: 'no-permission', why: `this user may not ${rights.join(', ')}`};
  if (kind !== undefined && leftOut.includes(kind))
    return {reason: 'no-permission', why: `this user may not create ${kind.toLowerCase()}s`};
  return undefined;
}

/**
 * The release that a requirement is judged by: the API server's for what it and the scheduler decide, otherwise the
 * kubelet's, which may be older (version skew policy) and is what restarts containers.
 *
 * @param node on which the scenario's Pod ran; without it, the oldest kubelet counts
 */
export function releaseFor(requirement: Pick<Requirement, 'id'>, target: Target, node?: string): string {
  return releasesFor(requirement, target, node)[0] ?? target.release;
}

/** The releases by which a requirement may be judged, the oldest first: more than one before it is known where a Pod runs. */
function releasesFor(
  requirement: Pick<Requirement, 'id'>,
  {release, nodes}: Target,
  node: string | undefined,
): readonly string[] {
  if (ofServer(requirement)) return [release];
  const ran = nodes.filter(({name}) => name === node);
  const kubelets = (ran.length > 0 ? ran : nodes).flatMap(({kubelet}) => /^v?(\d+\.\d+)/.exec(kubelet)?.[1] ?? []);
  return kubelets.length === 0 ? [release] : kubelets.toSorted(compareReleases);
}

/** Whether a requirement is about what the API server and the scheduler decide. */
function ofServer({id}: Pick<Requirement, 'id'>): boolean {
  return /^(API|DEC)-/.test(id);
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
export function verdictOn(judged: Judged, findings: readonly Finding[], excerpt: readonly string[]): Verdict {
  const {requirement, scenario, node} = judged;
  const figures = findings.flatMap(finding => finding.figures ?? []);
  const base = {
    requirement: requirement.id,
    scenario,
    ...(node === undefined ? {} : {node}),
    excerpt: [...excerpt],
    ...(figures.length === 0 ? {} : {figures}),
  };
  const deciding = decidingOf(judged, findings);
  if (deciding === undefined) return {...base, outcome: 'Error', expected: 'at least one check', saw: 'none ran'};
  const {expected, saw} = deciding;
  if (deciding.outcome === 'held') return {...base, outcome: 'Passed', expected, saw};
  if (deciding.outcome === 'unknown') return {...base, outcome: 'Inconclusive', expected, saw};
  return {...base, outcome: isKnown(judged, deciding) ? 'KnownDeviation' : 'Failed', expected, saw};
}

/** The finding that a verdict rests on, the worst: a known deviation hides neither what is broken beside it nor what is undecided. */
export function decidingOf<F extends Finding>(judged: Judged, findings: readonly F[]): F | undefined {
  const broken = findings.filter(({outcome}) => outcome === 'broken');
  return (
    broken.find(finding => !isKnown(judged, finding)) ??
    findings.find(({outcome}) => outcome === 'unknown') ??
    broken[0] ??
    findings.at(-1)
  );
}

function isKnown({requirement, node, target, deviations}: Judged, {saw}: Finding): boolean {
  const release = releaseFor(requirement, target, node);
  return deviations.some(
    deviation =>
      deviation.requirement === requirement.id && deviation.releases.includes(release) && deviation.saw === saw,
  );
}

/** Worst first: what one requirement's verdicts over several scenarios come to. */
export const worstFirst: readonly Outcome[] = [
  'Failed',
  'Error',
  'Inconclusive',
  'KnownDeviation',
  'Passed',
  'Skipped',
];

/** The verdict that speaks for a requirement over all scenarios that judge it: the worst one; undefined where none does. */
export function summarize(verdicts: readonly Verdict[]): Verdict | undefined {
  return worstFirst
    .map(each => verdicts.find(verdict => verdict.outcome === each))
    .find(verdict => verdict !== undefined);
}
