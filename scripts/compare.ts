import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {Command} from 'commander';
import {exitCodes, messageOf, SuiteError} from '../harness/errors.ts';
import {readCatalogue} from '../harness/verdicts/catalogue.ts';
import {comparedSchema, compareReports, formatComparison} from '../harness/report/comparison.ts';

/** `rac compare`: several runs side by side. */
export function compareCommand(): Command {
  return new Command('compare')
    .description('print the verdicts of several runs side by side, by release')
    .argument('<folders...>', 'folders of runs')
    .addHelpText('after', examples)
    .action((folders: string[]) => {
      const {deviations} = readCatalogue(new URL('../suites/', import.meta.url));
      const comparison = compareReports(folders.map(readReport), deviations);
      process.stdout.write(formatComparison(comparison));
      process.exitCode = comparison.differing.length === 0 ? exitCodes.ok : exitCodes.failed;
    });
}

function readReport(folder: string) {
  const file = join(folder, 'report.json');
  try {
    return comparedSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new SuiteError('badData', `report ${file} can't be read: ${messageOf(cause)}`, {
      next: 'name the folder of a run that ended with a report',
      cause,
    });
  }
}

const examples = `
Ends with 0 where runs on one release agree on every requirement, with 1 where they do not. Whether a deviation shows that
suites/deviations.yaml knows to show only at times counts as no difference; it is said.

Examples:
  rac compare runs/*
`;
