import {SuiteError} from '../errors.ts';
import {formatVersion} from './observation.ts';

/** What makes a line of an older format, as parsed JSON, a line of the newest one. */
type Conversion = (line: unknown) => unknown;

/**
 * The formats that this suite reads. One that is followed by another stays here, with what becomes of its lines, so that
 * kept recordings stay readable; docs/recording-format.md tells what each brought.
 */
const conversions: ReadonlyMap<number, Conversion> = new Map([[formatVersion, line => line]]);

/**
 * How a recording of a format is read.
 *
 * @param file the recording, for the message
 * @throws SuiteError `badData` for a format that this suite does not read, with what does
 */
export function conversionFrom(format: number, file: string): Conversion {
  const conversion = conversions.get(format);
  if (conversion !== undefined) return conversion;
  throw new SuiteError(
    'badData',
    `recording ${file} has format ${format}; this suite reads format ${[...conversions.keys()].join(', ')}`,
    {
      next:
        format > formatVersion
          ? 'judge it with a newer version of the suite'
          : 'judge it with the version of the suite that wrote it',
    },
  );
}
