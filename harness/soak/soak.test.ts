import {describe, expect, test} from '@jest/globals';
import {buildReport} from '../report/report.ts';
import {recordedTarget} from '../testing/recorded.ts';
import type {Catalogue} from '../verdicts/catalogue.ts';
import {parseLedger, verdictsOf, type Entry, type RunEntry} from './ledger.ts';
import type {Outcome, Verdict} from '../verdicts/verdict.ts';
import {soaked, unremarkable} from './summary.ts';
import {ledgerText} from './text.ts';

const attempt = (number: number) => ({
  format: 1 as const,
  number,
  startedAt: '2026-01-01T00:00:00.000Z',
  on: 'v1.35',
  asked: {profile: ['core'], only: [], skip: []},
  load: 'none' as const,
  loadAverage: {before: 0.5, after: 2.5},
  seconds: 150.2,
  folder: `soak/${String(number).padStart(3, '0')}`,
});

const run = (number: number, verdicts: Record<string, Outcome>, server = 'v1.35.4'): RunEntry => ({
  kind: 'run',
  ...attempt(number),
  suite: '1.2.3',
  server,
  verdicts,
  seen: Object.fromEntries(
    Object.entries(verdicts)
      .filter(([, outcome]) => outcome !== 'Passed')
      .map(([id]) => [id, {saw: 'another', at: 'recordings/sidecar-exits.ndjson:7'}]),
  ),
});
const broken = (number: number): Entry => ({kind: 'broken', ...attempt(number), why: 'the API server is away'});

const good = {'IDN-1': 'Passed', 'EPH-1': 'KnownDeviation'} as const;
const four = [run(1, good), run(2, {...good, 'IDN-1': 'Failed'}), run(3, good), run(4, good)];

describe('a ledger', () => {
  test('is read as it was written', () => {
    const entries = [...four, broken(5)];
    const text = entries.map(entry => `${JSON.stringify(entry)}\n`).join('');
    expect(parseLedger('soak.ndjson', text)).toEqual(entries);
    expect(parseLedger('soak.ndjson', '')).toEqual([]);
  });

  test.each([
    ['a line is cut short', JSON.stringify(four[0]).slice(0, -9), /^ledger soak\.ndjson is damaged: line 1: /],
    ['a line is empty', `${JSON.stringify(four[0])}\n\n`, /line 2: /],
    ['a line is of a newer format', JSON.stringify({...four[0], format: 2}), /line 1: format: /],
    ['a verdict is unknown', JSON.stringify(run(1, good)).replace('"Passed"', '"Fine"'), /line 1: verdicts\.IDN-1: /],
  ])('gets no figures where %s', (_, text, message) => {
    expect(() => parseLedger('soak.ndjson', text)).toThrow(
      expect.objectContaining({exit: 'badData', message: expect.stringMatching(message)}),
    );
  });
});

test('a ledger keeps every verdict that was asked for, and where those that did not pass can be seen', () => {
  const base = {level: 'MUST', since: '1.35', profile: 'core', gates: 'on'} as const;
  const source = {document: 'KEP-5532', section: 'Sandbox'};
  const ids = ['IDN-1', 'IDN-2', 'IDN-3', 'IDN-4', 'IDN-5'];
  const requirements = new Map(ids.map(id => [id, {...base, id, title: id, source}]));
  const catalogue: Catalogue = {requirements, deviations: []};
  const verdict = (requirement: string, rest: Partial<Verdict>): Verdict => ({
    requirement,
    scenario: 'sidecar-exits',
    outcome: 'Passed',
    expected: 'this',
    saw: 'that',
    excerpt: [],
    ...rest,
  });
  const excerpt = ['+1.00 s  here', 'recording recordings/sidecar-exits.ndjson:7'];
  const report = buildReport('1.2.3', recordedTarget, catalogue, [
    verdict('IDN-1', {excerpt}),
    verdict('IDN-2', {outcome: 'Failed', excerpt}),
    verdict('IDN-3', {outcome: 'Error', saw: 'it was not recorded'}),
    verdict('IDN-4', {outcome: 'Skipped', reason: 'no-permission'}),
    verdict('IDN-5', {outcome: 'Skipped', reason: 'excluded-by-user'}),
  ]);
  expect(verdictsOf(report)).toEqual({
    verdicts: {'IDN-1': 'Passed', 'IDN-2': 'Failed', 'IDN-3': 'Error', 'IDN-4': 'Skipped'},
    seen: {
      'IDN-2': {saw: 'that', at: 'recordings/sidecar-exits.ndjson:7'},
      'IDN-3': {saw: 'it was not recorded', at: 'recordings/sidecar-exits.ndjson'},
      'IDN-4': {saw: 'that', at: 'report.txt'},
    },
  });
});

