import {allStatements} from '../statements.ts';
import type {Catalogue} from '../verdicts/catalogue.ts';
import type {RecordedKills} from '../verdicts/kill-matrix.ts';
import {Bench} from './bench.ts';
import {faults} from './faults/index.ts';
import {judgeGenerated} from './generated/in-threads.ts';
import {keptScenarios} from './recorded.ts';

/** Collects which requirements faults turn red. */
export class KillCounts {
  readonly #named = new Map<string, string[]>();
  readonly #generated = new Map<string, number>();
  #all = 0;

  /** Takes a named fault down. */
  named(fault: string, red: readonly string[]): void {
    for (const id of red) this.#named.set(id, [...(this.#named.get(id) ?? []), fault]);
  }

  /** Takes a generated fault down. */
  generated(red: readonly string[]): void {
    this.#all += 1;
    for (const id of red) this.#generated.set(id, (this.#generated.get(id) ?? 0) + 1);
  }

  /** What suites/kill-matrix.json has to say, requirements in the order given. */
  of(requirements: Iterable<string>): RecordedKills {
    return {
      generated: this.#all,
      requirements: [...requirements].map(requirement => ({
        requirement,
        named: this.#named.get(requirement)?.toSorted() ?? [],
        generated: this.#generated.get(requirement) ?? 0,
      })),
    };
  }
}

/** Judges every recorded fault, named and generated, and gives the faults that each requirement catches. */
export async function recordedKills({requirements, deviations}: Catalogue): Promise<RecordedKills> {
  const bench = new Bench(await allStatements(), deviations);
  const counts = new KillCounts();
  for (const {in: scenario, name, edit} of faults) {
    const red = bench.turned(scenario, edit).filter(({outcome}) => outcome === 'Failed');
    counts.named(
      `${scenario}: ${name}`,
      red.map(({requirement}) => requirement),
    );
  }
  for (const {red} of await judgeGenerated(keptScenarios())) for (const ids of red) counts.generated(ids);
  return counts.of(requirements.keys());
}
