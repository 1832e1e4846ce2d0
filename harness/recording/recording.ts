import {readFileSync} from 'node:fs';
import {gunzipSync} from 'node:zlib';
import {z} from 'zod';
import {messageOf, SuiteError} from '../errors.ts';
import {formatVersion, headerSchema, observationSchema, type Header, type Observation} from './observation.ts';

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
 * Validates the text of a recording.
 *
 * @param file the name to use in messages
 * @param text NDJSON: the header, then one observation a line, the last of kind `end`
 * @throws SuiteError `badData`, as readRecording
 */
export function parseRecording(file: string, text: string): Recording {
  if (!text.endsWith('\n')) throw damaged(file, 'its last line is cut short');
  const [first = '', ...rest] = text.trimEnd().split('\n');
  const {format} = parseLine(file, 1, first, envelope);
  if (format !== formatVersion) {
    throw new SuiteError(
      'badData',
      `recording ${file} has format ${format}; this suite reads format ${formatVersion}`,
      {
        next:
          format > formatVersion
            ? 'judge it with a newer version of the suite'
            : 'judge it with the version of the suite that wrote it',
      },
    );
  }
  const header = parseLine(file, 1, first, headerSchema);
  const observations = rest.map((line, index) => parseLine(file, index + 2, line, observationSchema));
  const end = observations.findIndex(({kind}) => kind === 'end');
  if (end === -1) throw damaged(file, 'its last line is not the end of a recording: it was cut short');
  if (end < rest.length - 1) throw damaged(file, `line ${end + 3} follows the end of the recording`);
  return {file, header, observations};
}

function read(file: string): string {
  try {
    const bytes = readFileSync(file);
    return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (cause) {
    throw new SuiteError('badData', `recording ${file} can't be read: ${messageOf(cause)}`, {cause});
  }
}

function parseLine<T>(file: string, number: number, line: string, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (cause) {
    throw damaged(file, `line ${number} is not JSON`, cause);
  }
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
