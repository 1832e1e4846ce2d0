import {mkdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {Command} from 'commander';
import {exitCodes, messageOf, SuiteError} from '../harness/errors.ts';
import {bundledRuns} from '../harness/replay/bundle.ts';
import {mergeRuns, type MergedRun} from '../harness/replay/merge.ts';
import {evidenceOf, readStoredRun, type StoredRun} from '../harness/replay/stored-run.ts';
import {documents} from '../harness/report/formats.ts';
import {writeReports} from '../harness/report/write.ts';
import {fileReport, judgeFolder} from './judge-folder.ts';
import {exitCause, printReport} from './report-files.ts';
import {makeFolder, sealRun} from './run-files.ts';

/** `rac merge`: one run of its shards. */
export function mergeCommand(): Command {
  return new Command('merge')
    .description('put the shards of a run together, judge them as one and print the report')
    .argument('<shards...>', 'folders of shards, or logs of containers that wrote them with --results-to-stdout')
    .option('--output <folder>', "folder for the run's files (default: runs/DATE-TIME)")
    .addHelpText('after', examples)
    .action(async (shards: string[], {output}: {output?: string}) => {
      const {report, folder} = await mergeInto(shards, output);
      printReport(report, folder);
      process.exitCode = exitCodes[exitCause(report)];
    });
}

/**
 * Writes the run that shards come to, judged.
 *
 * @throws SuiteError `usage` where a shard is not there, `badData` as mergeRuns and judgeFolder
 */
export async function mergeInto(shards: readonly string[], output: string | undefined) {
  const runs = shards.flatMap(readShards);
  const [first] = runs;
  const merged =
    runs.length === 1 && first !== undefined && first.file.shard === undefined ? whole(first) : mergeRuns(runs);
  const folder = makeFolder(output);
  for (const [name, text] of Object.entries(merged.files)) {
    mkdirSync(dirname(join(folder.path, name)), {recursive: true});
    writeFileSync(join(folder.path, name), text);
  }
  sealRun(folder, merged.facts);
  const judged = await judgeFolder(folder.path);
  fileReport(judged);
  writeReports(judged.report, folder, {formats: documents, recordings: judged.recordings});
  return {report: judged.report, folder: folder.path};
}

/** A run that was not sharded, as it comes out of a log. */
function whole(run: StoredRun): MergedRun {
  evidenceOf(run);
  const {suite, asked, target, startedAt, endedAt} = run.file;
  const texts = run.found.flatMap(({name, content}) => ('text' in content ? [[name, content.text] as const] : []));
  return {facts: {suite, asked, target, startedAt, endedAt}, files: Object.fromEntries(texts)};
}

function readShards(path: string): readonly StoredRun[] {
  let text: string | undefined;
  try {
    if (!statSync(path).isDirectory()) text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SuiteError('usage', `${path} can't be read: ${messageOf(cause)}`, {
      next: 'name folders of runs, or logs',
      cause,
    });
  }
  return text === undefined ? [readStoredRun(path)] : bundledRuns(path, text);
}

const examples = `
Refused are shards of different runs, and a run of which one is missing. The exit codes are those of rac run.

Examples:
  rac merge runs/shard-0 runs/shard-1
  kubectl logs --namespace rac --selector job-name=rac --tail=-1 > shards.log && rac merge shards.log
`;
