import {expect, test} from '@jest/globals';
import {atLeast} from './go.ts';

test('versions are compared by their numbers', () => {
  expect(atLeast('1.26.8', '1.25')).toBe(true);
  expect(atLeast('1.9.3', '1.25')).toBe(false);
  expect(atLeast('1.25', '1.25.0')).toBe(true);
  expect(atLeast('0.33.0', '0.33.0')).toBe(true);
  expect(atLeast('1.26rc1', '1.25')).toBe(true);
});
