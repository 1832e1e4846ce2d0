import {mkdirSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {messageOf, SuiteError} from '../harness/errors.ts';
import {findFiles} from '../harness/replay/found.ts';
import {runFileName, runFileText} from '../harness/replay/run-file.ts';
import {describeRun, type RunFacts} from '../harness/replay/seal.ts';
import {readStoredRun} from '../harness/replay/stored-run.ts';
import {runFolder, type RunFolder} from '../harness/run-folder.ts';
import {root} from './paths.ts';

/** Makes the folder of a run's files. */
export function makeFolder(output: string | undefined): RunFolder {
  const stamp = new Date().toISOString().slice(0, 23).replaceAll(/[:.]/g, '').replace('T', '-');
  const folder = runFolder(output === undefined ? join(root, 'runs', stamp) : resolve(output));
  makeNew(folder.path);
  mkdirSync(folder.recordings);
  return folder;
}

/**
 * Makes a folder that does not exist yet.
 *
 * @throws SuiteError `diskFull`, or `usage` where it can't be made or is there
 */
export function makeNew(path: string): void {
  try {
    mkdirSync(join(path, '..'), {recursive: true});
    mkdirSync(path);
  } catch (cause) {
    const full = messageOf(cause).includes('ENOSPC');
    throw new SuiteError(full ? 'diskFull' : 'usage', `folder ${path} can't be made: ${messageOf(cause)}`, {
      next: 'name a folder that does not exist yet with --output DIR',
      cause,
    });
  }
}

/** What verdicts on a run rest on, by name: all of its folder but the reports. */
export function evidenceTexts(path: string): Readonly<Record<string, string>> {
  const {file, found} = readStoredRun(path);
  const texts = found.flatMap(({name, content}) =>
    Object.hasOwn(file.files, name) && 'text' in content ? [[name, content.text] as const] : [],
  );
  return Object.fromEntries([...texts, [runFileName, runFileText({...file, reports: {}})]]);
}

/** Writes run.json beside a run's other files, once all of them are there. */
export function sealRun({path}: RunFolder, facts: RunFacts): void {
  writeFileSync(join(path, runFileName), runFileText(describeRun(path, facts, findFiles(path))));
}
