import {cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gunzipSync, gzipSync} from 'node:zlib';
import {afterAll, beforeEach, describe, expect, test} from '@jest/globals';
import {z} from 'zod';
import {digestOf} from '../harness/replay/digest.ts';
import {runFileText} from '../harness/replay/run-file.ts';
import {readStoredRun} from '../harness/replay/stored-run.ts';
import {judgeFolder} from './judge-folder.ts';
import {keepRun} from './keep.ts';
import {root} from './paths.ts';
import {reportFiles} from './report-files.ts';

/** A real run on Kubernetes v1.35.4 that was asked for LOP-1, TRG-4, API-1 and API-24. */
const small = join(root, 'harness/testing/kept-run');
const folder = mkdtempSync(join(tmpdir(), 'rac-judge-'));
const copy = join(folder, 'run');

afterAll(() => {
  rmSync(folder, {recursive: true});
});

beforeEach(() => {
  rmSync(copy, {recursive: true, force: true});
  cpSync(small, copy, {recursive: true});
});

const recording = (scenario: string): string => join(copy, 'recordings', `${scenario}.ndjson.gz`);
const textOf = (scenario: string): string => gunzipSync(readFileSync(recording(scenario))).toString('utf8');

/** Edits the text of one of the copy's recordings. */
function edit(scenario: string, change: (text: string) => string): void {
  writeFileSync(recording(scenario), gzipSync(change(textOf(scenario))));
}

const refused = (message: string) => expect.objectContaining({exit: 'badData', message});

test('a kept run is judged from its files alone', async () => {
  const {report} = await judgeFolder(small);
  const judged = report.rows.filter(({verdict}) => verdict.outcome !== 'Skipped');
  expect(Object.fromEntries(judged.map(({requirement, verdict}) => [requirement.id, verdict.outcome]))).toEqual({
    'TRG-4': 'Passed',
    'LOP-1': 'KnownDeviation',
    'API-1': 'Passed',
    'API-24': 'KnownDeviation',
  });
});

describe('a kept run that is asked for other requirements than it was recorded for', () => {
  const outcomes = async (...only: readonly string[]) => {
    const {report} = await judgeFolder(small, {only});
    return Object.fromEntries(
      report.rows
        .filter(({verdict}) => verdict.outcome !== 'Skipped')
        .map(({requirement, verdict}) => [requirement.id, verdict.outcome]),
    );
  };

  test('judges those alone, by the recordings that it has', async () => {
    expect(await outcomes('LOP-2', 'API-1')).toEqual({'LOP-2': 'Passed', 'API-1': 'Passed'});
  });

  test('judges their controls beside them, and passes nothing of which a recording is missing', async () => {
    expect(await outcomes('TRG-17')).toEqual({'TRG-4': 'Passed', 'TRG-6': 'Error', 'TRG-17': 'Error'});
  });

  test.each([
    ['IDN-99', 'there is no requirement "IDN-99"'],
    ['IDN-9', 'the run has no recording that judges IDN-9: none of user-namespace'],
  ])('refuses %s', async (id, message) => {
    await expect(judgeFolder(small, {only: [id]})).rejects.toEqual(expect.objectContaining({exit: 'usage', message}));
  });
});

test('whether its recordings are compressed makes no difference to the report', async () => {
  const {report} = await judgeFolder(copy);
  const file = join(copy, 'recordings/loop.ndjson');
  writeFileSync(file, gunzipSync(readFileSync(`${file}.gz`)));
  rmSync(`${file}.gz`);
  expect(reportFiles((await judgeFolder(copy)).report)).toEqual(reportFiles(report));
});

test('what is kept of a run has the same report, and verifies', async () => {
  const kept = join(folder, 'kept');
  const {report} = await keepRun(copy, kept);
  expect(reportFiles(report)).toEqual(reportFiles((await judgeFolder(copy)).report));
  expect(readFileSync(join(kept, 'report.txt'), 'utf8')).toBe(reportFiles(report)['report.txt']);
  expect(readStoredRun(kept).verification).toEqual({evidence: [], reports: []});
});

