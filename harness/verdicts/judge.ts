import type {Finding} from '../checks/finding.ts';
import {Undecided, type Expectation} from '../matchers/matchers.ts';
import {decidingOf, verdictOn, type Judged, type Verdict} from './verdict.ts';

/** A finding with what formats its evidence, as a matcher hands it on. */
export interface Collected {
  readonly finding: Finding;
  readonly excerpt: () => readonly string[];
  /** What was expected. */
  readonly by?: Expectation | undefined;
  /** Explains what did not hold. */
  readonly failure?: Error | undefined;
}

/**
 * Runs what a suite states of one requirement and gives the verdict.
 *
 * @param check throws where there is nothing to judge
 * @param findings gives what the matchers collected meanwhile
 * @returns the verdict, and what explains it where it is not Passed
 */
export function judge(
  judged: Judged,
  check: () => void,
  findings: () => readonly Collected[],
): {verdict: Verdict; failure: unknown} {
  const thrown = thrownBy(check);
  const collected = findings();
  const found = collected.map(({finding}) => finding);
  const finding = decidingOf(judged, found);
  const {excerpt, failure} = collected.find(each => each.finding === finding) ?? {};
  const verdict = verdictOn(judged, found, excerpt?.() ?? []);
  const decided = thrown === undefined || thrown instanceof Undecided || verdict.outcome === 'Failed';
  if (decided) return {verdict, failure};
  return {
    verdict: {
      ...verdict,
      outcome: 'Error',
      expected: 'a recording that can be judged',
      saw: firstLine(thrown),
      excerpt: [],
    },
    failure: thrown,
  };
}

function thrownBy(check: () => void): unknown {
  try {
    check();
    return undefined;
  } catch (error) {
    return error;
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
