import {writeFileSync} from 'node:fs';
import {documents} from '../harness/report/formats.ts';
import type {Implementation} from '../harness/report/implementation.ts';
import type {Tell} from '../harness/progress/events.ts';
import type {Report} from '../harness/report/report.ts';
import {writeReports} from '../harness/report/write.ts';
import type {Scenario} from '../harness/recording/scenario.ts';
import type {Target} from '../harness/recording/target.ts';
import {shardOf, type Shard} from '../harness/shard.ts';
import {readTarget, type RunFolder} from '../harness/run-folder.ts';
import {readCatalogue} from '../harness/verdicts/catalogue.ts';
import {findTarget, look, type TargetOptions} from './find-target.ts';
import {fileReport, judgeFolder} from './judge-folder.ts';
import {progress} from './progress.ts';
import {missingRights} from './missing-rights.ts';
import {divide, judgeable, recordAll, type RecordOptions} from './record-all.ts';
import {makeFolder, sealRun} from './run-files.ts';
import {say, seconds, timed} from './say.ts';
import {select, type Asked} from './selection.ts';
import {allStatements} from '../harness/statements.ts';
import {version} from './version.ts';

/** What a conformance run is asked for. */
export interface RunOptions extends Asked, TargetOptions, Omit<RecordOptions, 'tell'> {
  /** Takes what the run is at; without it, it is shown on standard error. */
  readonly tell?: Tell | undefined;
  /** Folder for the run's files; made, and must not exist. */
  readonly output?: string | undefined;
  /** Whose cluster it is, for the report. */
  readonly implementation?: Implementation | undefined;
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
  const folder = await recordRun(options);
  const {result: judged, ms} = await timed(() => judgeFolder(folder.path));
  say(`judged ${judged.verdicts} times in ${seconds(ms)}`);
  fileReport(judged);
  const {report, recordings} = judged;
  writeReports(report, folder, {formats: documents, implementation: options.implementation, recordings});
  return {report, folder};
}

/**
 * The first half of that: what is recorded lies in a folder that can be judged.
 *
 * @param shard the part of the scenarios that is recorded; without it, all
 */
export async function recordRun(request: RunOptions, shard?: Shard): Promise<RunFolder> {
  const options = {...request, tell: request.tell ?? progress({})};
  const {signal, tell} = options;
  const catalogue = readCatalogue(new URL('../suites/', import.meta.url));
  const statements = await allStatements();
  const selection = select(catalogue, statements, options);
  const {disruptive, others} = await divide(selection, options);
  const reached = await findTarget(options, others.length === 0 ? disruptive : undefined);
  const asked = others.length === 0 ? selection.scenarios : others;
  const target = await look(reached, asked, signal);
  tell({event: 'target', context: target.context, server: target.server, feature: target.feature});
  for (const line of missingRights(statements, selection, target)) say(line);
  const folder = makeFolder(options.output);
  const startedAt = new Date().toISOString();
  writeFileSync(folder.target, `${JSON.stringify(target, null, 2)}\n`);
  writeFileSync(folder.selection, `${JSON.stringify([...selection.requirements], null, 2)}\n`);
  if (target.feature === 'off')
    say(
      `the feature is off (${target.probes.find(({says}) => says === 'off')?.name ?? ''}): only what speaks of that is run`,
    );
  const judgedOn = (some: readonly Scenario[], on: Target) => {
    const judged = judgeable(some, statements, selection, on);
    return shard === undefined ? judged : shardOf(judged, shard);
  };
  await recordAll(reached, target, judgedOn(asked, target), folder, options);
  if (target.feature === 'on' && others.length > 0 && disruptive !== undefined) {
    const second = await findTarget(options, disruptive);
    const {calibration} = readTarget(folder); // of the cluster on which nothing is disturbed
    const its = {...(await look(second, disruptive.scenarios, signal)), calibration};
    await recordAll(second, its, judgedOn(disruptive.scenarios, its), folder, options);
  }
  sealRun(folder, {
    suite: version,
    startedAt,
    endedAt: new Date().toISOString(),
    target: {context: target.context, server: target.server},
    asked: {profile: [...options.profile], only: [...options.only], skip: [...options.skip]},
    ...(shard === undefined ? {} : {shard}),
  });
  return folder;
}
