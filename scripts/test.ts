import {Command} from 'commander';
import {exitCodes} from '../harness/errors.ts';
import {conformanceRun, exitCause, printReport, type RunOptions} from './conformance.ts';
import {runJest} from './jest.ts';
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
        const result = await conformanceRun({...flags, signal}, true);
        printReport(result);
        total.passed += result.counts.passed;
        total.failed += result.counts.failed;
        total.skipped += result.counts.skipped;
        process.exitCode = exitCodes[exitCause(result.report)];
      }
      if (total.failed > 0) process.exitCode = exitCodes.failed;
      const skipped = total.skipped === 0 ? '' : `, ${total.skipped} skipped`;
      process.stdout.write(`${total.passed} passed, ${total.failed} failed${skipped}\n`);
    });
}
