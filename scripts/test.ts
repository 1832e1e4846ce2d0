import {Command} from 'commander';
import {exitCodes, SuiteError} from '../harness/errors.ts';
import {conformanceRun, type RunOptions} from './conformance.ts';
import {escapeRegex, runJest, runSuites} from './jest.ts';
import {exitCause, printReport} from './report-files.ts';
import {withRunFlags} from './run.ts';

type Flags = Omit<RunOptions, 'signal'> & {readonly unit: boolean};

/** `rac test`: the harness's own tests, then the suites on a cluster, and a plain line of counts. */
export function testCommand(signal: AbortSignal): Command {
  return withRunFlags(new Command('test'))
    .description("all tests: the harness's own, then the suites on the local kind cluster")
    .argument('[files...]', 'with --unit: the test files to run, each by a part of its path')
    .option('--unit', "the harness's own tests alone, without a cluster", false)
    .action(async (files: readonly string[], flags: Flags) => {
      if (files.length > 0 && !flags.unit)
        throw new SuiteError('usage', "test files are named among the harness's own", {next: 'add --unit'});
      process.stderr.write("rac: the harness's own tests\n");
      // The flag takes every argument after it.
      const args = [...files.map(escapeRegex), '--passWithNoTests', '--testPathIgnorePatterns', '<rootDir>/suites/'];
      const own = await runJest({args, show: true, signal});
      if (own.files === 0)
        throw new SuiteError('usage', `no test file has ${files.join(' or ')} in its path`, {
          next: 'name files in harness/, kind/ or scripts/, such as harness/testing/faults',
        });
      const total = {passed: own.passed, failed: own.failed + own.broken.length, skipped: own.skipped};
      if (!flags.unit) {
        process.stderr.write('rac: the suites, on a real cluster\n');
        const {report, folder} = await conformanceRun({...flags, signal});
        const shown = await runSuites(folder.path, signal);
        printReport(report, folder.path);
        total.passed += shown.passed;
        total.failed += shown.failed + shown.broken.length;
        total.skipped += shown.skipped;
        process.exitCode = exitCodes[exitCause(report)];
      }
      if (total.failed > 0) process.exitCode = exitCodes.failed;
      const skipped = total.skipped === 0 ? '' : `, ${total.skipped} skipped`;
      process.stdout.write(`${total.passed} passed, ${total.failed} failed${skipped}\n`);
    });
}
