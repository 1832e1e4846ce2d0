import type {Target} from '../recording/target.ts';
import type {Catalogue, Deviation, Requirement} from '../verdicts/catalogue.ts';
import {releaseFor, summarize, type Outcome, type Verdict} from '../verdicts/verdict.ts';

/** One requirement with all that was said of it. */
export interface Row {
  readonly requirement: Requirement;
  /** The worst over its scenarios. */
  readonly verdict: Verdict;
  readonly scenarios: readonly Verdict[];
  /** The deviation that the verdict matches. */
  readonly deviation: Deviation | undefined;
}

/** What a run comes to, by requirement. */
export interface Report {
  readonly suite: string;
  readonly target: Target;
  /**
   * `success`: every applicable MUST passed. `partial`: nothing Failed, but a MUST is skipped, not judged, undecided or a known
   * deviation. `failure`: one Failed. `unsupported`: the feature is off.
   */
  readonly result: 'success' | 'partial' | 'failure' | 'unsupported';
  readonly counts: Readonly<Record<Outcome, number>>;
  readonly rows: readonly Row[];
  /** Requirements of the catalogue that no verdict speaks of. */
  readonly unjudged: readonly Requirement[];
  /** Deviations listed for this release that were not seen: the requirement passed. */
  readonly stale: readonly Deviation[];
}

/** Puts verdicts together by requirement; a pure function of what lies in a run's folder and the catalogue. */
export function buildReport(suite: string, target: Target, catalogue: Catalogue, verdicts: readonly Verdict[]): Report {
  const all = [...catalogue.requirements.values()];
  const rows = all.flatMap(requirement => {
    const scenarios = verdicts
      .filter(verdict => verdict.requirement === requirement.id)
      .toSorted((a, b) => (a.scenario < b.scenario ? -1 : 1));
    const verdict = summarize(scenarios);
    if (verdict === undefined) return [];
    const deviation =
      verdict.outcome === 'KnownDeviation' ? catalogue.deviations.find(each => matches(each, verdict)) : undefined;
    return [{requirement, verdict, scenarios, deviation}];
  });
  const unjudged = all.filter(({id}) => !rows.some(({requirement}) => requirement.id === id));
  const counts = {Passed: 0, Failed: 0, Inconclusive: 0, Error: 0, KnownDeviation: 0, Skipped: 0};
  for (const {verdict} of rows) counts[verdict.outcome]++;
  return {
    suite,
    target,
    result: resultOf(target, rows, unjudged),
    counts,
    rows,
    unjudged,
    stale: catalogue.deviations.filter(
      ({requirement, releases, sometimes}) =>
        sometimes === undefined &&
        releases.includes(releaseFor({id: requirement}, target)) &&
        rows.some(row => row.requirement.id === requirement && row.verdict.outcome === 'Passed'),
    ),
  };
}

function matches(deviation: Deviation, verdict: Verdict): boolean {
  return deviation.requirement === verdict.requirement && deviation.saw === verdict.saw;
}

function resultOf(target: Target, rows: readonly Row[], unjudged: readonly Requirement[]): Report['result'] {
  const musts = rows.filter(({requirement}) => requirement.level === 'MUST').map(({verdict}) => verdict.outcome);
  if (rows.some(({verdict}) => verdict.outcome === 'Failed')) return 'failure';
  if (target.feature === 'off') return 'unsupported';
  const whole = !unjudged.some(({level}) => level === 'MUST');
  return whole && musts.length > 0 && musts.every(outcome => outcome === 'Passed') ? 'success' : 'partial';
}
