import {readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import {z} from 'zod';
import {SuiteError} from '../harness/errors.ts';
import {runVariable} from '../harness/run-folder.ts';
import {root} from './paths.ts';

const resultsSchema = z.looseObject({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTotalTests: z.number(),
  numRuntimeErrorTestSuites: z.number(),
  testResults: z.array(z.looseObject({name: z.string(), message: z.string()})),
});

/** What Jest counted. */
export interface JestCounts {
  /** Test files that were run. */
  readonly files: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Test files that could not be run at all, each with Jest's message. */
  readonly broken: readonly string[];
}

export interface JestRun {
  /** Path patterns of the test files, and further arguments. */
  readonly args: readonly string[];
  readonly env?: Record<string, string>;
  /** Whether Jest prints to this terminal; otherwise it is quiet. */
  readonly show: boolean;
  readonly signal: AbortSignal;
}

/**
 * Runs Jest in a process of its own, with the Node that runs this one.
 *
 * @throws SuiteError `internal` where Jest ended without results, or the signal's reason when broken off
 */
export async function runJest({args, env = {}, show, signal}: JestRun): Promise<JestCounts> {
  const outputFile = join(tmpdir(), `rac-jest-${process.pid}-${Date.now()}.json`);
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const result = await execa(process.execPath, [...flags, jest, '--json', `--outputFile=${outputFile}`, ...args], {
    cwd: root,
    env: {FORCE_COLOR: process.stderr.isTTY ? '1' : '0', ...env},
    stdout: 'ignore', // the JSON, which is in the file too
    stderr: show ? 'inherit' : 'pipe',
    reject: false,
    cancelSignal: signal,
    forceKillAfterDelay: 5_000,
  });
  if (signal.aborted) throw signal.reason;
  try {
    const results = resultsSchema.parse(JSON.parse(readFileSync(outputFile, 'utf8')));
    return {
      files: results.testResults.length,
      passed: results.numPassedTests,
      failed: results.numFailedTests,
      skipped: results.numPendingTests,
      broken:
        results.numRuntimeErrorTestSuites === 0
          ? []
          : results.testResults.map(({message}) => message).filter(text => text !== ''),
    };
  } catch (cause) {
    throw new SuiteError(
      'internal',
      `Jest ended without results (${result.shortMessage ?? `exit code ${result.exitCode ?? '?'}`}) ${result.stderr ?? ''}`,
      {cause},
    );
  } finally {
    rmSync(outputFile, {force: true});
  }
}

/** Shows through Jest what the suites say of a recorded run; the same verdicts as in its report. */
export async function runSuites(run: string, signal: AbortSignal): Promise<JestCounts> {
  return runJest({args: [`^${escapeRegex(join(root, 'suites'))}/`], env: {[runVariable]: run}, show: true, signal});
}

/** Jest takes path patterns as regular expressions on the absolute path. */
export function escapeRegex(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
