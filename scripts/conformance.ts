import {writeFileSync} from 'node:fs';
import {judgeRun} from '../harness/judge-run.ts';
import {buildReport, type Report} from '../harness/report/report.ts';
import type {Scenario} from '../harness/recording/scenario.ts';
import type {Target} from '../harness/recording/target.ts';
import {readRunRecording, readSelection, readTarget, type RunFolder} from '../harness/run-folder.ts';
import {readCatalogue} from '../harness/verdicts/catalogue.ts';
import {findTarget, look, type TargetOptions} from './find-target.ts';
import {divide, judgeable, recordAll, type RecordOptions} from './record-all.ts';
import {writeReport} from './report-files.ts';
import {makeFolder} from './run-files.ts';
import {say, seconds, timed} from './say.ts';
import {select, type Asked} from './selection.ts';
import {allStatements} from './statements.ts';
import {version} from './version.ts';

/** What a conformance run is asked for. */
export interface RunOptions extends Asked, TargetOptions, RecordOptions {
  /** Folder for the run's files; made, and must not exist. */
  readonly output?: string | undefined;
}

/** What a conformance run gives. */
export interface RunResult {
  readonly report: Report;
  readonly folder: RunFolder;
}

/**
 * One conformance run: finds or brings up the target, records every scenario, judges the recordings and writes the report.
 *
 * @throws SuiteError where no verdict could be reached; verdicts that are not good are in the report
 */
export async function conformanceRun(options: RunOptions): Promise<RunResult> {
  const {signal} = options;
  const catalogue = readCatalogue(new URL('../suites/', import.meta.url));
  const statements = await allStatements();
  const selection = select(catalogue, statements, options);
  const {disruptive, others} = await divide(selection, options);
  const reached = await findTarget(options, others.length === 0 ? disruptive?.cluster : undefined);
  const asked = others.length === 0 ? selection.scenarios : others;
  const target = await look(reached, asked, signal);
  const folder = makeFolder(options.output);
  writeFileSync(folder.target, `${JSON.stringify(target, null, 2)}\n`);
  writeFileSync(folder.selection, `${JSON.stringify([...selection.requirements], null, 2)}\n`);
  if (target.feature === 'off')
    say(
      `the feature is off (${target.probes.find(({says}) => says === 'off')?.name ?? ''}): only what speaks of that is run`,
    );
  const judged = (some: readonly Scenario[], on: Target) => judgeable(some, statements, selection, on);
  await recordAll(reached, target, judged(asked, target), folder, options);
  if (target.feature === 'on' && others.length > 0 && disruptive !== undefined) {
    const second = await findTarget(options, disruptive.cluster);
    const {calibration} = readTarget(folder); // of the cluster on which nothing is disturbed
    const its = {...(await look(second, disruptive.scenarios, signal)), calibration};
    await recordAll(second, its, judged(disruptive.scenarios, its), folder, options);
  }
  const stored = {
    target: readTarget(folder),
    selected: readSelection(folder),
    deviations: catalogue.deviations,
    recording: (scenario: string) => readRunRecording(folder, scenario),
  };
  const {result: verdicts, ms} = await timed(() => judgeRun(stored, statements));
  say(`judged ${verdicts.length} times in ${seconds(ms)}`);
  const report = buildReport(version, stored.target, catalogue, verdicts);
  writeReport(report, folder.path);
  return {report, folder};
}
