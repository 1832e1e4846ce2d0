import {Command, Option} from 'commander';
import {SuiteError} from '../harness/errors.ts';
import {catalogueRows, formatCatalogue} from '../harness/report/catalogue.ts';
import {readCatalogue} from '../harness/verdicts/catalogue.ts';
import {holes, readCoverage} from '../harness/verdicts/coverage.ts';
import {allStatements} from './statements.ts';

/** `rac catalogue`: what is demanded, where it comes from and what judges it. */
export function catalogueCommand(): Command {
  return new Command('catalogue')
    .description('print every requirement with its source, its releases and what judges it')
    .option('--json', 'print it as JSON')
    .addOption(new Option('--check', 'print what the catalogue leaves open instead').conflicts('json'))
    .addHelpText('after', examples)
    .action(async ({json, check}: {json?: true; check?: true}) => {
      const folder = new URL('../suites/', import.meta.url);
      const catalogue = readCatalogue(folder);
      const stated = (await allStatements()).map(({requirement, scenario}) => ({
        requirement: requirement.id,
        scenario: scenario.id,
      }));
      if (check !== undefined) {
        const found = holes(catalogue, stated, readCoverage(folder));
        for (const hole of found) console.log(hole);
        if (found.length === 0) return;
        throw new SuiteError('badData', `the catalogue has ${found.length} hole(s)`, {
          next: 'mend suites/requirements.yaml, deviations.yaml, announcement.yaml, upstream.yaml or the suites',
        });
      }
      const rows = catalogueRows(catalogue, stated);
      process.stdout.write(json === undefined ? formatCatalogue(rows) : `${JSON.stringify(rows, null, 2)}\n`);
    });
}

const examples = `
--check ends with 19 where a requirement is stated by no suite, a profile has none, a point of the announcement or a test of
upstream has no requirement, or a deviation stands for a release that promises nothing.

Examples:
  rac catalogue
  rac catalogue --json
  rac catalogue --check
`;
