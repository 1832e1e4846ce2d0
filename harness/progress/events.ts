import type {Scenario} from '../recording/scenario.ts';
import type {Outcome} from '../verdicts/verdict.ts';

/** What a run tells while it goes on; `rac run --json` writes each as one line of JSON, and docs/progress.md describes them. */
export type RunEvent =
  | {
      readonly event: 'target';
      readonly context: string;
      readonly server: string;
      readonly feature: 'on' | 'off';
    }
  /** What is going to be recorded on one cluster. */
  | {readonly event: 'recording'; readonly scenarios: readonly Planned[]; readonly parallel: number}
  | {readonly event: 'began'; readonly scenario: string; readonly title: string}
  | {
      readonly event: 'ended';
      readonly scenario: string;
      readonly title: string;
      /** How the recording ended: its reason, and the same in words. */
      readonly reason: string;
      readonly text: string;
      readonly seconds: number;
    }
  /** What a recording says of one requirement, before others and controls are looked at. */
  | {readonly event: 'verdict'; readonly scenario: string; readonly requirement: string; readonly outcome: Outcome}
  /** The end of what was announced by `recording`. */
  | {readonly event: 'recorded'; readonly seconds: number};

/** A scenario that is to be recorded. */
export interface Planned {
  readonly scenario: string;
  readonly title: string;
  /** The profiles that it is judged for. */
  readonly profiles: readonly string[];
  /** How long it takes: as in an earlier run, or else as on an idle node. */
  readonly seconds: number;
  /** Whether nothing else runs meanwhile. */
  readonly alone: boolean;
}

/** Takes what a run tells. */
export type Tell = (event: RunEvent) => void;

/**
 * What is going to be recorded, longest first, as it is done.
 *
 * @param seconds how long a scenario takes
 */
export function plan(
  scenarios: readonly Scenario[],
  profilesOf: (scenario: Scenario) => readonly string[],
  seconds: (scenario: Scenario) => number,
): readonly Planned[] {
  return scenarios
    .map(scenario => ({
      scenario: scenario.id,
      title: scenario.title,
      profiles: profilesOf(scenario),
      seconds: seconds(scenario),
      alone: scenario.alone === true,
    }))
    .toSorted((a, b) => b.seconds - a.seconds);
}
