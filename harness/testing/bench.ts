import type {Expectation} from '../matchers/matchers.ts';
import type {Recording} from '../recording/recording.ts';
import type {Recorded, Statement} from '../suite.ts';
import type {Deviation} from '../verdicts/catalogue.ts';
import {judge} from '../verdicts/judge.ts';
import type {Verdict} from '../verdicts/verdict.ts';
import {Edit} from './edit.ts';
import {goodRecording, targetOf} from './recorded.ts';

/** One expectation of a requirement, with what came of it on the good recording. */
export interface Stated extends Expectation {
  readonly requirement: string;
}

/** The good recording of a scenario, judged. */
export interface Good {
  readonly recording: Recording;
  readonly verdicts: ReadonlyMap<string, Verdict>;
  readonly stated: readonly Stated[];
}

/** Judges recordings of kept scenarios by all that the suites state of them. */
export class Bench {
  readonly #byScenario: ReadonlyMap<string, readonly Statement[]>;
  readonly #restarts: ReadonlyMap<string, ReadonlySet<Recorded>>;
  readonly #deviations: readonly Deviation[];
  readonly #good = new Map<string, Good>();

  constructor(statements: readonly Statement[], deviations: readonly Deviation[]) {
    this.#byScenario = Map.groupBy(statements, ({scenario}) => scenario.id);
    this.#restarts = new Map(
      [...this.#byScenario].map(([id, its]) => [id, new Set(its.map(({restart}) => restart))] as const),
    );
    this.#deviations = deviations;
  }

  /** Verdicts of everything that the suites state of one scenario, on the given recording of it. */
  judge(scenario: string, recording: Recording, known = this.#deviations): readonly Verdict[] {
    return this.#judge(scenario, recording, known).map(({verdict}) => verdict);
  }

  /** The good recording of a scenario with its verdicts, and what was expected on the way to them. */
  good(scenario: string): Good {
    const found = this.#good.get(scenario);
    if (found !== undefined) return found;
    const recording = goodRecording(scenario);
    const judged = this.#judge(scenario, recording, this.#deviations);
    const good = {
      recording,
      verdicts: new Map(judged.map(({verdict}) => [verdict.requirement, verdict])),
      stated: judged.flatMap(({verdict, expected}) =>
        expected.map(each => ({...each, requirement: verdict.requirement})),
      ),
    };
    this.#good.set(scenario, good);
    return good;
  }

  /** Requirements whose verdict is another than on the good recording, with what they saw. */
  turned(scenario: string, edit: (recording: Edit) => unknown): readonly Verdict[] {
    const {recording, verdicts} = this.good(scenario);
    const edited = new Edit(recording);
    edit(edited);
    return this.judge(scenario, edited.recording).filter(
      ({requirement, outcome}) => outcome !== verdicts.get(requirement)?.outcome,
    );
  }

  #judge(scenario: string, recording: Recording, deviations: readonly Deviation[]) {
    const asItIs = {...recording}; // an edit may go on after it was judged, and what is known of a recording goes by its identity
    for (const restart of this.#restarts.get(scenario) ?? []) restart.replace(asItIs);
    const target = targetOf(scenario);
    return (this.#byScenario.get(scenario) ?? []).map(({requirement, restart, check}) => {
      const expected: Expectation[] = [];
      const {verdict} = judge({requirement, scenario, target, deviations}, check, () => {
        const findings = restart.takeFindings();
        expected.push(...findings.flatMap(({by}) => by ?? []));
        return findings;
      });
      return {verdict, expected};
    });
  }
}
