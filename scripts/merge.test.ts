import {cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {bundleOf} from '../harness/replay/bundle.ts';
import {findFiles} from '../harness/replay/found.ts';
import {parseRunFile, runFileName, runFileText, type RunFile} from '../harness/replay/run-file.ts';
import {describeRun} from '../harness/replay/seal.ts';
import {readStoredRun} from '../harness/replay/stored-run.ts';
import {judgeFolder} from './judge-folder.ts';
import {mergeInto} from './merge.ts';
import {root} from './paths.ts';
import {reportFiles} from './report-files.ts';
import {evidenceTexts} from './run-files.ts';

/** A real run of four recordings, from which shards are made. */
const kept = join(root, 'harness/testing/kept-run');
const folder = mkdtempSync(join(tmpdir(), 'rac-merge-'));
const at = (name: string): string => join(folder, name);

afterAll(() => {
  rmSync(folder, {recursive: true});
});

/** Makes a shard of the kept run that has the given recordings. */
function makeShard(name: string, index: number, scenarios: readonly string[], more: Partial<RunFile> = {}): void {
  mkdirSync(join(at(name), 'recordings'), {recursive: true});
  for (const file of ['target.json', 'selection.json']) cpSync(join(kept, file), join(at(name), file));
  for (const scenario of scenarios)
    cpSync(join(kept, `recordings/${scenario}.ndjson.gz`), join(at(name), `recordings/${scenario}.ndjson.gz`));
  const {suite, startedAt, endedAt, target, asked} = readStoredRun(kept).file;
  const facts = {suite, startedAt, endedAt, target, asked, shard: {index, of: 2}};
  const file = describeRun(at(name), facts, findFiles(at(name)));
  writeFileSync(join(at(name), runFileName), runFileText({...file, ...more}));
}

beforeAll(() => {
  makeShard('first', 0, ['calibration', 'loop']);
  makeShard('second', 1, ['calibration', 'not-in', 'validation']);
  makeShard('other-suite', 1, ['not-in'], {suite: '9.9.9'});
  makeShard('of-three', 1, ['not-in'], {shard: {index: 1, of: 3}});
});

const refused = (message: string) => expect.objectContaining({message: expect.stringContaining(message)});

test('merged shards have the report of the whole', async () => {
  const {report} = await mergeInto([at('second'), at('first')], at('merged'));
  expect(reportFiles(report)).toEqual(reportFiles((await judgeFolder(kept)).report));
  expect(readdirSync(at('merged/recordings'))).toEqual([
    'calibration-1.ndjson',
    'calibration.ndjson',
    'loop.ndjson',
    'not-in.ndjson',
    'validation.ndjson',
  ]);
  const file = parseRunFile(runFileName, readFileSync(at(`merged/${runFileName}`), 'utf8'));
  expect(file.shard).toBeUndefined();
});

test('so have shards that come out of one log, between other lines', async () => {
  const log = ['first', 'second']
    .flatMap(name => [
      'rac: recording',
      ...bundleOf(evidenceTexts(at(name)))
        .split('\n')
        .flatMap(line => [`[pod/rac] ${line}`, 'rac: other']),
    ])
    .join('\n');
  writeFileSync(at('shards.log'), log);
  const {report} = await mergeInto([at('shards.log')], at('from-log'));
  expect(reportFiles(report)).toEqual(reportFiles((await judgeFolder(kept)).report));
});

test('a run in one piece comes out of a log as it went in', async () => {
  writeFileSync(at('one.log'), bundleOf(evidenceTexts(kept)));
  const {report} = await mergeInto([at('one.log')], at('one'));
  expect(reportFiles(report)).toEqual(reportFiles((await judgeFolder(kept)).report));
});

test.each([
  ['one is missing', ['first'], 'shard 1/2 is missing'],
  ['one is there twice', ['first', 'second', 'second'], 'shard 1/2 is there twice'],
  ['one is of another suite', ['first', 'other-suite'], 'are not by the same version of the suite'],
  ['one is of more shards', ['first', 'of-three'], 'are not a shard of as many'],
])('shards are refused where %s', async (_, names, message) => {
  await expect(mergeInto(names.map(at), at('refused'))).rejects.toThrow(refused(message));
});

test('a folder that is no shard is refused', async () => {
  await expect(mergeInto([kept, at('first')], at('refused'))).rejects.toThrow();
});

test('an altered shard is refused', async () => {
  cpSync(at('second'), at('altered'), {recursive: true});
  writeFileSync(join(at('altered'), 'selection.json'), '[]');
  await expect(mergeInto([at('first'), at('altered')], at('refused'))).rejects.toThrow(
    refused('not as it was recorded'),
  );
});

test.each([
  ['was cut short', (text: string) => text.slice(0, text.lastIndexOf('rac-run end'))],
  ['lost a line', (text: string) => text.split('\n').toSpliced(2, 1).join('\n')],
  ['was altered', (text: string) => text.replace('rac-run H4', 'rac-run H5')],
])('a log that %s is refused', async (_, change) => {
  writeFileSync(at('broken.log'), change(bundleOf(evidenceTexts(at('first')))));
  await expect(mergeInto([at('broken.log')], at('refused'))).rejects.toThrow(refused('cut short or altered'));
});

test('a log without a run is refused', async () => {
  writeFileSync(at('empty.log'), 'rac: recording\n');
  await expect(mergeInto([at('empty.log')], at('refused'))).rejects.toThrow(refused('holds no run'));
});
