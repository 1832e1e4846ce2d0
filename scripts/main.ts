import {enableCompileCache} from 'node:module';
import {join} from 'node:path';
import {Command, CommanderError} from 'commander';
import {exitCodes, messageOf, SuiteError} from '../harness/errors.ts';
import {cacheDirectory} from '../kind/cache.ts';
import {stopOnSignals} from './interrupt.ts';

// A third of a command's start is compiling. Our threads and processes read the variable; where the folder can't be written,
// all is compiled anew.
process.env['NODE_COMPILE_CACHE'] ??= join(cacheDirectory(), 'compiled');
enableCompileCache(process.env['NODE_COMPILE_CACHE']);

const program = new Command('rac')
  .description('Tells whether a Kubernetes cluster restarts all containers of a Pod in place (KEP-5532).')
  .exitOverride()
  .enablePositionalOptions() // a flag after a subcommand is the subcommand's
  .showHelpAfterError('(rac COMMAND --help shows what a command takes)');
process.on('uncaughtException', error => process.exit(report(error)));
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(); // whoever read this has seen enough, such as head
});
const stop = stopOnSignals();

/** Every command, in the order of the help, with what loads it: a command that needs no client does not wait for one. */
const commands = new Map<string, () => Promise<Command>>([
  ['run', async () => (await import('./run.ts')).runCommand(stop.signal)],
  ['test', async () => (await import('./test.ts')).testCommand(stop.signal)],
  ['model', async () => (await import('./model.ts')).modelCommand(stop.signal)],
  ['mutants', async () => (await import('./mutants.ts')).mutantsCommand(stop.signal)],
  ['predict', async () => (await import('./predict.ts')).predictCommand(stop.signal)],
  ['bench', async () => (await import('./bench.ts')).benchCommand(stop.signal)],
  ['soak', async () => (await import('./soak.ts')).soakCommand(stop.signal)],
  ['judge', async () => (await import('./judge.ts')).judgeCommand()],
  ['verify', async () => (await import('./verify.ts')).verifyCommand()],
  ['report', async () => (await import('./report.ts')).reportCommand()],
  ['keep', async () => (await import('./keep.ts')).keepCommand()],
  ['catalogue', async () => (await import('./catalogue.ts')).catalogueCommand()],
  ['compare', async () => (await import('./compare.ts')).compareCommand()],
  ['images', async () => (await import('./images.ts')).imagesCommand(stop.signal)],
  ['image', async () => (await import('./image.ts')).imageCommand(stop.signal)],
  ['sonobuoy', async () => (await import('./sonobuoy.ts')).sonobuoyCommand(stop.signal)],
  ['merge', async () => (await import('./merge.ts')).mergeCommand()],
  ['cluster', async () => (await import('./cluster.ts')).clusterCommand(stop.signal)],
  ['doctor', async () => (await import('./doctor.ts')).doctorCommand(stop.signal)],
  ['clean', async () => (await import('./clean.ts')).cleanCommand(stop.signal)],
]);

try {
  const asked = commands.get(process.argv[2] ?? '');
  for (const load of asked === undefined ? commands.values() : [asked]) program.addCommand(await load());
  inheritSettings(program);
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(stop.signal.aborted && !(error instanceof SuiteError) ? stop.signal.reason : error);
} finally {
  stop.dispose();
}

/** Gives commands made elsewhere the settings of the program: errors are thrown, so that every exit code is ours. */
function inheritSettings(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent);
    inheritSettings(command);
  }
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
