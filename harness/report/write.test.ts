import {copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import {runFolder, type RunFolder} from '../run-folder.ts';
import {recordedRun} from '../testing/recorded-run.ts';
import {readEvidence} from './evidence.ts';
import type {Report} from './report.ts';
import {readStoredReport} from './stored-report.ts';
import {formats, reportFiles} from './formats.ts';
import {writeReports} from './write.ts';

const kept = fileURLToPath(new URL('../testing/recordings/v1.35.4/', import.meta.url));
const files = Object.values(reportFiles);

let folder: RunFolder;
let report: Report;

beforeAll(async () => {
  ({report} = await recordedRun(['sidecar-exits']));
});

beforeEach(() => {
  folder = runFolder(mkdtempSync(join(tmpdir(), 'rac-reports-')));
  mkdirSync(folder.recordings);
  copyFileSync(join(kept, 'target.json'), folder.target);
  copyFileSync(join(kept, 'sidecar-exits.ndjson.gz'), join(folder.recordings, 'sidecar-exits.ndjson.gz'));
});

afterEach(() => {
  rmSync(folder.path, {recursive: true});
});

const texts = (path = folder.path) => files.map(name => readFileSync(join(path, name), 'utf8'));

test('a run has its report in every format', () => {
  expect(writeReports(report, folder)).toEqual(files);
  expect(formats).toEqual(Object.keys(reportFiles));
  for (const text of texts()) expect(text).toContain('IDN-1');
});

test('the stored report gives the same files, wherever they go', () => {
  writeReports(report, folder);
  const before = texts();
  const output = join(folder.path, 'elsewhere', 'again');
  writeReports(readStoredReport(folder.path), folder, {output});
  expect(texts(output)).toEqual(before);
});

test('only what is asked for is written', () => {
  expect(writeReports(report, folder, {formats: ['junit']})).toEqual(['junit.xml']);
  expect(readdirSync(folder.path).toSorted()).toEqual(['junit.xml', 'recordings', 'target.json']);
});

test('whose cluster it is stays with the run', () => {
  const url = 'https://k8s.example.com';
  const implementation = {organization: 'Example', project: 'Example K8s', url, version: '1', contact: ['a@b.example']};
  writeReports(report, folder, {formats: ['yaml'], implementation});
  const yaml = readFileSync(join(folder.path, 'report.yaml'), 'utf8');
  writeReports(report, folder);
  expect(readFileSync(join(folder.path, 'report.yaml'), 'utf8')).toBe(yaml);
  expect(yaml).toContain('project: Example K8s');
  expect(readFileSync(join(folder.path, 'report.html'), 'utf8')).toContain('<h1>Example K8s 1</h1>');
});

describe('what is damaged', () => {
  test('in a recording is said, and the rest reported', () => {
    writeFileSync(join(folder.recordings, 'broken.ndjson'), '{"kind":');
    writeReports(report, folder);
    const {recordings} = readEvidence(folder);
    expect(recordings.map(({name, recording}) => [name, typeof recording])).toEqual([
      ['recordings/broken.ndjson', 'string'],
      ['recordings/sidecar-exits.ndjson', 'object'],
    ]);
    expect(readFileSync(join(folder.path, 'report.html'), 'utf8')).toMatch(/broken\.ndjson<\/strong>: [^<]*cut short/);
  });

  test.each([
    ['is missing', undefined, 'ENOENT'],
    ['is no report', '{}', 'suite: Invalid input'],
  ])('a report that %s is told', (_, text, why) => {
    if (text !== undefined) writeFileSync(join(folder.path, 'report.json'), text);
    expect(() => readStoredReport(folder.path)).toThrow(
      expect.objectContaining({exit: 'badData', message: expect.stringContaining(why)}),
    );
  });
});
