import {readFileSync, writeFileSync} from 'node:fs';
import {Command, Option} from 'commander';
import {Document, isSeq, visit} from 'yaml';
import {messageOf, SuiteError} from '../harness/errors.ts';
import {catalogueRows, formatCatalogue} from '../harness/report/catalogue.ts';
import {formatKillMatrix} from '../harness/report/kills.ts';
import {digestsOf, driftOf, readSources, sourceOf, type Drift, type Source} from '../harness/sources/sources.ts';
import {readCatalogue, type Catalogue} from '../harness/verdicts/catalogue.ts';
import {extentOf, holes, readCoverage} from '../harness/verdicts/coverage.ts';
import {readKillMatrix, recordedFile, summarizeKills} from '../harness/verdicts/kill-matrix.ts';
import {warn} from './say.ts';
import {allStatements} from '../harness/statements.ts';

interface Flags {
  readonly json?: true;
  readonly check?: true;
  readonly drift?: readonly string[];
  readonly digests?: readonly string[];
  readonly kills?: true;
  readonly writeKills?: true;
}

/** `rac catalogue`: what is demanded, where it comes from and what judges it. */
export function catalogueCommand(): Command {
  return new Command('catalogue')
    .description('print every requirement with its source, its releases and what judges it')
    .option('--json', 'print it as JSON')
    .addOption(new Option('--check', 'print what the catalogue leaves open instead').conflicts('json'))
    .addOption(
      new Option('--drift <files...>', 'tell what newer copies of the documents say otherwise').conflicts([
        'json',
        'check',
      ]),
    )
    .addOption(
      new Option('--digests <files...>', 'print what is to be kept of such copies, for suites/sources.yaml').conflicts([
        'json',
        'check',
        'drift',
      ]),
    )
    .addOption(
      new Option('--kills', 'print which faults each requirement is known to catch instead').conflicts('check'),
    )
    .addOption(
      new Option('--write-kills', 'judge every edited recording anew and write suites/kill-matrix.json').conflicts([
        'check',
        'json',
      ]),
    )
    .addHelpText('after', examples)
    .action(async ({json, check, drift, digests, kills, writeKills}: Flags) => {
      const folder = new URL('../suites/', import.meta.url);
      if (writeKills !== undefined) await writeRecordedKills(folder);
      const catalogue = readCatalogue(folder);
      if (drift !== undefined) {
        reportDrift(drift.flatMap(file => driftOf(file, readDocument(file), readSources(folder), catalogue)));
        return;
      }
      if (digests !== undefined) {
        process.stdout.write(sourcesText(digests.map(file => keptOf(file, readSources(folder), catalogue))));
        return;
      }
      if (kills !== undefined || writeKills !== undefined) {
        const matrix = readKillMatrix(folder);
        const summary = summarizeKills(matrix, catalogue.requirements.keys());
        process.stdout.write(
          json === undefined ? formatKillMatrix(summary, matrix) : `${JSON.stringify(summary, null, 2)}\n`,
        );
        return;
      }
      const stated = (await allStatements()).map(({requirement, scenario}) => ({
        requirement: requirement.id,
        scenario: scenario.id,
      }));
      if (check !== undefined) {
        const coverage = readCoverage(folder);
        const found = holes(catalogue, stated, coverage);
        for (const hole of found) console.log(hole);
        if (found.length === 0) {
          console.log(`no hole in ${extentOf(catalogue, stated, coverage)}`);
          return;
        }
        throw new SuiteError('badData', `the catalogue has ${found.length} hole(s)`, {
          next: 'mend suites/requirements.yaml, deviations.yaml, announcement.yaml, upstream.yaml or the suites',
        });
      }
      const rows = catalogueRows(catalogue, stated);
      process.stdout.write(json === undefined ? formatCatalogue(rows) : `${JSON.stringify(rows, null, 2)}\n`);
    });
}

function reportDrift(drifts: readonly Drift[]): void {
  for (const {document, section, found, added, removed, requirements} of drifts) {
    const what = found ? `${removed} sentences gone, ${added.length} new` : 'the section is gone';
    console.log(`${document}, ${section}: ${what}; ${requirements.join(', ')} rest on it`);
    for (const sentence of added) console.log(`  + ${sentence}`);
  }
  if (drifts.length === 0) {
    console.log('every section that a requirement rests on reads as it did');
    return;
  }
  throw new SuiteError(
    'badData',
    `${drifts.length} section(s) read otherwise than when the requirements were written`,
    {
      next: 'see what that means for the requirements named; then keep the new digests: rac catalogue --digests FILE',
    },
  );
}

function keptOf(file: string, sources: readonly Source[], {requirements}: Catalogue): Source {
  const text = readDocument(file);
  const source = sourceOf(file, text, sources);
  const cited = [...requirements.values()]
    .flatMap(({source: own, also = []}) => [own, ...also])
    .filter(({document}) => document === source.document)
    .map(({section}) => section);
  const {kept, missing} = digestsOf(text, source, [...new Set(cited)].toSorted());
  if (missing.length > 0) warn(`${file} has no section ${missing.map(each => JSON.stringify(each)).join(', ')}`);
  return kept;
}

/** The text of suites/sources.yaml below its comment, with a section's digests beside each other. */
function sourcesText(sources: readonly Source[]): string {
  const document = new Document(sources);
  visit(document, {
    Pair: (_, {value}) => {
      if (isSeq(value) && typeof value.toJSON()[0] === 'string') value.flow = true;
    },
  });
  return document.toString({lineWidth: 120});
}

function readDocument(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new SuiteError('usage', `document ${file} can't be read: ${messageOf(cause)}`, {cause});
  }
}

async function writeRecordedKills(folder: URL): Promise<void> {
  const {recordedKills} = await import('../harness/testing/kills.ts'); // reads every kept recording
  const {format, resolveConfig} = await import('prettier');
  const kills = await recordedKills(readCatalogue(folder));
  const file = new URL(recordedFile, folder);
  writeFileSync(file, await format(JSON.stringify(kills, null, 2), {...(await resolveConfig(file)), parser: 'json'}));
}

const examples = `
--drift takes Markdown files as they lie in the repositories of Kubernetes, by the documents' own titles, and ends with 19
where a section that a requirement rests on reads otherwise. No text of theirs is kept here: suites/sources.yaml has digests.
These are of KEP-5532, KEP-5307, KEP-5328, Pod Lifecycle and the announcement; what changes in the others is not seen.

--check prints what it looked through, and ends with 19 where a requirement is stated by no suite, a profile has none, a point
of the announcement or a test of upstream has no requirement, or a deviation stands for a release that promises nothing.
--write-kills takes about 20 s.

Examples:
  rac catalogue
  rac catalogue --json
  rac catalogue --check
  rac catalogue --drift enhancements/keps/sig-node/5532-restart-all-containers-on-container-exits/README.md
  rac catalogue --kills
`;
