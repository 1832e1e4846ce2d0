import {expect, test} from '@jest/globals';
import {atShare} from './at-share.ts';

test.each([
  [0.5, 2],
  [0.51, 3],
  [0.99, 4],
  [1, 4],
  [0, 1],
])('a share of %s of four values does not exceed the right one', (share, value) => {
  expect(atShare([1, 2, 3, 4], share)).toBe(value);
});

test('nothing is said of no values', () => {
  expect(atShare([], 0.5)).toBeUndefined();
});
