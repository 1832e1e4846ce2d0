import {z} from 'zod';
import {messageOf, SuiteError} from '../errors.ts';
import {digestSchema, hash} from './digest.ts';

/** The version of run.json that this suite writes. */
export const runFormat = 1;

/** Name of the file that describes a run, in the run's folder. */
export const runFileName = 'run.json';

/** SHA-256 of files, by name. */
const hashes = z.record(z.string(), hash);
/** Digests of files of the run's folder, by name; that of a compressed file is of what is in it, and its name lacks the .gz. */
const digests = z.record(z.string(), digestSchema);

/** What a run's folder says of itself: which run it was, and what every file of it must be. */
export const runFileSchema = z.strictObject({
  kind: z.literal('run'),
  format: z.literal(runFormat),
  /** Version of the suite that recorded it. */
  suite: z.string(),
  /** Wall clock, for people. */
  startedAt: z.string(),
  endedAt: z.string(),
  target: z.strictObject({context: z.string(), server: z.string()}),
  /** What was asked for; selection.json has the requirements that it comes to. */
  asked: z.strictObject({profile: z.array(z.string()), only: z.array(z.string()), skip: z.array(z.string())}),
  /** Which part of the scenarios it is, where it is one of several; the whole has none. */
  shard: z.strictObject({index: z.int().nonnegative(), of: z.int().positive()}).optional(),
  /** The files of manifests/ that were recorded. */
  manifests: hashes,
  /** What the reports in the folder were judged with: version of the suite, and its data files. */
  judgedWith: z.strictObject({suite: z.string(), data: hashes}),
  /** What verdicts rest on. */
  files: digests,
  /** What was made of it, and is made again by judging it. */
  reports: hashes,
});

export type RunFile = z.infer<typeof runFileSchema>;

const envelope = z.looseObject({kind: z.literal('run'), format: z.number()});

/**
 * Validates the text of a run.json.
 *
 * @param name of the file, for messages
 * @throws SuiteError `badData` where it is of another format, or not right
 */
export function parseRunFile(name: string, text: string): RunFile {
  try {
    const json: unknown = JSON.parse(text);
    const {format} = envelope.parse(json);
    if (format === runFormat) return runFileSchema.parse(json);
    throw new SuiteError('badData', `${name} has format ${format}; this suite reads format ${runFormat}`, {
      next: 'judge it with a newer version of the suite',
    });
  } catch (cause) {
    if (cause instanceof SuiteError) throw cause;
    throw new SuiteError('badData', `${name} is damaged: ${messageOf(cause)}`, {
      next: 'take the run from where it was recorded; without it nothing of the run can be verified',
      cause,
    });
  }
}

/** The text of a run.json. */
export function runFileText(run: RunFile): string {
  return `${JSON.stringify(run, null, 2)}\n`;
}
