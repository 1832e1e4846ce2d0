import {mkdirSync} from 'node:fs';
import {resolve} from 'node:path';
import {Command, Option} from 'commander';
import {exitCodes, messageOf, SuiteError} from '../harness/errors.ts';
import {ofAsked} from '../harness/report/report.ts';
import {fileReport, judgeFolder} from './judge-folder.ts';
import {exitCause, reportText, writeReport} from './report-files.ts';
import {say} from './say.ts';

interface Flags {
  readonly json?: true;
  readonly output?: string;
  readonly only?: readonly string[];
}

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
    .addOption(
      new Option(
        '--only <ids...>',
        'judge these requirements alone, whatever the run was asked for, by the recordings that it has',
      ).conflicts('output'),
    )
    .addHelpText('after', examples)
    .action(async (path: string, {json, output, only}: Flags) => {
      const judged = await judgeFolder(path, {only});
      if (judged.changed.length > 0) say(`what it was judged with has changed since: ${briefly(judged.changed)}`);
      const shown = only === undefined ? judged.report : ofAsked(judged.report);
      process.stdout.write(reportText(shown, json === undefined ? 'text' : 'json', process.stdout.isTTY));
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
  rac judge docs/reports/v1.37.2 --only IDN-1 CND-2     also where they are newer than the run
  rac judge docs/reports/v1.37.2 --output docs/reports/v1.37.2     after a requirement was changed
`;
