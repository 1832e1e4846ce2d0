import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {z} from 'zod';
import {messageOf, SuiteError} from '../errors.ts';
import {targetSchema} from '../recording/target.ts';
import {deviationSchema, profiles, requirementSchema} from '../verdicts/catalogue.ts';
import {liveFaultSchema} from '../verdicts/kill-matrix.ts';
import {verdictSchema} from '../verdicts/verdict.ts';
import type {Report} from './report.ts';

const number = z.int().nonnegative();
const counts = z.strictObject({
  Passed: number,
  Failed: number,
  Inconclusive: number,
  Error: number,
  KnownDeviation: number,
  Skipped: number,
});
const result = z.enum(['success', 'partial', 'failure', 'unsupported']);

/** The report as it is stored in report.json. */
export const reportSchema = z.strictObject({
  suite: z.string(),
  digests: z.record(z.string(), z.string()).optional(),
  target: targetSchema,
  result,
  counts,
  profiles: z.array(
    z.strictObject({name: z.enum(profiles), result: z.enum([...result.options, 'not judged']), counts}),
  ),
  rows: z.array(
    z.strictObject({
      requirement: requirementSchema,
      verdict: verdictSchema,
      scenarios: z.array(verdictSchema),
      deviation: deviationSchema.optional(),
    }),
  ),
  pools: z.array(
    z.strictObject({
      kubelet: z.string(),
      runtime: z.string(),
      os: z.string(),
      architecture: z.string().optional(),
      nodes: z.array(z.string()),
      counts,
    }),
  ),
  disagreements: z.array(z.string()),
  kills: z
    .strictObject({
      requirements: z.array(
        z.strictObject({
          requirement: z.string(),
          named: z.array(z.string()),
          generated: number,
          live: z.array(z.string()),
        }),
      ),
      recorded: z.strictObject({requirements: number, named: number, generated: number}),
      live: z.strictObject({requirements: number, tried: number, seen: number}),
      withoutLive: z.array(z.string()),
      faults: z.array(
        liveFaultSchema.pick({id: true, describes: true, outcome: true, killedBy: true}).extend({release: z.string()}),
      ),
    })
    .optional(),
  unjudged: z.array(requirementSchema),
  stale: z.array(deviationSchema),
}) satisfies z.ZodType<Report>;

/** A report as report.json has it: its fields in one order, however it was come by. */
export function storedText(report: Report): string {
  return `${JSON.stringify(reportSchema.parse(report), null, 2)}\n`;
}

/**
 * Reads the report of a run that ended with one.
 *
 * @param folder of the run
 * @throws SuiteError `badData` where there is none, or it was written by a suite with another format
 */
export function readStoredReport(folder: string): Report {
  const file = join(folder, 'report.json');
  try {
    return reportSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    const issue = cause instanceof z.ZodError ? cause.issues[0] : undefined;
    const why = issue === undefined ? messageOf(cause) : `${issue.path.join('.')}: ${issue.message}`;
    throw new SuiteError('badData', `report ${file} can't be read: ${why}`, {
      next: 'name the folder of a run that ended with a report',
      cause,
    });
  }
}
