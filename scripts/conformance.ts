import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join, relative, resolve} from 'node:path';
import {z} from 'zod';
import {messageOf, SuiteError, type ExitCause} from '../harness/errors.ts';
import {record} from '../harness/record.ts';
import {formatReport} from '../harness/report/console.ts';
import {buildReport, type Report} from '../harness/report/report.ts';
import {disturbsNode, type Need, type Scenario} from '../harness/recording/scenario.ts';
import type {Target} from '../harness/recording/target.ts';
import {readTarget, runFolder, runVariable, type RunFolder} from '../harness/run-folder.ts';
import {readManifest} from '../harness/scenario/manifest.ts';
import {removeWebhooks} from '../harness/scenario/injection.ts';
import {removeNamespaces} from '../harness/scenario/namespace.ts';
import {removeNodes} from '../harness/scenario/nodes.ts';
import type {NodeAccess} from '../harness/scenario/node-access.ts';
import type {Statement} from '../harness/suite.ts';
import {Api} from '../harness/target/api.ts';
import {loadKubeconfig} from '../harness/target/kubeconfig.ts';
import {preflight} from '../harness/target/preflight.ts';
import {rightsOf} from '../harness/target/rights.ts';
import {budgets} from '../harness/timeouts.ts';
import {readCatalogue} from '../harness/verdicts/catalogue.ts';
import {skipReason, verdictSchema} from '../harness/verdicts/verdict.ts';
import {readConfig} from '../kind/config.ts';
import {bringUp} from '../kind/index.ts';
import {kindNodes} from '../kind/node-access.ts';
import {ownCluster} from '../kind/own-cluster.ts';
import {runJest, type JestCounts} from './jest.ts';
import {root} from './paths.ts';
import {select, type Asked, type Selection} from './selection.ts';
import {allStatements} from './statements.ts';

/** What a conformance run is asked for. */
export interface RunOptions extends Asked {
  /** A kubeconfig context; without it, a kind cluster is brought up. */
  readonly context?: string | undefined;
  readonly kubeconfig?: string | undefined;
  /** Config of the kind cluster. */
  readonly cluster: string;
  readonly kubernetes?: string | undefined;
  readonly nodeImage?: string | undefined;
  readonly image?: string | undefined;
  /** Folder for the run's files; made, and must not exist. */
  readonly output?: string | undefined;
  readonly timeoutScale: number;
  /** How many scenarios may run at a time. */
  readonly parallel: number;
  readonly yes: boolean;
  readonly signal: AbortSignal;
}

/** What a conformance run gives. */
export interface RunResult {
  readonly report: Report;
  readonly folder: RunFolder;
  readonly counts: JestCounts;
}

/** Version of the suite. */
export const version = z
  .object({version: z.string()})
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))).version;

/** Image of the workload where the user's own cluster is the target and no other is named. */
const defaultImage = 'busybox:1.37.0@sha256:9db7b59979c38555a39def84a31fb98b5296952f9e3afd4f6f11f05b07adfab0';

/**
 * One conformance run: finds or brings up the target, records every scenario, judges the recordings and writes the report.
 *
 * @param show whether Jest's own output is shown while the suites judge
 * @throws SuiteError where no verdict could be reached; verdicts that are not good are in the report
 */
