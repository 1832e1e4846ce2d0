import type {Finding} from '../checks/finding.ts';
import type {Expectation} from '../matchers/matchers.ts';
import {verdictOn, type Judged, type Verdict} from './verdict.ts';

/** A finding with its formatted evidence, as a matcher hands it on. */
export interface Collected {
  readonly finding: Finding;
  readonly excerpt: readonly string[];
  /** What was expected. */
  readonly by?: Expectation | undefined;
}

/**
 * Runs what a suite states of one requirement and gives the verdict.
 *
 * @param check throws where an expectation did not hold, or where there is nothing to judge
 * @param findings gives what the matchers collected meanwhile
 * @returns the verdict, and what was thrown
 */
export function judge(
  judged: Judged,
  check: () => void,
  findings: () => readonly Collected[],
): {verdict: Verdict; failure: unknown} {
  const failure = thrownBy(check);
  const collected = findings();
  const deciding = collected.find(({finding}) => finding.outcome !== 'held') ?? collected.at(-1);
  const verdict = verdictOn(
    judged,
    collected.map(({finding}) => finding),
    deciding?.excerpt ?? [],
  );
  if (failure === undefined || (deciding !== undefined && deciding.finding.outcome !== 'held'))
    return {verdict, failure};
  return {
    verdict: {
      ...verdict,
      outcome: 'Error',
      expected: 'a recording that can be judged',
      saw: firstLine(failure),
      excerpt: [],
    },
    failure,
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
