import {exitCodes, SuiteError} from '../harness/errors.ts';

/** The signal that every command passes down; aborted by Ctrl-C or SIGTERM with the error to end on. */
export interface Interrupt {
  readonly signal: AbortSignal;
  dispose(): void;
}

/**
 * Turns the first SIGINT, SIGTERM or SIGHUP into an abort, so that clean-up runs. One Ctrl-C can reach this process
 * twice (from the terminal and from npm), so only a signal more than a second later ends the process at once.
 */
export function stopOnSignals(): Interrupt {
  const controller = new AbortController();
  let firstAt: number | undefined;
  let first: 'interrupted' | 'terminated' = 'interrupted';
  const onSignal = (name: NodeJS.Signals): void => {
    if (firstAt === undefined) {
      firstAt = performance.now();
      process.stderr.write(`\nrac: ${name}: stopping and cleaning up; again to stop at once\n`);
      first = name === 'SIGINT' ? 'interrupted' : 'terminated';
      controller.abort(
        new SuiteError(first, `stopped by ${name}`, {
          next: 'run the same command again; what was built or downloaded is kept',
        }),
      );
    } else if (performance.now() - firstAt > 1000) {
      process.exit(exitCodes[first]);
    }
  };
  const names: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const name of names) process.on(name, onSignal);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const name of names) process.off(name, onSignal);
    },
  };
}