test('what the run was judged with before and is another now is named', async () => {
  const file = join(copy, 'run.json');
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(/("suites\/requirements.yaml": )"[^"]*"/, `$1"${'0'.repeat(64)}"`),
  );
  expect((await judgeFolder(copy)).changed).toContain('suites/requirements.yaml');
});

describe('there is no verdict where', () => {
  const altered = (what: string) => refused(`run ${copy} is not as it was recorded: ${what}`);

  test.each<[what: string, change: () => void, error: () => unknown]>([
    [
      'a recording was cut short',
      () => {
        edit('loop', text => text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1));
      },
      () => altered('recordings/loop.ndjson: was cut short after line 80 of 81'),
    ],
    [
      'a line was removed',
      () => {
        edit('loop', text => text.split('\n').toSpliced(9, 1).join('\n'));
      },
      () => altered('recordings/loop.ndjson: line 10 was removed'),
    ],
    [
      'a number was edited',
      () => {
        edit('loop', text => text.replace('"restartCount":0', '"restartCount":1'));
      },
      () => altered('recordings/loop.ndjson: line 6 was altered'),
    ],
    [
      'a recording is of a newer format, as a newer suite recorded it',
      () => {
        edit('loop', text => text.replace('"format":2', '"format":3'));
        const {file} = readStoredRun(copy);
        const files = {...file.files, 'recordings/loop.ndjson': digestOf(textOf('loop'))};
        writeFileSync(join(copy, 'run.json'), runFileText({...file, files}));
      },
      () => refused(`recording ${join(copy, 'recordings/loop.ndjson')} has format 3; this suite reads format 2`),
    ],
    [
      'a compressed recording was cut short',
      () => {
        const file = join(copy, 'recordings/loop.ndjson.gz');
        writeFileSync(file, readFileSync(file).subarray(0, 4000));
      },
      () => altered("recordings/loop.ndjson: can't be read: the compressed file was cut short"),
    ],
    [
      'a recording is missing',
      () => {
        rmSync(join(copy, 'recordings/not-in.ndjson.gz'));
      },
      () => altered('recordings/not-in.ndjson: is missing'),
    ],
    [
      'a recording has another name',
      () => {
        renameSync(join(copy, 'recordings/not-in.ndjson.gz'), join(copy, 'recordings/sidecar-exits.ndjson.gz'));
      },
      () => altered('recordings/not-in.ndjson: is missing (and 1 more)'),
    ],
    [
      'the run has no run.json',
      () => {
        rmSync(join(copy, 'run.json'));
      },
      () => refused(`${copy} has no run.json`),
    ],
    [
      'run.json is of a newer format',
      () => {
        writeFileSync(join(copy, 'run.json'), '{"kind":"run","format":2}\n');
      },
      () => refused(`${join(copy, 'run.json')} has format 2; this suite reads format 1`),
    ],
    [
      'run.json is damaged',
      () => {
        writeFileSync(join(copy, 'run.json'), '{"kind":"run","format":1}\n');
      },
      () =>
        expect.objectContaining({exit: 'badData', message: expect.stringContaining('run.json is damaged: suite: ')}),
    ],
  ])('%s', async (_, change, error) => {
    change();
    await expect(judgeFolder(copy)).rejects.toEqual(error());
  });

  test('there is no such folder', async () => {
    await expect(judgeFolder('/nowhere')).rejects.toEqual(expect.objectContaining({exit: 'usage'}));
  });
});

const reports = join(root, 'docs/reports');
const kept = existsSync(reports) ? readdirSync(reports) : [];

for (const name of kept) {
  test(`docs/reports/${name} gives the report that lies there; rac judge with --output to itself renews it`, async () => {
    const path = join(reports, name);
    const stored = (file: string): string => readFileSync(join(path, file), 'utf8');
    const {suite} = z.object({suite: z.string()}).parse(JSON.parse(stored('report.json')));
    const judged = await judgeFolder(path, {suite});
    for (const [file, text] of Object.entries(reportFiles(judged.report))) expect(stored(file)).toBe(text);
    expect(judged.run.verification).toEqual({evidence: [], reports: []});
  });
}
