import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {z} from 'zod';
import {messageOf, SuiteError} from './errors.ts';
import {readRecording, type Recording} from './recording/recording.ts';
import {targetSchema, type Target} from './recording/target.ts';

/** Environment variable that tells the suites which run to judge. */
export const runVariable = 'RAC_RUN';

/** Where the files of a run lie. */
export interface RunFolder {
  readonly path: string;
  readonly target: string;
  readonly selection: string;
  readonly recordings: string;
}

/** The layout of a run's folder. */
export function runFolder(path: string): RunFolder {
  return {
    path,
    target: join(path, 'target.json'),
    selection: join(path, 'selection.json'),
    recordings: join(path, 'recordings'),
  };
}

/**
 * Reads what was learnt of the run's target.
 *
 * @throws SuiteError `badData` where the file is not there or not right
 */
export function readTarget({target, path}: RunFolder): Target {
  try {
    return targetSchema.parse(JSON.parse(readFileSync(target, 'utf8')));
  } catch (cause) {
    throw new SuiteError('badData', `run ${path} has no usable target.json: ${messageOf(cause)}`, {cause});
  }
}

/**
 * Reads which requirements the run was asked to judge, by id.
 *
 * @throws SuiteError `badData` where the file is not there or not right
 */
export function readSelection({selection, path}: RunFolder): ReadonlySet<string> {
  try {
    return new Set(z.array(z.string()).parse(JSON.parse(readFileSync(selection, 'utf8'))));
  } catch (cause) {
    throw new SuiteError('badData', `run ${path} has no usable selection.json: ${messageOf(cause)}`, {cause});
  }
}

/**
 * Reads a run's recording of a scenario, plain or compressed.
 *
 * @throws SuiteError `badData` where there is none, or one that is damaged or of a format that this suite does not read
 */
export function readRunRecording({recordings}: RunFolder, scenario: string): Recording {
  const names = [`${scenario}.ndjson`, `${scenario}.ndjson.gz`];
  const file = names.map(name => join(recordings, name)).find(each => existsSync(each));
  if (file === undefined) throw new SuiteError('badData', `the run has no recording of ${scenario}`);
  return readRecording(file);
}
