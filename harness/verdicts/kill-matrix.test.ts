import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {killsOf, readKillMatrix, summarizeKills, type KillMatrix} from './kill-matrix.ts';

const live = (id: string, killedBy: string[], outcome = 'killed') => ({
  id,
  describes: `what is wrong with ${id}`,
  group: 'counts',
  expects: ['CTR-4'],
  killedBy,
  outcome,
});
const recorded = {
  generated: 40,
  requirements: [
    {requirement: 'CTR-4', named: ['sidecar-exits: a restart count jumps by two'], generated: 30},
    {requirement: 'IDN-1', named: [], generated: 10},
  ],
};
const results = (release: string) => ({
  release,
  faults: [
    live('count-by-two', ['CTR-4', 'LOP-3']),
    live('log-line', [], 'control'),
    live('count-none', [], 'survived'),
  ],
});

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kills-'));
});

afterEach(() => {
  rmSync(folder, {recursive: true});
});

function written(file: string, content: unknown): void {
  writeFileSync(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content));
}

const read = (): KillMatrix => readKillMatrix(pathToFileURL(`${folder}/`));

test('what is not there is empty', () => {
  expect(read()).toEqual({recorded: {generated: 0, requirements: []}, live: []});
});

test('the faults of a requirement are the edits of recordings and the faulty components that turn it red', () => {
  mkdirSync(join(folder, 'mutants'));
  written('kill-matrix.json', recorded);
  written('mutants/results-1.36.3.json', results('1.36.3'));
  written('mutants/results-1.35.4.json', results('1.35.4'));
  written('mutants/notes.json', 'of another kind');
  expect(killsOf(read(), ['LOP-3', 'CTR-4', 'IDN-2'])).toEqual([
    {requirement: 'LOP-3', named: [], generated: 0, live: ['1.35.4: count-by-two', '1.36.3: count-by-two']},
    {
      requirement: 'CTR-4',
      named: ['sidecar-exits: a restart count jumps by two'],
      generated: 30,
      live: ['1.35.4: count-by-two', '1.36.3: count-by-two'],
    },
    {requirement: 'IDN-2', named: [], generated: 0, live: []},
  ]);
});

test('the summary counts requirements and faults, and names the requirements that no faulty component turned red', () => {
  mkdirSync(join(folder, 'mutants'));
  written('kill-matrix.json', recorded);
  written('mutants/results-1.35.4.json', results('1.35.4'));
  const summary = summarizeKills(read(), ['CTR-4', 'IDN-1', 'IDN-2']);
  const {recorded: inRecordings, live: onClusters, withoutLive, faults} = summary;
  expect(inRecordings).toEqual({requirements: 2, named: 1, generated: 40});
  expect(onClusters).toEqual({requirements: 1, tried: 2, seen: 1});
  expect(withoutLive).toEqual(['IDN-1', 'IDN-2']);
  expect(faults.map(({release, id, killedBy}) => [release, id, killedBy.length])).toEqual([
    ['1.35.4', 'count-by-two', 2],
    ['1.35.4', 'log-line', 0],
    ['1.35.4', 'count-none', 0],
  ]);
});

test.each([
  ['kill-matrix.json', {...recorded, requirements: [{requirement: 'CTR', named: [], generated: 0}]}, '0.requirement'],
  ['mutants/results-1.35.4.json', {...results('1.35.4'), faults: [live('a', ['CTR-4'], 'red')]}, 'faults.0.outcome'],
  ['mutants/results-1.35.4.json', '{', 'results-1.35.4.json is not right'],
])('%s that does not fit is refused', (file, content, message) => {
  mkdirSync(join(folder, 'mutants'));
  written(file, content);
  expect(read).toThrow(message);
});
