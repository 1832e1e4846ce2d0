import {mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {Command} from 'commander';
import {messageOf, SuiteError} from '../harness/errors.ts';
import {runFileName, runFileText} from '../harness/replay/run-file.ts';
import {evidenceOf, readStoredRun, type StoredRun} from '../harness/replay/stored-run.ts';
import {summary} from '../harness/report/console.ts';
import type {Report} from '../harness/report/report.ts';
import {fileReport, judgeFolder} from './judge-folder.ts';

/** `rac keep`: a run made small enough for a repository. */
export function keepCommand(): Command {
  return new Command('keep')
    .description('copy a run with compressed recordings, and judge the copy')
    .argument('<run>', 'folder of a run')
    .argument('<folder>', 'folder to make')
    .addHelpText('after', examples)
    .action(async (path: string, folder: string) => {
      const {report, bytes} = await keepRun(path, folder);
      console.log(summary(report));
      console.log(`${folder}: ${(bytes / 1e6).toFixed(2)} MB of evidence`);
    });
}

/**
 * Copies a run with compressed recordings and files the report of the copy.
 *
 * @returns the report, and the bytes that the evidence takes
 * @throws SuiteError as judgeFolder, of the run and of the copy
 */
export async function keepRun(path: string, folder: string): Promise<{report: Report; bytes: number}> {
  const run = readStoredRun(path);
  evidenceOf(run);
  const bytes = copy(run, folder);
  const judged = await judgeFolder(folder);
  fileReport(judged);
  return {report: judged.report, bytes};
}

/**
 * Copies what verdicts rest on, not the reports.
 *
 * @returns bytes written
 */
function copy({file, found}: StoredRun, folder: string): number {
  const texts = found.flatMap(({name, content}) =>
    Object.hasOwn(file.files, name) && 'text' in content ? [{name, text: content.text}] : [],
  );
  texts.push({name: runFileName, text: runFileText({...file, reports: {}})});
  try {
    mkdirSync(dirname(folder), {recursive: true});
    mkdirSync(folder);
    return texts
      .map(({name, text}) => {
        const recording = name.endsWith('.ndjson');
        const to = join(folder, recording ? `${name}.gz` : name);
        const content = recording ? gzipSync(text, {level: 9}) : Buffer.from(text);
        mkdirSync(dirname(to), {recursive: true});
        writeFileSync(to, content);
        return content.length;
      })
      .reduce((sum, length) => sum + length, 0);
  } catch (cause) {
    throw new SuiteError('usage', `folder ${folder} can't be written: ${messageOf(cause)}`, {
      next: 'name a folder that does not exist yet',
      cause,
    });
  }
}

const examples = `
What is kept in docs/reports/ is judged by npm test, to the same bytes.

Examples:
  rac keep runs/2026-11-23-225642094 docs/reports/v1.37.2
`;
