import {Command} from 'commander';
import {clean} from '../kind/clean.ts';

/** `rac clean`: removes what rac made on this machine. */
export function cleanCommand(signal: AbortSignal): Command {
  return new Command('clean')
    .description('remove the clusters and images that rac made')
    .option('--all', 'the cache too: binaries, root file system, package lists', false)
    .addHelpText(
      'after',
      '\nNothing that rac did not make is touched; an engine that rac installed stays, and keeps running.\n\nExamples:\n  rac clean\n  rac clean --all\n',
    )
    .action(async ({all}: {all: boolean}) => {
      await clean({cache: all, signal});
    });
}
