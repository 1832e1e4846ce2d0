import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import type {LiveFault} from '../harness/verdicts/kill-matrix.ts';
import {ResultsFile, resultLine, resultTable} from './mutant-results.ts';

const killed: LiveFault = {
  id: 'counts-two-more',
  describes: 'Restart counts go up by two',
  group: 'counts',
  expects: ['CTR-4', 'LOP-3'],
  killedBy: ['CTR-4', 'TRG-13'],
  outcome: 'killed',
  undecided: ['CTR-12'],
  buildSeconds: 9.1,
  runSeconds: 33,
};
const survived: LiveFault = {...killed, id: 'condition-stays', killedBy: [], undecided: [], outcome: 'survived'};

describe('a file of results', () => {
  let folder = '';
  const open = (release = '1.35.4') =>
    new ResultsFile(join(folder, 'made', 'results.json'), release, ['condition-stays', 'counts-two-more']);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rac-results-'));
  });

  afterEach(() => {
    rmSync(folder, {recursive: true});
  });

  test('is whole after each result, in the order of the faults, and can be gone on with', () => {
    open().add(killed);
    open().add(survived);
    expect(open().results).toEqual([survived, killed]);
    expect(open().has('counts-two-more')).toBe(true);
    expect(open().has('condition-without-reason')).toBe(false);
  });

  test('takes the newer of two results of a fault', () => {
    const file = open();
    file.add(survived);
    file.add({...survived, outcome: 'killed', killedBy: ['CND-3']});
    expect(open().results.map(({outcome}) => outcome)).toEqual(['killed']);
  });

  test('of another release is refused', () => {
    open().add(killed);
    expect(() => open('1.36.3')).toThrow("can't be gone on with: it is of Kubernetes 1.35.4");
  });

  test('that is damaged is refused', () => {
    open().add(killed);
    const path = join(folder, 'made', 'results.json');
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, 40));
    expect(() => open()).toThrow("can't be gone on with");
  });
});

test('a line says what saw the fault, what did not, and what else went red', () => {
  expect(resultLine(killed)).toBe(
    'counts-two-more: killed; by CTR-4; not by LOP-3; beside TRG-13; undecided CTR-12 (build 9.1 s, run 33 s)',
  );
});

test('the table counts outcomes and names what was not predicted', () => {
  expect(resultTable([survived, killed])).toContain(
    '2 faults: 1 killed, 0 killed otherwise, 1 survived, 0 equivalent, 0 control\nnot as predicted: condition-stays\n',
  );
});
