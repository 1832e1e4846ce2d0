import {readFileSync} from 'node:fs';
import {gunzipSync} from 'node:zlib';
import {z} from 'zod';
import {messageOf, SuiteError} from '../errors.ts';
import {conversionFrom} from './formats.ts';
import {headerSchema, observationSchema, type Header, type Observation} from './observation.ts';

/** Everything seen in one scenario, in order of arrival. Line N of the file is observation N - 2; line 1 is the header. */
export interface Recording {
  readonly file: string;
  readonly header: Header;
  readonly observations: readonly Observation[];
}

const envelope = z.looseObject({kind: z.literal('header'), format: z.number()});

/**
 * Reads and validates a recording.
 *
 * @param file path of an NDJSON file that a recorder wrote, compressed where its name ends in .gz
 * @throws SuiteError `badData` where the file can't be read, was cut short, is of another format or has a damaged line
 */
export function readRecording(file: string): Recording {
  return parseRecording(file, read(file));
}

/**
 * Validates the first line of the text of a recording alone: which scenario it is of, and what it was recorded with.
 *
 * @param file the name to use in messages
 * @throws SuiteError `badData` where it is of another format or damaged
 */
export function parseHeader(file: string, text: string): Header {
  return headerOf(file, text.slice(0, Math.max(0, text.indexOf('\n')))).header;
}

/**
 * Validates the text of a recording.
 *
 * @param file the name to use in messages
 * @param text NDJSON: the header, then one observation a line, the last of kind `end`
 * @throws SuiteError `badData`, as readRecording
 */
export function parseRecording(file: string, text: string): Recording {
  if (!text.endsWith('\n')) throw damaged(file, 'its last line is cut short');
  const [first = '', ...rest] = text.trimEnd().split('\n');
  const {header, convert} = headerOf(file, first);
  const observations = rest.map((line, index) =>
    validate(file, index + 2, convert(parseJson(file, index + 2, line)), observationSchema),
  );
  const end = observations.findIndex(({kind}) => kind === 'end');
  if (end === -1) throw damaged(file, 'its last line is not the end of a recording: it was cut short');
  if (end < rest.length - 1) throw damaged(file, `line ${end + 3} follows the end of the recording`);
  return {file, header, observations};
}

/** The format that the text of a recording says it has; undefined where it says none. */
export function formatOf(text: string): number | undefined {
  try {
    return envelope.parse(JSON.parse(text.slice(0, text.indexOf('\n')))).format;
  } catch {
    return undefined;
  }
}

function headerOf(file: string, line: string): {header: Header; convert: (line: unknown) => unknown} {
  const head = parseJson(file, 1, line);
  const convert = conversionFrom(validate(file, 1, head, envelope).format, file);
  return {header: validate(file, 1, convert(head), headerSchema), convert};
}

function read(file: string): string {
  try {
    const bytes = readFileSync(file);
    return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (cause) {
    throw new SuiteError('badData', `recording ${file} can't be read: ${messageOf(cause)}`, {cause});
  }
}

function parseJson(file: string, number: number, line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw damaged(file, `line ${number} is not JSON`, cause);
  }
}

function validate<T>(file: string, number: number, json: unknown, schema: z.ZodType<T>): T {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw damaged(
    file,
    `line ${number}: ${issue === undefined ? 'not valid' : `${issue.path.join('.')}: ${issue.message}`}`,
  );
}

function damaged(file: string, why: string, cause?: unknown): SuiteError {
  return new SuiteError('badData', `recording ${file} is damaged: ${why}`, {
    next: 'record the run again; a damaged recording gets no verdict',
    cause,
  });
}
