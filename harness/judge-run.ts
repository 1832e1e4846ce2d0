import type {Evidence} from './replay/stored-run.ts';
import type {Statement} from './suite.ts';
import type {Deviation} from './verdicts/catalogue.ts';
import {judgeStatement} from './verdicts/judge-statement.ts';
import type {Verdict} from './verdicts/verdict.ts';

/**
 * Judges everything that the suites state on a run, in this process: no cluster, no network, no Jest.
 *
 * @returns a verdict for each statement, in their order
 */
export function judgeRun(
  {target, selected, recordings}: Evidence,
  statements: readonly Statement[],
  deviations: readonly Deviation[],
): readonly Verdict[] {
  for (const {restart, scenario} of statements) {
    restart.readFrom(() => {
      const recording = recordings.get(scenario.id);
      if (recording === undefined) throw new Error(`the run has no recording of ${scenario.id}`);
      return recording;
    });
  }
  return statements.map(statement => judgeStatement(statement, {target, selected, deviations}).verdict);
}
