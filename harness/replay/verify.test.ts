import {expect, test} from '@jest/globals';
import {aHeader} from '../testing/a-header.ts';
import type {Found} from './found.ts';
import {describeRun, withReports} from './seal.ts';
import {verify} from './verify.ts';

const recording = [
  aHeader,
  {kind: 'note', atMs: 10, text: 'seen'},
  {kind: 'end', atMs: 20, reason: 'settled', text: ''},
]
  .map(line => `${JSON.stringify(line)}\n`)
  .join('');
const name = 'recordings/sidecar-exits.ndjson';
const evidence = {'selection.json': '[]\n', 'target.json': '{}\n', [name]: recording};
const reports = {'report.txt': 'all is well\n'};

const found = (files: Readonly<Record<string, string>>): readonly Found[] =>
  Object.entries(files).map(([each, text]) => ({name: each, content: {text}}));

const facts = {
  suite: '1.2.3',
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:01:00.000Z',
  target: {context: 'kind', server: 'v1.35.4'},
  asked: {profile: ['core'], only: [], skip: []},
};
const run = withReports(describeRun('run', facts, found(evidence)), {suite: '1.2.3', data: {}}, reports);
const whole = {...evidence, ...reports};

test('a run whose files are as they were verifies', () => {
  expect(verify(run, found(whole))).toEqual({evidence: [], reports: []});
});

test('a run names the manifests that were recorded', () => {
  expect(run.manifests).toEqual({'source-sidecar.yaml': '0'.repeat(64)});
});

const lines = recording.split('\n');
const altered = (text: string): readonly Found[] => found({...whole, [name]: text});

test.each<[what: string, files: readonly Found[], said: readonly string[]]>([
  ['a recording is missing', found({...whole, [name]: ''}).filter(file => file.name !== name), [`${name}: is missing`]],
  ['a file was added', found({...whole, 'recordings/loop.ndjson': ''}), ['recordings/loop.ndjson: was added']],
  ['a file is named like a property', found({...whole, constructor: ''}), ['constructor: was added']],
  ['a recording is empty', altered(''), [`${name}: is empty, and had 3 lines`]],
  ['a recording was cut short', altered(`${lines[0] ?? ''}\n`), [`${name}: was cut short after line 1 of 3`]],
  ['a line was removed', altered(recording.replace(`${lines[1] ?? ''}\n`, '')), [`${name}: line 2 was removed`]],
  ['a number was edited', altered(recording.replace('"atMs":10', '"atMs":11')), [`${name}: line 2 was altered`]],
  [
    'a recording is said to be of a newer format',
    altered(recording.replace('"format":2', '"format":3')),
    [`${name}: says that it has format 3; this suite reads format 2`, `${name}: line 1 was altered`],
  ],
  [
    'a recording is there twice',
    [...found(whole), ...found({[name]: recording})],
    [`${name}: is there twice, plain and compressed`],
  ],
  [
    "a compressed recording can't be unpacked",
    [...found({...evidence, ...reports}).filter(file => file.name !== name), {name, content: {unreadable: 'cut'}}],
    [`${name}: can't be read: cut`],
  ],
  [
    'what was asked for was altered',
    found({...whole, 'selection.json': '["A"]\n'}),
    ['selection.json: line 1 was altered'],
  ],
])('it is said where %s', (_, files, said) => {
  expect(verify(run, files)).toEqual({evidence: said, reports: []});
});

test('a report that was altered, or is missing, is told apart from the evidence', () => {
  expect(verify(run, found({...whole, 'report.txt': 'all is better\n'}))).toEqual({
    evidence: [],
    reports: ['report.txt: was altered'],
  });
  expect(verify(run, found(evidence))).toEqual({evidence: [], reports: ['report.txt: is missing']});
});
