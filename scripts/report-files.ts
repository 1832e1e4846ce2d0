import {writeFileSync} from 'node:fs';
import {join, relative} from 'node:path';
import type {ExitCause} from '../harness/errors.ts';
import {formatReport} from '../harness/report/console.ts';
import type {Report} from '../harness/report/report.ts';
import {storedText} from '../harness/report/stored-report.ts';

/** A report as it is printed. */
export function reportText(report: Report, as: 'text' | 'json', colour: boolean): string {
  return as === 'text' ? formatReport(report, colour) : storedText(report);
}

/** The files that a report is written to, by name, each with its text. */
export function reportFiles(report: Report): Readonly<Record<string, string>> {
  return {'report.txt': reportText(report, 'text', false), 'report.json': reportText(report, 'json', false)};
}

/** Writes a report's files into a folder. */
export function writeReport(report: Report, folder: string): void {
  for (const [name, text] of Object.entries(reportFiles(report))) writeFileSync(join(folder, name), text);
}

/** Prints the report and where its files are. */
export function printReport(report: Report, folder: string): void {
  process.stdout.write(`\n${formatReport(report, process.stdout.isTTY)}`);
  process.stdout.write(
    `Files: ${relative(process.cwd(), folder)}/ (report.html and other formats, target.json, recordings/)\n`,
  );
}

/** The exit code that a report stands for. */
export function exitCause({result, counts}: Report): ExitCause {
  if (result === 'unsupported') return 'featureOff';
  if (counts.Failed > 0) return 'failed';
  return counts.Inconclusive + counts.Error > 0 || counts.Passed === 0 ? 'undecided' : 'ok';
}
