import {appendFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import {describe, expect, test} from '@jest/globals';
import type {Finding} from './checks/finding.ts';
import type {Judgeable} from './matchers/matchers.ts';
import {SuiteError} from './errors.ts';
import type {Scenario} from './recording/observation.ts';
import {readRecording} from './recording/recording.ts';
import {timelineOf, type Timeline} from './recording/timeline.ts';
import {readTarget, runFolder, runVariable, type RunFolder} from './run-folder.ts';
import {readCatalogue, type Requirement} from './verdicts/catalogue.ts';
import {skipReason, verdictOn, type Verdict} from './verdicts/verdict.ts';

const catalogue = readCatalogue(new URL('../suites/', import.meta.url));
const folder = currentRun();
const target = readTarget(folder);

let current: JudgedScenario | undefined;

/** One recorded scenario while its requirements are judged. */
class JudgedScenario implements Judgeable {
  readonly scenario: Scenario;
  #findings: {finding: Finding; excerpt: readonly string[]}[] = [];
  #timeline: Timeline | undefined;

  constructor(scenario: Scenario) {
    this.scenario = scenario;
  }

  /** Read when the first check asks, so that a skipped scenario needs no recording. */
  get timeline(): Timeline {
    if (this.#timeline !== undefined) return this.#timeline;
    const recording = readRecording(join(folder.recordings, `${this.scenario.id}.ndjson`));
    const end = recording.observations.at(-1);
    this.#timeline = timelineOf(recording);
    if (this.#timeline === undefined || end?.kind !== 'end' || end.reason === 'error' || end.reason === 'interrupted') {
      throw new Error(`${this.scenario.id} was not recorded: ${end?.kind === 'end' ? end.text : 'no end'}`);
    }
    return this.#timeline;
  }

  collect(finding: Finding, excerpt: readonly string[]): void {
    this.#findings.push({finding, excerpt});
  }

  /** Judges one requirement and stores the verdict; throws what a test should fail with. */
  judge(requirement: Requirement, check: () => void): void {
    this.#findings = [];
    const failure = thrownBy(check);
    const findings = this.#findings;
    const judged = {requirement, scenario: this.scenario.id, target, deviations: catalogue.deviations};
    const deciding = findings.find(({finding}) => finding.outcome !== 'held') ?? findings.at(-1);
    let verdict = verdictOn(
      judged,
      findings.map(({finding}) => finding),
      deciding?.excerpt ?? [],
    );
    if (failure !== undefined && (deciding === undefined || deciding.finding.outcome === 'held')) {
      verdict = {
        ...verdict,
        outcome: 'Error',
        expected: 'a recording that can be judged',
        saw: messageLine(failure),
        excerpt: [],
      };
    }
    store(verdict);
    if (verdict.outcome === 'Passed' || verdict.outcome === 'KnownDeviation') return;
    throw failure instanceof Error && verdict.outcome !== 'Error'
      ? failure
      : new Error(`${verdict.outcome}: ${verdict.saw}`);
  }
}

/**
 * Judges requirements on scenarios that were recorded: `judge` is called once for each, and states one requirement a line.
 *
 * @param scenarios what suites/scenarios.ts names
 */
export function scenario(scenarios: readonly Scenario[], judge: (restart: Judgeable) => void): void {
  describe.each(scenarios)('$title', each => {
    const judged = new JudgedScenario(each);
    current = judged;
    judge(judged);
    current = undefined;
  });
}

/**
 * States one requirement of suites/requirements.yaml by what is expected of the restart. Its title, level and source come
 * from there; the verdict goes to the run's store. On a target where it can't be judged it is skipped, with the reason.
 *
 * @throws SuiteError `badData` for an id that is not there
 */
export function requirement(id: string, check: () => void): void {
  const known = catalogue.requirements.get(id);
  if (known === undefined) throw new SuiteError('badData', `suites/requirements.yaml has no ${id}`);
  const judged = current;
  if (judged === undefined) throw new SuiteError('badData', `${id} stands outside a scenario`);
  const title = `${id} ${known.level} ${known.title}`;
  const skipped = skipReason(known, target);
  if (skipped === undefined) {
    test(title, () => {
      judged.judge(known, check);
    });
    return;
  }
  const base = {requirement: id, scenario: judged.scenario.id, excerpt: []};
  store({...base, outcome: 'Skipped', reason: skipped.reason, expected: known.title, saw: skipped.why});
  test.skip(`${title} (skipped, ${skipped.reason ?? ''}: ${skipped.why})`, check);
}

function store(verdict: Verdict): void {
  const suite = basename(expect.getState().testPath ?? 'suite').replace('.test.ts', '');
  appendFileSync(join(folder.verdicts, `${suite}.ndjson`), `${JSON.stringify(verdict)}\n`);
}

function thrownBy(check: () => void): unknown {
  try {
    check();
    return undefined;
  } catch (error) {
    return error;
  }
}

function messageLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}

function currentRun(): RunFolder {
  const path = process.env[runVariable];
  if (path === undefined) {
    throw new SuiteError('badData', `${runVariable} names no run to judge`, {
      next: 'start the suites with npm start or npm test',
    });
  }
  return runFolder(path);
}
