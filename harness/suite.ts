import {appendFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import {SuiteError} from './errors.ts';
import type {Judgeable} from './matchers/matchers.ts';
import {readRecording, type Recording} from './recording/recording.ts';
import type {Scenario} from './recording/scenario.ts';
import {failedStart, nodeOf, timelineOf, type Timeline} from './recording/timeline.ts';
import {readSelection, readTarget, runFolder, runVariable, type RunFolder} from './run-folder.ts';
import {readCatalogue, type Requirement} from './verdicts/catalogue.ts';
import {judge, type Collected} from './verdicts/judge.ts';
import {skipReason, type Verdict} from './verdicts/verdict.ts';

/** Jest, where it runs this; a command that only asks what the suites state has none. */
const jest = process.env['JEST_WORKER_ID'] === undefined ? undefined : await import('@jest/globals');

const catalogue = readCatalogue(new URL('../suites/', import.meta.url));

/** A requirement as a suite states it of one scenario. */
export interface Statement {
  readonly requirement: Requirement;
  readonly scenario: Scenario;
  readonly restart: Recorded;
  readonly check: () => void;
}

/** Where statements go: to Jest, or to `collectStatements`. */
let take: (statement: Statement) => void = registerTest;
let current: {scenario: Scenario; restart: Recorded} | undefined;

/** What a suite calls `restart`: a recorded scenario, read when the first check asks. */
export class Recorded implements Judgeable {
  #read: () => Recording;
  #recording: Recording | undefined;
  readonly #findings: Collected[] = [];
  readonly #steps = new Map<string, Judgeable>();
  readonly #timelines = new Map<string | undefined, Timeline>();

  constructor(read: () => Recording) {
    this.#read = read;
  }

  /** Throws where the scenario was not recorded to its end. */
  get recording(): Recording {
    const recording = (this.#recording ??= this.#read());
    const end = recording.observations.at(-1);
    if (end?.kind !== 'end' || ['error', 'interrupted', 'not-started'].includes(end.reason)) {
      throw new Error(`the scenario was not recorded: ${end?.kind === 'end' ? end.text : 'no end'}`);
    }
    return recording;
  }

  /** Node on which the Pod ran; undefined where none did, or nothing was recorded. */
  get node(): string | undefined {
    try {
      return nodeOf(this.recording);
    } catch {
      return undefined;
    }
  }

  /** From the first time that containers were told to exit; throws as `recording`. */
  get timeline(): Timeline {
    return this.#timelineOf(undefined);
  }

  /** The same recording from the step of that name on, until containers are told again. */
  after(step: string): Judgeable {
    const known = this.#steps.get(step);
    if (known !== undefined) return known;
    const recording = () => this.recording;
    const timeline = () => this.#timelineOf(step);
    const after: Judgeable = {
      get recording() {
        return recording();
      },
      get timeline() {
        return timeline();
      },
      collect: (finding, excerpt, by) => {
        this.collect(finding, excerpt, {...by, step});
      },
    };
    this.#steps.set(step, after);
    return after;
  }

  collect(finding: Collected['finding'], excerpt: Collected['excerpt'], by: Collected['by']): void {
    this.#findings.push({finding, excerpt, by});
  }

  /** The findings since the last call. */
  takeFindings(): readonly Collected[] {
    return this.#findings.splice(0);
  }

  /** Another recording to judge in place of the run's. */
  replace(recording: Recording): void {
    this.#read = () => recording;
    this.#recording = undefined;
    this.#timelines.clear();
  }

  #timelineOf(step: string | undefined): Timeline {
    const known = this.#timelines.get(step);
    if (known !== undefined) return known;
    const {recording} = this;
    const timeline = timelineOf(recording, step);
    if (timeline === undefined) {
      const end = recording.observations.at(-1);
      const why = end?.kind === 'end' ? end.text : 'no end';
      throw new Error(`the recording ended before ${step ?? 'a container was told to exit'}: ${why}`);
    }
    const unstarted = failedStart(timeline);
    if (unstarted !== undefined && recording.header.scenario.alone !== true)
      throw new Error(`the runtime failed to start ${unstarted}, so that its restarts say nothing of the kubelet`);
    this.#timelines.set(step, timeline);
    return timeline;
  }
}

/**
 * Judges requirements on scenarios that were recorded: `state` is called once for each, and states one requirement a line.
 *
 * @param scenarios each with its manifest and steps; those that several suites judge stand in suites/scenarios.ts
 */
export function scenario(scenarios: readonly Scenario[], state: (restart: Recorded) => void): void {
  const stateAll = (each: Scenario): void => {
    const restart = new Recorded(() => readRecording(join(currentRun().recordings, `${each.id}.ndjson`)));
    current = {scenario: each, restart};
    state(restart);
    current = undefined;
  };
  if (jest !== undefined && take === registerTest) jest.describe.each(scenarios)('$title', stateAll);
  else scenarios.forEach(stateAll);
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
  if (current === undefined) throw new SuiteError('badData', `${id} stands outside a scenario`);
  take({requirement: known, ...current, check});
}

/** Loads suites and gives what they state, in place of registering it with Jest. */
export async function collectStatements(load: () => Promise<unknown>): Promise<readonly Statement[]> {
  const statements: Statement[] = [];
  take = statement => statements.push(statement);
  try {
    await load();
  } finally {
    take = registerTest;
  }
  return statements;
}

/** One statement as a Jest test, which fails where the verdict is neither Passed nor a known deviation. */
function registerTest(statement: Statement): void {
  if (jest === undefined) throw new Error('suites are loaded by Jest, or by collectStatements');
  const {requirement: stated, scenario: from, restart, check} = statement;
  const folder = currentRun();
  const target = readTarget(folder);
  const title = `${stated.id} ${stated.level} ${stated.title}`;
  const skipped = skipReason(stated, target, {needs: from.needs ?? [], selected: readSelection(folder)});
  if (skipped !== undefined) {
    const base = {requirement: stated.id, scenario: from.id, excerpt: []};
    store(folder, {...base, outcome: 'Skipped', reason: skipped.reason, expected: stated.title, saw: skipped.why});
    jest.test.skip(`${title} (skipped, ${skipped.reason}: ${skipped.why})`, check);
    return;
  }
  jest.test(title, () => {
    const judged = {
      requirement: stated,
      scenario: from.id,
      node: restart.node,
      target,
      deviations: catalogue.deviations,
    };
    const {verdict, failure} = judge(judged, check, () => restart.takeFindings());
    store(folder, verdict);
    if (verdict.outcome === 'Passed' || verdict.outcome === 'KnownDeviation') return;
    throw failure instanceof Error && verdict.outcome === 'Failed'
      ? failure
      : new Error(`${verdict.outcome}: ${verdict.saw}`);
  });
}

function store({verdicts}: RunFolder, verdict: Verdict): void {
  const suite = basename(jest?.expect.getState().testPath ?? 'suite').replace('.test.ts', '');
  appendFileSync(join(verdicts, `${suite}.ndjson`), `${JSON.stringify(verdict)}\n`);
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
