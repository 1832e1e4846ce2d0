import type {Recording} from './recording/recording.ts';
import type {Statement} from './suite.ts';
import {judgeStatement, type JudgedBy} from './verdicts/judge-statement.ts';
import type {Verdict} from './verdicts/verdict.ts';

/** A run whose recordings can be judged. */
export interface JudgeableRun extends JudgedBy {
  /** The recording of a scenario, by id; throws where there is none. */
  readonly recording: (scenario: string) => Recording;
}

/**
 * Judges everything that the suites state on a run, in this process: no cluster, no network, no Jest.
 *
 * @returns a verdict for each statement, in their order
 */
export function judgeRun(run: JudgeableRun, statements: readonly Statement[]): readonly Verdict[] {
  const read = new Map<string, Recording>();
  const recordingOf = (scenario: string): Recording => {
    const recording = read.get(scenario) ?? run.recording(scenario);
    read.set(scenario, recording);
    return recording;
  };
  for (const {restart, scenario} of statements) restart.readFrom(() => recordingOf(scenario.id));
  return statements.map(statement => judgeStatement(statement, run).verdict);
}
