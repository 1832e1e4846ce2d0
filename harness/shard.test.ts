import {describe, expect, test} from '@jest/globals';
import {expectedSeconds, type Scenario} from './recording/scenario.ts';
import {shardOf} from './shard.ts';

const scenario = (id: string, seconds: number): Scenario => ({
  id,
  title: id,
  manifest: 'a.yaml',
  steps: [{do: 'wait', name: 'end', until: 'time is over', seconds}],
});
const scenarios = Array.from({length: 11}, (_, at) => scenario(`s${at}`, (at * 7) % 5));

describe.each([1, 2, 3, 11, 20])('%d shards', of => {
  const shards = Array.from({length: of}, (_, index) => shardOf(scenarios, {index, of}));

  test('have each scenario once', () => {
    expect(shards.flatMap(each => each.map(({id}) => id)).toSorted()).toEqual(scenarios.map(({id}) => id).toSorted());
  });

  test('are the same whatever the order in which the scenarios come', () => {
    expect(Array.from({length: of}, (_, index) => shardOf(scenarios.toReversed(), {index, of}))).toEqual(shards);
  });
});

test('shards are about as long', () => {
  const seconds = [0, 1, 2].map(index =>
    shardOf(scenarios, {index, of: 3}).reduce((sum, each) => sum + expectedSeconds(each), 0),
  );
  const longest = Math.max(...scenarios.map(expectedSeconds));
  expect(Math.max(...seconds) - Math.min(...seconds)).toBeLessThanOrEqual(longest);
});

test('a scenario beside which nothing may run is in none', () => {
  const disturbing = {...scenario('kubelet-is-stopped', 1), alone: true};
  expect(() => shardOf([...scenarios, disturbing], {index: 0, of: 2})).toThrow('nothing may run beside');
});
