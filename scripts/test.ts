import {Command} from 'commander';
import {exitCodes} from '../harness/errors.ts';
import {conformanceRun, type RunOptions} from './conformance.ts';
import {runJest, runSuites} from './jest.ts';
import {exitCause, printReport} from './report-files.ts';
import {withRunFlags} from './run.ts';

type Flags = Omit<RunOptions, 'signal'> & {readonly unit: boolean};

/** `rac test`: the harness's own tests, then the suites on a cluster, and a plain line of counts. */
export function testCommand(signal: AbortSignal): Command {
  return withRunFlags(new Command('test'))
    .description("all tests: the harness's own, then the suites on the local kind cluster")
    .option('--unit', "the harness's own tests alone, without a cluster", false)
    .action(async (flags: Flags) => {
      process.stderr.write("rac: the harness's own tests\n");
      const own = await runJest({args: ['--testPathIgnorePatterns', '<rootDir>/suites/'], show: true, signal});
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
