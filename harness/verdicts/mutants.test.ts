import {describe, expect, test} from '@jest/globals';
import {allStatements} from '../statements.ts';
import {isAsPredicted, judgeMutant, readMutants, type Mutant} from './mutants.ts';

const suites = new URL('../../suites/', import.meta.url);
const mutants = readMutants(suites);
const statements = await allStatements();

describe('suites/mutants/faults.yaml', () => {
  test.each(mutants)('$id is expected to be seen in its scenarios', ({scenarios, expects}) => {
    const stated = statements.filter(({scenario}) => scenarios.includes(scenario.id));
    expect(new Set(stated.map(({scenario}) => scenario.id))).toEqual(new Set(scenarios));
    expect(stated.map(({requirement}) => requirement.id)).toEqual(expect.arrayContaining(expects));
  });

  test('every fault is expected to be seen, and no control is', () => {
    for (const {group, expects} of mutants) expect(expects.length === 0).toBe(group === 'control');
  });

  test('has faults of every part of the kubelet that the action concerns, and controls', () => {
    expect(mutants.filter(({group}) => group !== 'control').length).toBeGreaterThanOrEqual(33);
    expect(mutants.filter(({group}) => group === 'control').length).toBeGreaterThanOrEqual(3);
    expect([...new Set(mutants.map(({group}) => group))].toSorted()).toEqual([
      'back-off',
      'condition',
      'control',
      'counts',
      'declared-features',
      'deletion',
      'environment',
      'ephemeral',
      'hooks',
      'kill',
      'kubelet-restart',
      'matching',
      'order',
      'phase',
      'probes',
      'removal',
      'requeue',
      'sandbox',
      'status',
      'volumes',
    ]);
  });
});

describe('judgeMutant', () => {
  const fault: Mutant = {
    id: 'counts-two-more',
    group: 'counts',
    describes: 'Restart counts go up by two',
    releases: ['1.35.4'],
    edits: [{file: 'a/b.go', find: '1', replace: '2'}],
    scenarios: ['sidecar-exits'],
    expects: ['CTR-4'],
  };
  const failed = (requirement: string) => ({requirement, outcome: 'Failed' as const});
  const passed = {requirement: 'CTR-5', outcome: 'Passed' as const};

  test('is killed where a requirement is Failed that was expected to be', () => {
    const said = judgeMutant(fault, [failed('CTR-4'), failed('LOP-3'), failed('CTR-4'), passed]);
    expect(said).toEqual({killedBy: ['CTR-4', 'LOP-3'], undecided: [], outcome: 'killed'});
    expect(isAsPredicted(said)).toBe(true);
  });

  test('is killed otherwise where only others are', () => {
    const said = judgeMutant(fault, [failed('LOP-3')]);
    expect(said.outcome).toBe('killed otherwise');
    expect(isAsPredicted(said)).toBe(false);
  });

  test('has survived where none is, whatever came to no verdict', () => {
    const said = judgeMutant(fault, [passed, {requirement: 'CTR-4', outcome: 'Inconclusive'}]);
    expect(said).toEqual({killedBy: [], undecided: ['CTR-4'], outcome: 'survived'});
    expect(isAsPredicted(said)).toBe(false);
  });

  test('names a requirement once that is Failed in one scenario and undecided in another', () => {
    expect(judgeMutant(fault, [{requirement: 'CTR-4', outcome: 'Error'}, failed('CTR-4')]).undecided).toEqual([]);
  });

  test('is equivalent where nothing is seen and that was proven', () => {
    const equal = {...fault, equivalent: 'the counts are made anew in each sync'};
    expect(judgeMutant(equal, [passed]).outcome).toBe('equivalent');
    expect(judgeMutant(equal, [failed('CTR-4')]).outcome).toBe('killed');
  });

  test('a control of which something is seen is not as predicted', () => {
    const control = {...fault, group: 'control', expects: []};
    expect(isAsPredicted(judgeMutant(control, [passed]))).toBe(true);
    expect(isAsPredicted(judgeMutant(control, [failed('CTR-4')]))).toBe(false);
  });
});
