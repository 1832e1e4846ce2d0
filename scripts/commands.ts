import {Command} from 'commander';

/** Every command, in the order of the help, with what loads it: a command that needs no client does not wait for one. */
function commands(signal: AbortSignal): ReadonlyMap<string, () => Promise<Command>> {
  return new Map([
    ['run', async () => (await import('./run.ts')).runCommand(signal)],
    ['test', async () => (await import('./test.ts')).testCommand(signal)],
    ['model', async () => (await import('./model.ts')).modelCommand(signal)],
    ['mutants', async () => (await import('./mutants.ts')).mutantsCommand(signal)],
    ['predict', async () => (await import('./predict.ts')).predictCommand(signal)],
    ['bench', async () => (await import('./bench.ts')).benchCommand(signal)],
    ['soak', async () => (await import('./soak.ts')).soakCommand(signal)],
    ['judge', async () => (await import('./judge.ts')).judgeCommand()],
    ['verify', async () => (await import('./verify.ts')).verifyCommand()],
    ['report', async () => (await import('./report.ts')).reportCommand()],
    ['keep', async () => (await import('./keep.ts')).keepCommand()],
    ['catalogue', async () => (await import('./catalogue.ts')).catalogueCommand()],
    ['compare', async () => (await import('./compare.ts')).compareCommand()],
    ['images', async () => (await import('./images.ts')).imagesCommand(signal)],
    ['image', async () => (await import('./image.ts')).imageCommand(signal)],
    ['sonobuoy', async () => (await import('./sonobuoy.ts')).sonobuoyCommand(signal)],
    ['merge', async () => (await import('./merge.ts')).mergeCommand()],
    ['cluster', async () => (await import('./cluster.ts')).clusterCommand(signal)],
    ['doctor', async () => (await import('./doctor.ts')).doctorCommand(signal)],
    ['clean', async () => (await import('./clean.ts')).cleanCommand(signal)],
  ]);
}

/**
 * The program with the command that is asked for, or with all of them where that is none. Errors are thrown.
 *
 * @param signal ends what a command does
 * @param asked the first argument
 */
export async function programFor(signal: AbortSignal, asked?: string): Promise<Command> {
  const program = new Command('rac')
    .description('Tells whether a Kubernetes cluster restarts all containers of a Pod in place (KEP-5532).')
    .exitOverride()
    .enablePositionalOptions() // a flag after a subcommand is the subcommand's
    .showHelpAfterError('(rac COMMAND --help shows what a command takes)');
  const known = commands(signal);
  const load = known.get(asked ?? '');
  for (const each of load === undefined ? known.values() : [load]) program.addCommand(await each());
  inheritSettings(program);
  return program;
}

/** Gives commands made elsewhere the settings of the program: errors are thrown, so that every exit code is ours. */
function inheritSettings(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent);
    inheritSettings(command);
  }
}
