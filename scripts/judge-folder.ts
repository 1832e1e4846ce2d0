import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {SuiteError} from '../harness/errors.ts';
import type {Recording} from '../harness/recording/recording.ts';
import {judgeRun} from '../harness/judge-run.ts';
import {sha256} from '../harness/replay/digest.ts';
import {changedSince, type Present} from '../harness/replay/present.ts';
import {runFileName, runFileText} from '../harness/replay/run-file.ts';
import {withReports} from '../harness/replay/seal.ts';
import {evidenceOf, readStoredRun, type Evidence, type StoredRun} from '../harness/replay/stored-run.ts';
import {buildReport, type Report} from '../harness/report/report.ts';
import type {Statement} from '../harness/suite.ts';
import {readCatalogue, type Catalogue} from '../harness/verdicts/catalogue.ts';
import {root} from './paths.ts';
import {reportFiles, writeReport} from './report-files.ts';
import {select} from './selection.ts';
import {allStatements} from '../harness/statements.ts';
import {version} from './version.ts';

/** A run that was judged. */
export interface JudgedRun {
  readonly run: StoredRun;
  readonly report: Report;
  /** Its recordings, by the SHA-256 of their text. */
  readonly recordings: ReadonlyMap<string, Recording>;
  /** How many verdicts the report is made of. */
  readonly verdicts: number;
  /** What it was recorded or judged with that is another now. */
  readonly changed: readonly string[];
}

/** Files of the repository that verdicts rest on beside a run's own. */
const dataFiles = ['suites/requirements.yaml', 'suites/deviations.yaml'];

/** How a run's folder is judged. */
export interface Judging {
  /** Version of the suite that the report names. */
  readonly suite?: string;
  /** Ids of the requirements to judge, in place of those that the run was asked for. */
  readonly only?: readonly string[] | undefined;
}

/**
 * Judges a run's folder: the one way to a report, for a run that was recorded just now and for one that is kept.
 *
 * @throws SuiteError `badData` where the folder is not as the run left it, or is of a format that this suite does not read;
 *   `usage` where it is asked only for what is not known or not recorded
 */
export async function judgeFolder(path: string, {suite = version, only}: Judging = {}): Promise<JudgedRun> {
  const run = readStoredRun(path);
  const stored = evidenceOf(run);
  const catalogue = readCatalogue(new URL('../suites/', import.meta.url));
  const statements = await allStatements();
  const evidence =
    only === undefined ? stored : {...stored, selected: selectRecorded(catalogue, statements, only, stored)};
  const verdicts = judgeRun(evidence, statements, catalogue.deviations);
  return {
    run,
    report: buildReport(suite, evidence.target, catalogue, verdicts),
    recordings: byDigest(run, evidence.recordings),
    verdicts: verdicts.length,
    changed: changedSince(run.file, evidence.recordings, present(statements)),
  };
}

/** The requirements that are asked for and their controls, where the run has a recording for each one asked for. */
function selectRecorded(
  catalogue: Catalogue,
  statements: readonly Statement[],
  only: readonly string[],
  {recordings}: Evidence,
): ReadonlySet<string> {
  const {requirements} = select(catalogue, statements, {profile: [], only, skip: []});
  for (const id of only) {
    const judging = statements.filter(({requirement}) => requirement.id === id).map(({scenario}) => scenario.id);
    if (!judging.some(scenario => recordings.has(scenario)))
      throw new SuiteError('usage', `the run has no recording that judges ${id}: none of ${judging.join(', ')}`, {
        next: `record one: npm start -- --only ${id}`,
      });
  }
  return requirements;
}

/** Writes the report into the run's own folder, and into its run.json what the report must be. */
export function fileReport({run, report}: JudgedRun): void {
  writeReport(report, run.path);
  const file = withReports(run.file, {suite: version, data: hashesOf(dataFiles, root)}, reportFiles(report));
  writeFileSync(join(run.path, runFileName), runFileText(file));
}

function byDigest({file}: StoredRun, recordings: ReadonlyMap<string, Recording>): JudgedRun['recordings'] {
  return new Map(
    [...recordings].flatMap(([scenario, recording]) => {
      const digest = file.files[`recordings/${scenario}.ndjson`];
      return digest === undefined ? [] : [[digest.sha256, recording] as const];
    }),
  );
}

function present(statements: readonly Statement[]): Present {
  const folder = join(root, 'manifests');
  const manifests = readdirSync(folder, {recursive: true, encoding: 'utf8'}).filter(name => name.endsWith('.yaml'));
  return {
    data: hashesOf(dataFiles, root),
    manifests: hashesOf(manifests, folder),
    scenarios: statements.map(({scenario}) => scenario),
  };
}

function hashesOf(names: readonly string[], folder: string): Record<string, string> {
  return Object.fromEntries(names.map(name => [name, sha256(readFileSync(join(folder, name), 'utf8'))]));
}
