import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {describe, expect, test} from '@jest/globals';
import {formatVersion} from './observation.ts';
import {parseRecording, readRecording} from './recording.ts';

const header = {
  kind: 'header',
  format: formatVersion,
  suite: '0.1.0',
  scenario: {id: 'a-b', title: 'a', manifest: 'a.yaml', steps: [{do: 'wait', name: 'w'}]},
  manifestSha256: 'abc',
  pod: 'a',
  containers: ['a'],
  server: 'v1.35.4',
  image: 'busybox',
  startedAt: '2026-01-01T00:00:00Z',
};
const note = {kind: 'note', atMs: 1, text: 'seen'};
const pod = {
  kind: 'pod',
  atMs: 2,
  type: 'ADDED',
  object: {metadata: {name: 'a', uid: 'u', resourceVersion: '1'}, spec: {containers: [], unheard: {of: 1}}, status: {}},
};
const end = {kind: 'end', atMs: 3, reason: 'settled', text: 'done'};

const ndjson = (...lines: readonly unknown[]): string => lines.map(line => `${JSON.stringify(line)}\n`).join('');
const damaged = (message: string) =>
  expect.objectContaining({
    exit: 'badData',
    message: expect.stringContaining(message),
    next: 'record the run again; a damaged recording gets no verdict',
  });

describe('a whole recording', () => {
  test('is its header and every observation in order', () => {
    const {file, header: read, observations} = parseRecording('a.ndjson', ndjson(header, note, end));
    expect({file, read, observations}).toEqual({file: 'a.ndjson', read: header, observations: [note, end]});
  });

  test('keeps fields that this suite does not know', () => {
    expect(parseRecording('a.ndjson', ndjson(header, pod, end)).observations).toMatchObject([pod, end]);
  });

  test.each([
    ['plain', 'a.ndjson', (text: string) => text],
    ['compressed', 'a.ndjson.gz', (text: string) => gzipSync(text)],
  ])('is read from a %s file', (_, name, pack) => {
    const folder = mkdtempSync(join(tmpdir(), 'rac-recording-'));
    const file = join(folder, name);
    writeFileSync(file, pack(ndjson(header, note, end)));
    expect(readRecording(file).observations).toEqual([note, end]);
    rmSync(folder, {recursive: true});
  });
});

describe('a recording gets no verdict', () => {
  const whole = ndjson(header, note, pod, end);

  test.each<[why: string, text: string, message: string]>([
    ['it is empty', '', 'its last line is cut short'],
    ['it holds nothing but a line break', '\n', 'line 1 is not JSON'],
    ['it is cut short in the middle of a line', whole.slice(0, -10), 'its last line is cut short'],
    ['it is cut short after a line', ndjson(header, note, pod), 'its last line is not the end of a recording'],
    ['it has a header and nothing else', ndjson(header), 'its last line is not the end of a recording'],
    ['its header is missing', ndjson(note, end), 'line 1: kind:'],
    ['its header is incomplete', ndjson({...header, scenario: {}}, end), 'line 1: scenario.id:'],
    ['a line is not JSON', `${ndjson(header)}{"kind":"note",\n${ndjson(end)}`, 'line 2 is not JSON'],
    ['a line is empty', `${ndjson(header)}\n${ndjson(end)}`, 'line 2 is not JSON'],
    ['a line is of an unknown kind', ndjson(header, {kind: 'rumour', atMs: 1}, end), 'line 2: kind:'],
    ['a line lacks a field', ndjson(header, note, {...note, text: undefined}, end), 'line 3: text:'],
    ['its Pod has no uid', ndjson(header, {...pod, object: {metadata: {}, spec: {}}}, end), 'line 2: object.metadata'],
    ['a time is before its beginning', ndjson(header, {...note, atMs: -1}, end), 'line 2: atMs:'],
    ['it goes on after its end', ndjson(header, end, note), 'line 3 follows the end of the recording'],
    ['it is two recordings in one', whole + whole, 'line 5: kind:'],
    ['it has two ends', ndjson(header, end, end), 'line 3 follows the end of the recording'],
  ])('when %s', (_, text, message) => {
    expect(() => parseRecording('a.ndjson', text)).toThrow(damaged(message));
    expect(() => parseRecording('a.ndjson', text)).toThrow(/^recording a\.ndjson is damaged: /);
  });

  test.each([
    [formatVersion + 1, 'judge it with a newer version of the suite'],
    [formatVersion - 1, 'judge it with the version of the suite that wrote it'],
  ])('when it is of format %i, with what reads it', (format, next) => {
    const message = `recording a.ndjson has format ${format}; this suite reads format ${formatVersion}`;
    expect(() => parseRecording('a.ndjson', ndjson({...header, format, scenario: 'other'}, end))).toThrow(
      expect.objectContaining({exit: 'badData', message, next}),
    );
  });

  test('when its file is not there', () => {
    expect(() => readRecording('/nowhere/a.ndjson')).toThrow(
      expect.objectContaining({exit: 'badData', message: expect.stringMatching(/can't be read: .*ENOENT/)}),
    );
  });
});