export async function conformanceRun(options: RunOptions, show: boolean): Promise<RunResult> {
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
  const {result: counts, ms} = await timed(() =>
    runJest({args: [`^${escapeRegex(join(root, 'suites'))}/`], env: {[runVariable]: folder.path}, show, signal}),
  );
  if (counts.broken.length > 0)
    throw new SuiteError('badData', `a suite could not be run: ${counts.broken.join('\n')}`);
  say(`judged ${counts.passed + counts.failed + counts.skipped} times in ${seconds(ms)}`);
  const report = buildReport(version, readTarget(folder), catalogue, readVerdicts(folder));
  writeFileSync(join(folder.path, 'report.txt'), formatReport(report, false));
  writeFileSync(join(folder.path, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  return {report, folder, counts};
}

/** The exit code that a report stands for. */
export function exitCause({result, counts}: Report): ExitCause {
  if (result === 'unsupported') return 'featureOff';
  if (counts.Failed > 0) return 'failed';
  return counts.Inconclusive + counts.Error > 0 || counts.Passed === 0 ? 'undecided' : 'ok';
}

/** A cluster, and what this user's way to it gives. */
interface Reached {
  readonly api: Api;
  readonly image: string;
  readonly has: readonly Need[];
  readonly nodes: NodeAccess | undefined;
  /** Address of this machine under which the API server reaches it. */
  readonly callback: string | undefined;
}

/** The options that choose a cluster. */
export type TargetOptions = Pick<
  RunOptions,
  'context' | 'kubeconfig' | 'cluster' | 'kubernetes' | 'nodeImage' | 'image' | 'yes' | 'signal'
>;

/**
 * The cluster that the options name, or the kind cluster that is brought up without.
 *
 * @param name of that kind cluster, in place of the config's
 */
export async function findTarget(options: TargetOptions, name?: string): Promise<Reached> {
  const userAgent = `restart-all-containers-conformance/${version}`;
  if (options.context !== undefined || options.kubeconfig !== undefined) {
    const config = loadKubeconfig(options.kubeconfig, options.context);
    const api = new Api(config, userAgent);
    return {api, ...(await onOwnCluster(api, options)), image: options.image ?? defaultImage};
  }
  const cluster = await bringUp({
    config: options.cluster,
    ...(name === undefined ? {} : {name}),
    yes: options.yes,
    signal: options.signal,
    ...(options.kubernetes === undefined ? {} : {kubernetes: options.kubernetes}),
    ...(options.nodeImage === undefined ? {} : {nodeImage: options.nodeImage}),
    ...(options.image === undefined ? {} : {workloadImage: options.image}),
  });
  const api = new Api(loadKubeconfig(cluster.kubeconfig, cluster.context), userAgent);
  return {api, ...(await onOwnCluster(api, options)), image: cluster.workloadImage};
}

/** What only a cluster of our own gives, by whatever kubeconfig it was reached. */
async function onOwnCluster(
  api: Api,
  {image, signal}: Pick<TargetOptions, 'image' | 'signal'>,
): Promise<Pick<Reached, 'has' | 'nodes' | 'callback'>> {
  const own = await ownCluster(api.config.getCurrentCluster()?.server ?? '', signal);
  const held = image ?? own?.record.workloadImage;
  if (own === undefined || held === undefined) return {has: [], nodes: undefined, callback: undefined};
  const gateway = own.engine.local ? own.nodes.find(({running}) => running)?.gateway : undefined;
  const callback = gateway === '' ? undefined : gateway;
  const has = callback === undefined ? (['node access'] as const) : (['node access', 'webhook'] as const);
  return {has, nodes: kindNodes(own.engine, held), callback};
}

/** Asks a target what it has, and whether this user may do there what the scenarios do. */
async function look({api, image, has}: Reached, scenarios: readonly Scenario[], signal: AbortSignal): Promise<Target> {
  say(`target ${api.config.getCurrentContext()}: asking what it has`);
  const done = scenarios
    .filter(({byRequest, needs = []}) => byRequest !== true && needs.every(each => has.includes(each)))
    .map(scenario => {
      const file = join(root, 'manifests', scenario.manifest);
      return {scenario, objects: readManifest(file, {namespace: '', labels: {}, image}).objects};
    });
  return preflight(api, {image, has, rights: rightsOf(done)}, signal);
}

/**
 * Takes those scenarios apart that disturb the node: where the run brings up the cluster itself, they get one of their own.
 *
 * @returns `others` is all of them on a cluster that the user named
 */
async function divide(
  {scenarios}: Selection,
  {context, kubeconfig, cluster}: RunOptions,
): Promise<{
  disruptive: {cluster: string; scenarios: readonly Scenario[]} | undefined;
  others: readonly Scenario[];
}> {
  const disturbing = scenarios.filter(disturbsNode);
  if (context !== undefined || kubeconfig !== undefined || disturbing.length === 0)
    return {disruptive: undefined, others: scenarios};
  const {name} = await readConfig(cluster);
  return {
    disruptive: {cluster: `${name}-disruptive`, scenarios: disturbing},
    others: scenarios.filter(each => !disturbing.includes(each)),
  };
}

/** Those of the scenarios on which something is judged on that target. */
function judgeable(
  asked: readonly Scenario[],
  statements: readonly Statement[],
  {requirements: selected}: Selection,
  target: Target,
): readonly Scenario[] {
  const judged = statements.filter(
    ({requirement, scenario: {needs = []}}) => skipReason(requirement, target, {needs, selected}) === undefined,
  );
  const ids = new Set(judged.map(({scenario}) => scenario.id));
  return asked.filter(({id}) => ids.has(id));
}

async function recordAll(
  {api, nodes, callback}: Pick<Reached, 'api' | 'nodes' | 'callback'>,
  target: Target,
  scenarios: readonly Scenario[],
  folder: RunFolder,
  options: RunOptions,
): Promise<void> {
  if (scenarios.length === 0) return;
  const scaled = budgets(options.timeoutScale);
  const id = Math.random().toString(36).slice(2, 8).padEnd(6, '0');
  const stale = [
    ...(await removeNodes(api, undefined)),
    ...(callback === undefined ? [] : await removeWebhooks(api, undefined)),
    ...(await removeNamespaces(api, undefined, scaled)).removed,
  ];
  if (stale.length > 0) say(`removed what an earlier run left: ${stale.join(', ')}`);
  say(`recording ${scenarios.length} scenarios, ${options.parallel} at a time`);
  const context = {
    id,
    api,
    target,
    suite: version,
    manifests: join(root, 'manifests'),
    recordings: folder.recordings,
    budgets: scaled,
    nodes,
    callback,
  };
  const {result: left, ms} = await timed(() =>
    record(
      {...context, signal: options.signal},
      scenarios,
      options.parallel,
      ({scenario, ending, ms: took}) => {
        say(`  ${scenario.title}: ${ending.text} (${seconds(took)})`);
      },
      target.calibration !== undefined || scenarios.every(({byRequest}) => byRequest === true)
        ? undefined
        : calibration => {
            writeFileSync(folder.target, `${JSON.stringify({...target, calibration}, null, 2)}\n`);
          },
    ),
  );
  say(`recorded and cleaned up in ${seconds(ms)}`);
  if (left.length > 0) say(`warning: still being deleted: ${left.join(', ')}. Next: kubectl delete ${left.join(' ')}`);
}

function readVerdicts({verdicts}: RunFolder) {
  return readdirSync(verdicts)
    .toSorted()
    .flatMap(name => readFileSync(join(verdicts, name), 'utf8').trimEnd().split('\n'))
    .map(line => verdictSchema.parse(JSON.parse(line)));
}

/** Makes the folder of a run's files. */
export function makeFolder(output: string | undefined): RunFolder {
  const stamp = new Date().toISOString().slice(0, 23).replaceAll(/[:.]/g, '').replace('T', '-');
  const folder = runFolder(output === undefined ? join(root, 'runs', stamp) : resolve(output));
  try {
    mkdirSync(join(folder.path, '..'), {recursive: true});
    mkdirSync(folder.path);
    mkdirSync(folder.recordings);
    mkdirSync(folder.verdicts);
  } catch (cause) {
    const full = messageOf(cause).includes('ENOSPC');
    throw new SuiteError(full ? 'diskFull' : 'usage', `folder ${folder.path} can't be made: ${messageOf(cause)}`, {
      next: 'name a folder that does not exist yet with --output DIR',
      cause,
    });
  }
  return folder;
}

/** Jest takes path patterns as regular expressions on the absolute path. */
function escapeRegex(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

async function timed<T>(work: () => Promise<T>): Promise<{result: T; ms: number}> {
  const began = performance.now();
  return {result: await work(), ms: performance.now() - began};
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function say(text: string): void {
  process.stderr.write(`rac: ${text}\n`);
}

/** Prints the report and where its files are. */
export function printReport({report, folder}: RunResult): void {
  process.stdout.write(`\n${formatReport(report, process.stdout.isTTY)}`);
  process.stdout.write(
    `Files: ${relative(process.cwd(), folder.path)}/ (report.txt, report.json, target.json, recordings/)\n`,
  );
}
