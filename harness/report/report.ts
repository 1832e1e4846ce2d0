import type {Target} from '../recording/target.ts';
import {profiles, type Catalogue, type Deviation, type Requirement} from '../verdicts/catalogue.ts';
import {besideControls} from '../verdicts/control.ts';
import {summarizeKills, type KillSummary} from '../verdicts/kill-matrix.ts';
import {disagreements, poolsOf, type Pool} from '../verdicts/pools.ts';
import {releaseFor, summarize, type Outcome, type Verdict} from '../verdicts/verdict.ts';

/** One requirement with all that was said of it. */
export interface Row {
  readonly requirement: Requirement;
  /** The worst over its scenarios. */
  readonly verdict: Verdict;
  readonly scenarios: readonly Verdict[];
  /** The deviation that the verdict matches. */
  readonly deviation?: Deviation | undefined;
}

/** What a run comes to in one profile. */
export interface ProfileResult {
  readonly name: Requirement['profile'];
  /** As for the whole run; `not judged` where nothing of it was. */
  readonly result: Report['result'] | 'not judged';
  readonly counts: Readonly<Record<Outcome, number>>;
}

/** What a run comes to, by requirement. */
export interface Report {
  readonly suite: string;
  /** SHA-256 of the files that say what was demanded, by name. */
  readonly digests?: Catalogue['digests'];
  readonly target: Target;
  /**
   * `success`: every applicable MUST passed. `partial`: nothing Failed, but a MUST is skipped, not judged, undecided or a known
   * deviation. `failure`: one Failed. `unsupported`: the feature is off.
   */
  readonly result: 'success' | 'partial' | 'failure' | 'unsupported';
  readonly counts: Readonly<Record<Outcome, number>>;
  readonly rows: readonly Row[];
  /** The same by profile, in the order of the profiles. */
  readonly profiles: readonly ProfileResult[];
  /** The same by nodes that are alike. */
  readonly pools: readonly Pool[];
  /** Where the probes of the gate disagree, a sentence each. */
  readonly disagreements: readonly string[];
  /** Which faults each requirement is known to catch. */
  readonly kills?: KillSummary | undefined;
  /** Requirements of the catalogue that no verdict speaks of. */
  readonly unjudged: readonly Requirement[];
  /** Deviations listed for this release that were not seen: the requirement passed. */
  readonly stale: readonly Deviation[];
}

/** Puts verdicts together by requirement; a pure function of what lies in a run's folder and the catalogue. */
export function buildReport(suite: string, target: Target, catalogue: Catalogue, verdicts: readonly Verdict[]): Report {
  const all = [...catalogue.requirements.values()];
  const counted = besideControls(catalogue, verdicts);
  const rows = all.flatMap(requirement => {
    const scenarios = counted
      .filter(verdict => verdict.requirement === requirement.id)
      .toSorted((a, b) => (a.scenario < b.scenario ? -1 : 1));
    const verdict = summarize(scenarios);
    if (verdict === undefined) return [];
    const deviation =
      verdict.outcome === 'KnownDeviation' ? catalogue.deviations.find(each => matches(each, verdict)) : undefined;
    return [{requirement, verdict, scenarios, deviation}];
  });
  const unjudged = all.filter(({id}) => !rows.some(({requirement}) => requirement.id === id));
  return {
    suite,
    digests: catalogue.digests,
    target,
    result: resultOf(target, rows, unjudged),
    counts: countOf(rows),
    profiles: profiles.map(name => ofProfile(name, target, rows, unjudged)),
    rows,
    pools: poolsOf(
      target,
      rows.flatMap(({scenarios}) => scenarios),
    ),
    disagreements: disagreements(target),
    kills: catalogue.kills === undefined ? undefined : summarizeKills(catalogue.kills, catalogue.requirements.keys()),
    unjudged,
    stale: catalogue.deviations.filter(
      ({requirement, releases, sometimes}) =>
        sometimes === undefined &&
        rows.some(
          row =>
            row.requirement.id === requirement &&
            row.verdict.outcome === 'Passed' &&
            releases.includes(releaseFor(row.requirement, target, row.verdict.node)),
        ),
    ),
  };
}

/** The report with the rows of what was asked for alone, for who named requirements; what the run comes to stays. */
export function ofAsked(report: Report): Report {
  const rows = report.rows.filter(({verdict}) => verdict.reason !== 'excluded-by-user');
  return {...report, rows, unjudged: []};
}

function matches(deviation: Deviation, verdict: Verdict): boolean {
  return deviation.requirement === verdict.requirement && deviation.saw === verdict.saw;
}

function countOf(rows: readonly Row[]): Report['counts'] {
  const counts = {Passed: 0, Failed: 0, Inconclusive: 0, Error: 0, KnownDeviation: 0, Skipped: 0};
  for (const {verdict} of rows) counts[verdict.outcome]++;
  return counts;
}

function resultOf(target: Target, rows: readonly Row[], unjudged: readonly Requirement[]): Report['result'] {
  if (rows.some(({verdict}) => verdict.outcome === 'Failed')) return 'failure';
  if (target.feature === 'off') return 'unsupported';
  const musts = rows.filter(
    ({requirement, verdict}) => requirement.level === 'MUST' && verdict.reason !== 'not-applicable',
  );
  const whole = musts.length > 0 && !unjudged.some(({level}) => level === 'MUST');
  return whole && musts.every(({verdict}) => verdict.outcome === 'Passed') ? 'success' : 'partial';
}

/** What a run comes to in one profile: never a result where nothing of it was judged. */
function ofProfile(
  name: ProfileResult['name'],
  target: Target,
  rows: readonly Row[],
  unjudged: readonly Requirement[],
): ProfileResult {
  const its = rows.filter(({requirement}) => requirement.profile === name);
  const judged = its.some(({verdict}) => verdict.outcome !== 'Skipped');
  const open = unjudged.filter(({profile}) => profile === name);
  return {name, result: judged ? resultOf(target, its, open) : 'not judged', counts: countOf(its)};
}
