import {expect, test} from '@jest/globals';
import {nodeClock} from './timeline.ts';

const clock = (askedAtMs: number, atMs: number, uptime: number) => ({kind: 'clock', askedAtMs, atMs, uptime}) as const;

test("the node's clock is known from its quickest reading, as well as that was quick", () => {
  const slow = clock(0, 4_000, 100);
  expect(nodeClock([slow, clock(10_000, 12_000, 110)])).toEqual({offset: -99_000, errorMs: 1_000, halfTripMs: 1_000});
});

test('and never better than half a second', () => {
  expect(nodeClock([clock(1_000, 1_100, 1)])).toEqual({offset: 50, errorMs: 500, halfTripMs: 50});
  expect(nodeClock([])).toEqual({offset: 0, errorMs: 500, halfTripMs: 500});
});
