import {expect, test} from '@jest/globals';
import {conversionFrom} from './formats.ts';
import {formatVersion} from './observation.ts';

test('a line of the newest format is read as it is', () => {
  const line = {kind: 'note'};
  expect(conversionFrom(formatVersion, 'a.ndjson')(line)).toBe(line);
});

test.each([
  [formatVersion + 1, 'judge it with a newer version of the suite'],
  [1, 'judge it with the version of the suite that wrote it'],
])('format %i is refused, with what reads it', (format, next) => {
  const message = `recording a.ndjson has format ${format}; this suite reads format 2`;
  expect(() => conversionFrom(format, 'a.ndjson')).toThrow(expect.objectContaining({exit: 'badData', message, next}));
});
