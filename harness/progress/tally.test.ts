import {describe, expect, test} from '@jest/globals';
import type {Planned, RunEvent} from './events.ts';
import {after, byProfile, counts, nothingYet, secondsLeft, type Tally} from './tally.ts';
import {details, endedLine, headline} from './text.ts';

const planned = (scenario: string, seconds: number, more: Partial<Planned> = {}): Planned => ({
  scenario,
  title: `scenario ${scenario}`,
  profiles: ['core'],
  seconds,
  alone: false,
  ...more,
});
const recording = (parallel: number, ...scenarios: Planned[]): RunEvent => ({event: 'recording', parallel, scenarios});
const began = (scenario: string): RunEvent => ({event: 'began', scenario, title: `scenario ${scenario}`});
const ended = (scenario: string): RunEvent => ({
  event: 'ended',
  scenario,
  title: `scenario ${scenario}`,
  reason: 'settled',
  text: 'all came',
  seconds: 3,
});
const tallyOf = (...events: [RunEvent, number][]): Tally =>
  events.reduce((tally, [event, at]) => after(tally, event, at), nothingYet);

describe('the time left', () => {
  test.each([
    [1, 30],
    [2, 20],
    [8, 10],
  ])('of three scenarios of 10 s, %d at a time, is %d s', (parallel, seconds) => {
    const tally = tallyOf([recording(parallel, planned('a', 10), planned('b', 10), planned('c', 10)), 0]);
    expect(secondsLeft(tally, 0)).toBe(seconds);
  });

  test('counts what runs by what is left of it, and nothing for what takes longer than planned', () => {
    const tally = tallyOf([recording(2, planned('a', 10), planned('b', 10)), 0], [began('a'), 0], [began('b'), 6_000]);
    expect(secondsLeft(tally, 8_000)).toBe(8);
    expect(secondsLeft(tally, 60_000)).toBe(0);
  });

  test('has those beside which nothing runs at its end', () => {
    const alone = planned('c', 30, {alone: true});
    expect(secondsLeft(tallyOf([recording(8, planned('a', 10), planned('b', 5), alone), 0]), 0)).toBe(40);
  });

  test('leaves out what has ended', () => {
    expect(secondsLeft(tallyOf([recording(1, planned('a', 10), planned('b', 5)), 0], [ended('a'), 0]), 0)).toBe(5);
  });
});

test('of a requirement the gravest verdict counts', () => {
  const verdict = (requirement: string, outcome: 'Passed' | 'Failed' | 'Skipped'): [RunEvent, number] => [
    {event: 'verdict', scenario: 'a', requirement, outcome},
    0,
  ];
  const tally = tallyOf(
    verdict('TRG-1', 'Passed'),
    verdict('TRG-1', 'Failed'),
    verdict('TRG-1', 'Passed'),
    verdict('IDN-1', 'Passed'),
    verdict('IDN-2', 'Skipped'),
  );
  expect(counts(tally)).toEqual([
    ['Failed', 1],
    ['Passed', 1],
    ['Skipped', 1],
  ]);
});

test('a scenario counts in each of its profiles', () => {
  const tally = tallyOf(
    [recording(1, planned('a', 1, {profiles: ['core', 'node']}), planned('b', 1)), 0],
    [ended('a'), 0],
  );
  expect(byProfile(tally)).toEqual([
    {profile: 'core', done: 1, of: 2},
    {profile: 'node', done: 1, of: 1},
  ]);
});

test('what a terminal shows, and what a log', () => {
  const tally = tallyOf(
    [recording(2, planned('a', 10), planned('b', 100), planned('c', 5)), 0],
    [began('a'), 0],
    [began('b'), 0],
    [{event: 'verdict', scenario: 'a', requirement: 'TRG-1', outcome: 'Passed'}, 4_000],
    [ended('a'), 4_000],
  );
  expect(headline(tally, 4_000)).toBe('1 of 3 scenarios, about 1 min 40 s left');
  expect(details(tally, 4_000)).toEqual(['core 1/3', 'so far 1 Passed', 'scenario b (4 s)']);
  expect(endedLine(tally, {title: 'scenario a', text: 'all came', seconds: 4}, 4_000)).toBe(
    '[1/3] scenario a: all came (4.0 s; so far 1 Passed), about 1 min 40 s left',
  );
});
