import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {z} from 'zod';
import {messageOf, SuiteError} from '../errors.ts';
import {parseRecording, type Recording} from '../recording/recording.ts';
import {targetSchema, type Target} from '../recording/target.ts';
import {sha256} from './digest.ts';
import {findFiles, findRunFile, type Found} from './found.ts';
import {parseRunFile, runFileName, type RunFile} from './run-file.ts';
import {verify, type Verification} from './verify.ts';

/** A run's folder, read once: its files, what run.json says of them, and whether that is so. */
export interface StoredRun {
  readonly path: string;
  readonly file: RunFile;
  /** SHA-256 of run.json, which vouches for all other files and which nothing in the folder vouches for. */
  readonly sha256: string;
  readonly found: readonly Found[];
  readonly verification: Verification;
}

/** What the verdicts of a run rest on. */
export interface Evidence {
  readonly target: Target;
  /** Ids of the requirements that the run was asked to judge. */
  readonly selected: ReadonlySet<string>;
  /** By the id of the scenario. */
  readonly recordings: ReadonlyMap<string, Recording>;
}

/**
 * Reads a run's folder and compares it with its run.json.
 *
 * @throws SuiteError `usage` where there is no such folder, `badData` where it has no usable run.json
 */
export function readStoredRun(path: string): StoredRun {
  if (!existsSync(path))
    throw new SuiteError('usage', `there is no folder ${path}`, {next: 'name the folder of a run'});
  const text = findRunFile(path);
  if (text === undefined) {
    throw new SuiteError('badData', `${path} has no ${runFileName}`, {
      next: 'name the folder of a run that ended; a run of an older suite has none and has to be recorded again',
    });
  }
  const file = parseRunFile(join(path, runFileName), text);
  const found = findFiles(path);
  return {path, file, sha256: sha256(text), found, verification: verify(file, found)};
}

/**
 * Gives what verdicts rest on, where it is all as it was at the end of the run.
 *
 * @throws SuiteError `badData` where it is not, or where a recording is of a format that this suite does not read
 */
export function evidenceOf({path, found, verification}: StoredRun): Evidence {
  const [first, ...more] = verification.evidence;
  if (first !== undefined) {
    const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
    throw new SuiteError('badData', `run ${path} is not as it was recorded: ${first}${others}`, {
      next: `rac verify ${path} tells all; an altered run gets no verdict`,
    });
  }
  return {
    target: parse(path, 'target.json', found, targetSchema),
    selected: new Set(parse(path, 'selection.json', found, z.array(z.string()))),
    recordings: recordingsIn(path, found),
  };
}

/** Every recording of a run's folder, by the id of its scenario. */
export function recordingsIn(path: string, found: readonly Found[]): ReadonlyMap<string, Recording> {
  return new Map(
    found.flatMap(({name, content}) => {
      const scenario = /^recordings\/(.+)\.ndjson$/.exec(name)?.[1];
      if (scenario === undefined || 'unreadable' in content) return [];
      return [[scenario, parseRecording(join(path, name), content.text)] as const];
    }),
  );
}

function parse<T>(path: string, name: string, found: readonly Found[], schema: z.ZodType<T>): T {
  try {
    const content = found.find(each => each.name === name)?.content;
    if (content === undefined || 'unreadable' in content) throw new Error('it is not there');
    return schema.parse(JSON.parse(content.text));
  } catch (cause) {
    throw new SuiteError('badData', `run ${path} has no usable ${name}: ${messageOf(cause)}`, {cause});
  }
}
