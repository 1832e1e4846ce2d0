import {SuiteError} from './errors.ts';
import {pointAtSuite, type Judgeable} from './matchers/matchers.ts';
import type {Recording} from './recording/recording.ts';
import {disturbsNode, type Scenario} from './recording/scenario.ts';
import {failedStart, nodeOf, timelineOf, type Timeline} from './recording/timeline.ts';
import {readRunRecording, readSelection, readTarget, runFolder, runVariable, type RunFolder} from './run-folder.ts';
import {readCatalogue, type Requirement} from './verdicts/catalogue.ts';
import type {Collected} from './verdicts/judge.ts';
import {judgeStatement, skipStatement} from './verdicts/judge-statement.ts';

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

/** The timelines of each recording, by step: many suites judge the same one. It must not change once it was judged. */
const timelines = new WeakMap<Recording, Map<string | undefined, Timeline>>();

/** What a suite calls `restart`: a recorded scenario, read when the first check asks. */
export class Recorded implements Judgeable {
  #read: () => Recording;
  #recording: Recording | undefined;
  readonly #findings: Collected[] = [];
  readonly #steps = new Map<string, Judgeable>();

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
      collect: found => {
        this.collect({...found, by: {...found.by, step}});
      },
    };
    this.#steps.set(step, after);
    return after;
  }

  collect(found: Collected): void {
    this.#findings.push(found);
  }

  /** The findings since the last call. */
  takeFindings(): readonly Collected[] {
    return this.#findings.splice(0);
  }

  /** Another recording to judge in place of the run's. */
  replace(recording: Recording): void {
    this.readFrom(() => recording);
  }

  /** Where the recording comes from, in place of the run that the environment names; asked by the next check. */
  readFrom(read: () => Recording): void {
    this.#read = read;
    this.#recording = undefined;
  }

  #timelineOf(step: string | undefined): Timeline {
    const {recording} = this;
    const its = timelines.get(recording) ?? new Map<string | undefined, Timeline>();
    timelines.set(recording, its);
    const known = its.get(step);
    if (known !== undefined) return known;
    const timeline = timelineOf(recording, step);
    if (timeline === undefined) {
      const end = recording.observations.at(-1);
      const why = end?.kind === 'end' ? end.text : 'no end';
      throw new Error(`the recording ended before ${step ?? 'a container was told to exit'}: ${why}`);
    }
    const unstarted = failedStart(timeline);
    if (unstarted !== undefined && !disturbsNode(recording.header.scenario))
      throw new Error(`the runtime failed to start ${unstarted}, so that its restarts say nothing of the kubelet`);
    its.set(step, timeline);
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
    const restart = new Recorded(() => readRunRecording(currentRun(), each.id));
    current = {scenario: each, restart};
    state(restart);
    current = undefined;
  };
  if (jest !== undefined && take === registerTest) jest.describe.each(scenarios)('$title', stateAll);
  else scenarios.forEach(stateAll);
}

/**
 * States one requirement of suites/requirements.yaml by what is expected of the restart. Its title, level and source come
 * from there. On a target where it can't be judged it is skipped, with the reason.
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
  const {requirement: stated, check} = statement;
  const folder = currentRun();
  const by = {target: readTarget(folder), selected: readSelection(folder), deviations: catalogue.deviations};
  const title = `${stated.id} ${stated.level} ${stated.title}`;
  const skipped = skipStatement(statement, by);
  if (skipped !== undefined) {
    jest.test.skip(`${title} (skipped, ${skipped.reason ?? ''}: ${skipped.saw})`, check);
    return;
  }
  jest.test(title, () => {
    const {verdict, failure} = judgeStatement(statement, by);
    if (['Passed', 'KnownDeviation', 'Skipped'].includes(verdict.outcome)) return;
    throw failure instanceof Error && verdict.outcome === 'Failed'
      ? pointAtSuite(failure)
      : new Error(`${verdict.outcome}: ${verdict.saw}`);
  });
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
