import {mkdirSync} from 'node:fs';
import {resolve} from 'node:path';
import {Command} from 'commander';
import {exitCodes, messageOf, SuiteError} from '../harness/errors.ts';
import {fileReport, judgeFolder} from './judge-folder.ts';
import {exitCause, reportText, writeReport} from './report-files.ts';
import {say} from './say.ts';

/** `rac judge`: the report of a stored run, from its files alone. */
export function judgeCommand(): Command {
  return new Command('judge')
    .description('judge a stored run again and print its report; needs no cluster and no network')
    .argument('<folder>', 'folder of a run')
    .option('--json', 'print the report as JSON')
    .option(
      '--output <folder>',
      "write the report's files there; the run's own folder gets them in place of its old ones",
    )
    .addHelpText('after', examples)
    .action(async (path: string, {json, output}: {json?: true; output?: string}) => {
      const judged = await judgeFolder(path);
      if (judged.changed.length > 0) say(`what it was judged with has changed since: ${briefly(judged.changed)}`);
      process.stdout.write(reportText(judged.report, json === undefined ? 'text' : 'json', process.stdout.isTTY));
      if (output !== undefined && resolve(output) === resolve(path)) fileReport(judged);
      else if (output !== undefined) {
        makeFolder(output);
        writeReport(judged.report, output);
      }
      process.exitCode = exitCodes[exitCause(judged.report)];
    });
}

function briefly(names: readonly string[]): string {
  const more = names.length - 4;
  return names.slice(0, 4).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, {recursive: true});
  } catch (cause) {
    throw new SuiteError('usage', `folder ${path} can't be made: ${messageOf(cause)}`, {cause});
  }
}

const examples = `
The same files give the same report, byte for byte. A run that does not verify gets none and ends with 19; otherwise the exit
codes are those of rac run.

Examples:
  rac judge docs/reports/v1.37.2
  rac judge runs/2026-11-23-225642094 --json
  rac judge docs/reports/v1.37.2 --output docs/reports/v1.37.2     after a requirement was changed
`;
