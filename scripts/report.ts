import {join, relative} from 'node:path';
import {Command, Option} from 'commander';
import {readStoredReport} from '../harness/report/stored-report.ts';
import {formats, type Format} from '../harness/report/formats.ts';
import {writeReports} from '../harness/report/write.ts';
import {runFolder} from '../harness/run-folder.ts';
import {implementationFrom, withImplementationFlags, type ImplementationFlags} from './implementation-flags.ts';

interface Flags extends ImplementationFlags {
  readonly format: readonly Format[];
  readonly output?: string;
}

/** `rac report`: the report of a stored run, in any of its formats. */
export function reportCommand(): Command {
  return withImplementationFlags(new Command('report'))
    .description('write the report of a stored run again: page, JUnit, YAML and others; needs no cluster')
    .argument('<folder>', 'folder of a run that ended with a report')
    .addOption(new Option('--format <names...>', 'what to write').choices(formats).default(formats, formats.join(' ')))
    .option('--output <folder>', "where to (default: the run's folder)")
    .addHelpText('after', examples)
    .action((path: string, {format, output, ...flags}: Flags) => {
      const implementation = implementationFrom(flags);
      const report = readStoredReport(path);
      const options = {output, formats: format, implementation};
      for (const name of writeReports(report, runFolder(path), options))
        console.log(relative(process.cwd(), join(output ?? path, name)));
    });
}

const examples = `
What the flags say of the implementation is kept in the run's folder. The verdicts are those of report.json.

Examples:
  rac report runs/2026-11-23-225642094 --format html
  rac report runs/2026-11-23-225642094 --implementation-organization Example --implementation-project "Example Kubernetes" \\
    --implementation-url https://k8s.example.com --implementation-version 1.35.4-ex.1 --implementation-contact k8s@example.com
`;