describe('what a ledger comes to', () => {
  test('is for each requirement the runs, those that differ from most, and the bound', () => {
    const [only] = soaked(four);
    expect(only?.requirements.map(({id, runs, rule, differing}) => [id, runs, rule, differing.length])).toEqual([
      ['IDN-1', 4, 'Passed', 1],
      ['EPH-1', 4, 'KnownDeviation', 0],
    ]);
    expect(only?.requirements.map(({bound}) => bound.toFixed(3))).toEqual(['0.751', '0.527']);
  });

  test('is told apart by release', () => {
    const entries = [run(1, good), run(2, {...good, 'IDN-1': 'Failed'}, 'v1.37.2')];
    expect(soaked(entries).map(({server, runs}) => [server, runs.length])).toEqual([
      ['v1.35.4', 1],
      ['v1.37.2', 1],
    ]);
    expect(soaked(entries).flatMap(({requirements}) => requirements.flatMap(each => each.differing))).toEqual([]);
  });

  test('counts no run without a verdict, and a requirement only in the runs that were asked for it', () => {
    const [only] = soaked([broken(1), run(2, good), run(3, {'IDN-1': 'Passed'})]);
    expect(only?.requirements.map(({id, runs}) => [id, runs])).toEqual([
      ['IDN-1', 2],
      ['EPH-1', 1],
    ]);
  });
});

describe('folders that show nothing new', () => {
  const numbers = (entries: readonly Entry[]) => unremarkable(entries).map(({number}) => number);

  test('are those of the runs that say what most do', () => {
    expect(numbers(four)).toEqual([1, 3, 4]);
  });

  test.each([
    ['there are too few runs to tell', four.slice(0, 3)],
    ['runs are divided', [1, 2, 3, 4].map(number => run(number, {'IDN-1': number % 2 === 0 ? 'Passed' : 'Failed'}))],
    ['each is on another release', four.slice(1).map((each, index) => ({...each, server: `v1.${index}`}))],
    [
      'most are undecided',
      [1, 2, 3, 4].map(number => run(number, {'IDN-1': number === 4 ? 'Passed' : 'Inconclusive'})),
    ],
  ])('are none where %s', (_, entries) => {
    expect(numbers(entries)).toEqual([]);
  });
});

test('the text names run, recording and what was seen wherever a verdict differs', () => {
  const loaded = {...run(5, {...good, 'IDN-1': 'Inconclusive'}), load: 'cpu' as const};
  expect(ledgerText([...four, loaded, broken(6)], folder => folder === 'soak/005')).toBe(
    [
      'Kubernetes v1.35.4: 5 runs, 1 of them with a load of ours; 2 requirements, 1 with differing verdicts',
      '  IDN-1   Passed         2 of 5 differ: below 81 % at 95 %',
      '            run 2  Failed  soak/002/recordings/sidecar-exits.ndjson:7 (removed): another',
      '            run 5, with a load of ours  Inconclusive  soak/005/recordings/sidecar-exits.ndjson:7: another',
      '  EPH-1   KnownDeviation 0 of 5 differ: below 45 % at 95 %',
      '',
      'no verdict: 1 of 6',
      '  run 6 on v1.35, 2026-01-01T00:00:00.000Z: the API server is away',
      '',
    ].join('\n'),
  );
});
