import {expect, test} from '@jest/globals';
import type {Requirement} from './catalogue.ts';
import {besideControls} from './control.ts';
import type {Outcome, Verdict} from './verdict.ts';

const requirement = (id: string, control?: string[]): Requirement => ({
  id,
  level: 'MUST',
  title: `title of ${id}`,
  source: {document: 'KEP-5532', section: 'Proposal'},
  since: '1.35',
  profile: 'core',
  gates: 'on',
  ...(control === undefined ? {} : {control}),
});
const catalogue = {
  requirements: new Map(
    [requirement('TRG-1'), requirement('TRG-2'), requirement('TRG-5', ['TRG-1', 'TRG-2'])].map(each => [each.id, each]),
  ),
};
const verdict = (id: string, outcome: Outcome, node: string | undefined, scenario = `judges-${id}`): Verdict => ({
  requirement: id,
  scenario,
  ...(node === undefined ? {} : {node}),
  outcome,
  expected: 'this',
  saw: 'that',
  excerpt: [],
});

const ofTrg5 = (...verdicts: Verdict[]) => {
  const found = besideControls(catalogue, verdicts).find(({requirement: id}) => id === 'TRG-5');
  return {outcome: found?.outcome, saw: found?.saw};
};
const nothingHappened = verdict('TRG-5', 'Passed', 'a');
const alone = {outcome: 'Inconclusive', saw: 'no control: none of TRG-1, TRG-2 held in this run on node a'};
const stands = {outcome: 'Passed', saw: 'that'};

test.each([
  ['no control was judged', [], alone],
  ['every control failed', [verdict('TRG-1', 'Failed', 'a'), verdict('TRG-2', 'Inconclusive', 'a')], alone],
  ['a control passed on another node', [verdict('TRG-1', 'Passed', 'b')], alone],
  ['something else passed on its node', [verdict('TRG-7', 'Passed', 'a')], alone],
  ['one control passed on its node', [verdict('TRG-1', 'Failed', 'a'), verdict('TRG-2', 'Passed', 'a')], stands],
  ['a control is a known deviation', [verdict('TRG-1', 'KnownDeviation', 'a')], stands],
  ['the same recording shows a control', [verdict('TRG-1', 'Passed', undefined, 'judges-TRG-5')], stands],
])('that nothing happened, where %s', (_case, others, expected) => {
  expect(ofTrg5(nothingHappened, ...others)).toEqual(expected);
});

test('a requirement whose Pod ran on no node needs a control somewhere in the run', () => {
  const anywhere = verdict('TRG-5', 'Passed', undefined);
  expect(ofTrg5(anywhere, verdict('TRG-1', 'Passed', 'b'))).toEqual(stands);
  expect(ofTrg5(anywhere).saw).toBe('no control: none of TRG-1, TRG-2 held in this run');
});

test.each(['Failed', 'Skipped', 'Error', 'Inconclusive'] as const)('%s stays, with or without a control', outcome => {
  expect(ofTrg5(verdict('TRG-5', outcome, 'a')).outcome).toBe(outcome);
});

test('a requirement is no control of itself', () => {
  const itself = {requirements: new Map([['TRG-5', requirement('TRG-5', ['TRG-5'])]])};
  const [found] = besideControls(itself, [nothingHappened, verdict('TRG-5', 'Passed', 'a', 'another')]);
  expect(found?.saw).toBe('no control: TRG-5 did not hold in this run on node a');
});
