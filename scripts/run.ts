import {Command, InvalidArgumentError, Option} from 'commander';
import {exitCodes} from '../harness/errors.ts';
import {bundleOf} from '../harness/replay/bundle.ts';
import {ofAsked} from '../harness/report/report.ts';
import type {Shard} from '../harness/shard.ts';
import {conformanceRun, recordRun, type RunOptions} from './conformance.ts';
import {implementationFrom, withImplementationFlags, type ImplementationFlags} from './implementation-flags.ts';
import {progress, writeJson, type ProgressOptions} from './progress.ts';
import {exitCause, printReport} from './report-files.ts';
import {beQuiet} from './say.ts';
import {evidenceTexts} from './run-files.ts';

type Flags = Omit<RunOptions, 'signal' | 'tell' | 'implementation'> &
  ImplementationFlags &
  ProgressOptions & {readonly shard?: Shard; readonly resultsToStdout?: true};

/** What a run judges where it is not told otherwise. */
export const defaultProfiles: readonly string[] = ['core', 'api', 'workloads', 'node'];

/** `rac run`: one conformance run with its report. */
export function runCommand(signal: AbortSignal): Command {
  return withImplementationFlags(withRunFlags(new Command('run')))
    .description('record every scenario on a cluster, judge the recordings and print the report')
    .addOption(new Option('--quiet', 'print the report alone, and errors').conflicts('json'))
    .option('--json', 'write what happens as lines of JSON on standard output, the report last (docs/progress.md)')
    .option(
      '--shard <part>',
      'record one part of the scenarios, as I/N with I from 0 on, and judge nothing: rac merge does',
      shard,
    )
    .addOption(
      new Option(
        '--results-to-stdout',
        "write the run's files to standard output as lines that rac merge takes",
      ).conflicts('json'),
    )
    .addHelpText('after', examples)
    .action(async (flags: Flags) => {
      const {quiet, json} = flags;
      if (quiet === true || json === true) beQuiet();
      const options = {...flags, tell: progress(flags), implementation: implementationFrom(flags), signal};
      if (flags.shard !== undefined) {
        const {path} = await recordRun(options, flags.shard);
        if (flags.resultsToStdout === true) process.stdout.write(bundleOf(evidenceTexts(path)));
        return;
      }
      const {report, folder} = await conformanceRun(options);
      if (flags.resultsToStdout === true) process.stdout.write(bundleOf(evidenceTexts(folder.path)));
      if (json === true) writeJson({event: 'report', folder: folder.path, report});
      else printReport(flags.only.length === 0 ? report : ofAsked(report), folder.path);
      process.exitCode = exitCodes[exitCause(report)];
    });
}

/** The flags of a run: its target, and what is judged; `rac run` and `rac test` share them. */
export function withRunFlags(command: Command): Command {
  return withTargetFlags(command)
    .addOption(
      new Option(
        '--profile <names...>',
        'what to judge: core, api, workloads, node, disruptive, service-level, or all',
      ).default(defaultProfiles, defaultProfiles.join(' ')),
    )
    .option('--only <ids...>', 'judge these requirements alone', [])
    .option('--skip <ids...>', 'leave these requirements out', []);
}

/** The flags that choose a target and say how a run goes about it. */
export function withTargetFlags(command: Command): Command {
  return command
    .option('--context <name>', 'run on this kubeconfig context instead of a kind cluster of our own')
    .addOption(
      new Option('--in-cluster', 'run on the cluster around this Pod, as its service account').conflicts([
        'context',
        'kubeconfig',
      ]),
    )
    .option('--kubeconfig <file>', 'kubeconfig of the target (default: KUBECONFIG, then ~/.kube/config)')
    .option(
      '--namespace <name>',
      'run in this namespace, which exists, instead of making one for each scenario',
      namespaceName,
    )
    .option('--node-selector <labels...>', 'run on nodes with these labels, key=value each', labels)
    .option('--runtime-class <name>', 'run with this RuntimeClass')
    .option('--cluster <config>', 'config of the kind cluster to bring up: a name from kind/ or a file', 'v1.35')
    .option('--kubernetes <version>', 'Kubernetes release of that cluster, such as 1.35.4')
    .option('--node-image <image>', 'node image of that cluster, instead of the one chosen or built')
    .option('--image <image>', 'workload image with a shell like busybox, by digest where you can')
    .option('--image-registry <mirror>', 'take every image from there, as HOST/PATH; rac images lists them')
    .option(
      '--image-pull-secret <name>',
      'Secret of the target that images are pulled with, as NAME or NAMESPACE/NAME; copied into the namespaces of the run',
    )
    .option('--output <folder>', "folder for the run's files (default: runs/DATE-TIME)")
    .option(
      '--timeout-scale <factor>',
      'lengthens the waits for Pods to start, for exec and for clean-up; the wait for the restart stays below the resync',
      positive,
      1,
    )
    .option('--parallel <count>', 'scenarios that run at a time', count, 15)
    .option('--yes', 'install what is missing without asking', false);
}

/** A flag's value that is a whole number above 0. */
export function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number above 0.');
  return value;
}

/** A flag's value that can be the name of a namespace (RFC 1123 label). */
function namespaceName(text: string): string {
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text))
    throw new InvalidArgumentError('It must be lower-case letters, digits and hyphens, 63 at most.');
  return text;
}

/** A flag's value of the form I/N. */
function shard(text: string): Shard {
  const [, index = NaN, of = NaN] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (!(index < of)) throw new InvalidArgumentError('It must be I/N with I from 0 to N - 1, such as 0/2.');
  return {index, of};
}

/** A flag's values that are labels, collected. */
function labels(text: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const [key = '', value, ...more] = text.split('=');
  if (key === '' || value === undefined || more.length > 0) throw new InvalidArgumentError('It must be key=value.');
  return {...before, [key]: value};
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}

const examples = `
Examples:
  rac run                                   on a kind cluster, v1.35 with the gate on
  rac run --cluster v1.35-gate-off          what the report says where the feature is off
  rac run --context my-cluster              on a cluster of yours; asks for the rights in manifests/rbac/namespaces.yaml
  rac run --context my-cluster --namespace conformance   in a namespace that is there, with the rights in core.yaml

Exit codes: 0 every requirement passed or is a known deviation, 1 one Failed, 2 usage, 3 the feature is off,
4 nothing Failed but something is undecided; 10 and up: no verdict was reached (README lists them).
`;
