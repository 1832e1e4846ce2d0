import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {z} from 'zod';
import {messageOf, SuiteError} from './errors.ts';
import {targetSchema, type Target} from './recording/target.ts';

/** Environment variable that tells the suites which run to judge. */
export const runVariable = 'RAC_RUN';

/** Where the files of a run lie. */
export interface RunFolder {
  readonly path: string;
  readonly target: string;
  readonly selection: string;
  readonly recordings: string;
  readonly verdicts: string;
}

/** The layout of a run's folder. */
export function runFolder(path: string): RunFolder {
  return {
    path,
    target: join(path, 'target.json'),
    selection: join(path, 'selection.json'),
    recordings: join(path, 'recordings'),
    verdicts: join(path, 'verdicts'),
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
