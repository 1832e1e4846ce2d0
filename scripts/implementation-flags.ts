import type {Command} from 'commander';
import {implementationOf, type Implementation} from '../harness/report/implementation.ts';

/** What commander makes of the flags. */
export interface ImplementationFlags {
  readonly implementationOrganization?: string;
  readonly implementationProject?: string;
  readonly implementationUrl?: string;
  readonly implementationVersion?: string;
  readonly implementationContact?: string[];
}

/** The flags that say whose cluster a report speaks of. */
export function withImplementationFlags(command: Command): Command {
  return command
    .option('--implementation-organization <name>', 'who makes the cluster that is judged, for the report')
    .option('--implementation-project <name>', 'what it is called')
    .option('--implementation-url <url>', 'where more is to be read of it')
    .option('--implementation-version <version>', 'its version')
    .option('--implementation-contact <contacts...>', 'who answers questions about the report');
}

/**
 * What the flags say, if any is given.
 *
 * @throws SuiteError `usage` where only some are, or one is not right
 */
export function implementationFrom(flags: ImplementationFlags): Implementation | undefined {
  return implementationOf({
    organization: flags.implementationOrganization,
    project: flags.implementationProject,
    url: flags.implementationUrl,
    version: flags.implementationVersion,
    contact: flags.implementationContact,
  });
}
