import {expect, test} from '@jest/globals';
import {upperBound} from './bound.ts';

test.each([
  // the closed form for none: 1 - 0.05^(1/n)
  [0, 1, 0.95],
  [0, 59, 0.0495],
  [0, 60, 0.0487],
  [0, 300, 0.0099],
  // quantiles of the beta distribution, tabulated for one-sided 95 %
  [1, 10, 0.3942],
  [2, 10, 0.5069],
  [5, 10, 0.7776],
  [1, 60, 0.0766],
  [3, 60, 0.1242],
  [9, 10, 0.9949],
  [10, 10, 1],
])('%i of %i bounds the rate below %f at 95 %%', (seen, runs, bound) => {
  expect(upperBound(seen, runs)).toBeCloseTo(bound, 4);
});

test('a rate at the bound would show so few in 1 of 20 series', () => {
  const rate = upperBound(1, 60);
  expect((1 - rate) ** 60 + 60 * rate * (1 - rate) ** 59).toBeCloseTo(0.05, 6);
});
