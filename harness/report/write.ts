import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Recording} from '../recording/recording.ts';
import type {RunFolder} from '../run-folder.ts';
import {conformanceReport, formatConformanceReport} from './conformance-report.ts';
import {formatReport} from './console.ts';
import {readEvidence, type Evidence} from './evidence.ts';
import {implementationFile, readImplementation, type Implementation} from './implementation.ts';
import {formatJUnit} from './junit.ts';
import {formatPage} from './page/page.ts';
import type {Report} from './report.ts';
import {inTotoStatement} from './statement.ts';
import {storedText} from './stored-report.ts';
import {formats, reportFiles, type Format} from './formats.ts';

/** What is known of a report apart from itself. */
export interface Writing {
  /** Where the files go; the run's folder unless told otherwise. */
  readonly output?: string | undefined;
  readonly formats?: readonly Format[];
  /** Whose cluster it is; kept in the run's folder, and taken from there where it is not given. */
  readonly implementation?: Implementation | undefined;
  /** The run's recordings where they were validated before, by the SHA-256 of their text. */
  readonly recordings?: ReadonlyMap<string, Recording> | undefined;
}

/** The text of a report in one format: the same for the same files. */
export function formatAs(
  format: Format,
  report: Report,
  evidence: Evidence,
  implementation: Implementation | undefined,
): string {
  switch (format) {
    case 'text':
      return formatReport(report, false);
    case 'json':
      return storedText(report);
    case 'yaml':
      return formatConformanceReport(conformanceReport(report, evidence, implementation));
    case 'junit':
      return formatJUnit(report);
    case 'html':
      return formatPage(report, evidence, implementation);
    case 'statement':
      return json(inTotoStatement(report, evidence));
  }
}

/**
 * Writes a report in all its formats, from what lies in the run's folder.
 *
 * @returns the names of the files
 * @throws SuiteError `badData` where the run's folder is not right
 */
export function writeReports(report: Report, folder: RunFolder, options: Writing = {}): readonly string[] {
  const {output = folder.path, formats: wanted = formats, implementation = readImplementation(folder)} = options;
  if (implementation !== undefined) writeFileSync(join(folder.path, implementationFile), json(implementation));
  mkdirSync(output, {recursive: true});
  const evidence = readEvidence(folder, options.recordings);
  return wanted.map(format => {
    const name = reportFiles[format];
    writeFileSync(join(output, name), formatAs(format, report, evidence, implementation));
    return name;
  });
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
