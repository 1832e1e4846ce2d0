import {Command, CommanderError} from 'commander';
import {exitCodes, messageOf, SuiteError} from '../harness/errors.ts';
import {catalogueCommand} from './catalogue.ts';
import {cleanCommand} from './clean.ts';
import {clusterCommand} from './cluster.ts';
import {compareCommand} from './compare.ts';
import {doctorCommand} from './doctor.ts';
import {stopOnSignals} from './interrupt.ts';
import {judgeCommand} from './judge.ts';
import {keepCommand} from './keep.ts';
import {modelCommand} from './model.ts';
import {runCommand} from './run.ts';
import {schemaCommand} from './schema.ts';
import {testCommand} from './test.ts';
import {verifyCommand} from './verify.ts';

const program = new Command('rac')
  .description('Tells whether a Kubernetes cluster restarts all containers of a Pod in place (KEP-5532).')
  .exitOverride()
  .showHelpAfterError('(rac COMMAND --help shows what a command takes)');
process.on('uncaughtException', error => process.exit(report(error)));
const stop = stopOnSignals();
program.addCommand(runCommand(stop.signal));
program.addCommand(testCommand(stop.signal));
program.addCommand(modelCommand(stop.signal));
program.addCommand(judgeCommand());
program.addCommand(verifyCommand());
program.addCommand(keepCommand());
program.addCommand(catalogueCommand());
program.addCommand(compareCommand());
program.addCommand(schemaCommand());
program.addCommand(clusterCommand(stop.signal));
program.addCommand(doctorCommand(stop.signal));
program.addCommand(cleanCommand(stop.signal));
inheritSettings(program);

try {
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
