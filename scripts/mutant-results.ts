import {existsSync, mkdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';
import {messageOf, SuiteError} from '../harness/errors.ts';
import {liveSchema, type LiveFault, type LiveKills} from '../harness/verdicts/kill-matrix.ts';
import {isAsPredicted} from '../harness/verdicts/mutants.ts';

/** The file of results of one release: whole after each result. */
export class ResultsFile {
  readonly #file: string;
  readonly #release: string;
  readonly #order: readonly string[];
  #results: LiveFault[];

  /**
   * Opens a file that there is, or one to be.
   *
   * @param order ids in the order in which results stand in it
   * @throws SuiteError `badData` where it is none of that release
   */
  constructor(file: string, release: string, order: readonly string[]) {
    this.#file = file;
    this.#release = release;
    this.#order = order;
    this.#results = existsSync(file) ? read(file, release).faults : [];
  }

  get results(): readonly LiveFault[] {
    return this.#results;
  }

  has(id: string): boolean {
    return this.#results.some(known => known.id === id);
  }

  /** Adds a result, in place of an earlier one of the same fault. */
  add(result: LiveFault): void {
    const place = ({id}: LiveFault) => this.#order.indexOf(id);
    this.#results = [...this.#results.filter(({id}) => id !== result.id), result].toSorted(
      (a, b) => place(a) - place(b),
    );
    const text = JSON.stringify({release: this.#release, faults: this.#results} satisfies LiveKills, null, 2);
    mkdirSync(dirname(this.#file), {recursive: true});
    writeFileSync(`${this.#file}.half`, `${text}\n`);
    renameSync(`${this.#file}.half`, this.#file);
  }
}

function read(file: string, release: string): LiveKills {
  try {
    const results = liveSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    if (results.release !== release) throw new Error(`it is of Kubernetes ${results.release}`);
    return results;
  } catch (cause) {
    throw new SuiteError('badData', `${file} can't be gone on with: ${messageOf(cause)}`, {
      next: `name the file of an earlier start for Kubernetes ${release}, or one that is not there`,
      cause,
    });
  }
}

/** One line on a result. */
export function resultLine(result: LiveFault): string {
  const {id, outcome, expects, killedBy, undecided = [], buildSeconds = NaN, runSeconds = NaN} = result;
  const missed = outcome === 'killed' ? expects.filter(each => !killedBy.includes(each)) : [];
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ['by', killedBy.filter(each => expects.includes(each))],
    ['not by', missed],
    ['beside', killedBy.filter(each => !expects.includes(each))],
    ['undecided', undecided],
  ];
  const said = parts.filter(([, ids]) => ids.length > 0).map(([word, ids]) => `${word} ${ids.join(' ')}`);
  return `${id}: ${[outcome, ...said].join('; ')} (build ${buildSeconds} s, run ${runSeconds} s)`;
}

/** All results, a line each, and how many came to what. */
export function resultTable(results: readonly LiveFault[]): string {
  const outcomes = ['killed', 'killed otherwise', 'survived', 'equivalent', 'control'] as const;
  const counts = outcomes.map(each => `${results.filter(({outcome}) => outcome === each).length} ${each}`);
  const wrong = results.filter(result => !isAsPredicted(result)).map(({id}) => id);
  return [
    ...results.map(resultLine),
    '',
    `${results.length} faults: ${counts.join(', ')}`,
    ...(wrong.length === 0 ? [] : [`not as predicted: ${wrong.join(', ')}`]),
    '',
  ].join('\n');
}
