import {enableCompileCache} from 'node:module';
import {join} from 'node:path';
import {CommanderError} from 'commander';
import {exitCodes, messageOf, SuiteError} from '../harness/errors.ts';
import {cacheDirectory} from '../kind/cache.ts';
import {programFor} from './commands.ts';
import {stopOnSignals} from './interrupt.ts';

// A third of a command's start is compiling. Our threads and processes read the variable; where the folder can't be written,
// all is compiled anew.
process.env['NODE_COMPILE_CACHE'] ??= join(cacheDirectory(), 'compiled');
enableCompileCache(process.env['NODE_COMPILE_CACHE']);

process.on('uncaughtException', error => process.exit(report(error)));
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(); // whoever read this has seen enough, such as head
});
const stop = stopOnSignals();

try {
  const program = await programFor(stop.signal, process.argv[2]);
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(stop.signal.aborted && !(error instanceof SuiteError) ? stop.signal.reason : error);
} finally {
  stop.dispose();
}

/** Prints one clear line for an error and gives its exit code; only a defect of this program shows a stack. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (error instanceof SuiteError) {
    process.stderr.write(`rac: ${error.message}\n${error.next === undefined ? '' : `     next: ${error.next}\n`}`);
    return exitCodes[error.exit];
  }
  process.stderr.write(`rac: defect in this program: ${messageOf(error)}\n`);
  if (error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  return exitCodes.internal;
}
