import {expect, test} from '@jest/globals';
import {ratioOf, spreadOf} from './quantiles.ts';

const hundred = Array.from({length: 100}, (_, at) => at + 1);

test('quantiles of a hundred times have intervals around them, the same each time', () => {
  const spread = spreadOf(hundred);
  for (const {value, low = NaN, high = NaN} of [spread.p50, spread.p90, spread.p99]) {
    expect(low).toBeLessThanOrEqual(value);
    expect(high).toBeGreaterThanOrEqual(value);
  }
  expect(spread).toMatchObject({count: 100, max: 100, p50: {value: 50.5}});
  expect(spreadOf(hundred)).toEqual(spread);
});

test('too few times give no interval for a quantile that lies beyond them', () => {
  const {p50, p90, p99} = spreadOf([1, 2, 3, 4, 5, 6]);
  expect(p50).toHaveProperty('low');
  expect(p90).not.toHaveProperty('low');
  expect(p99).not.toHaveProperty('low');
});

test('the interval of the median of normal times holds the true median about 95 times in a hundred', () => {
  let random = 1;
  const next = (): number => (random = (random * 48_271) % 2_147_483_647) / 2_147_483_647;
  const holds = Array.from({length: 60}, () => spreadOf(Array.from({length: 40}, next)).p50).filter(
    ({low = NaN, high = NaN}) => low <= 0.5 && high >= 0.5,
  );
  expect(holds.length).toBeGreaterThanOrEqual(52);
});

test('a ratio is that of the medians', () => {
  expect(ratioOf([2, 2, 2], [1, 1, 1])).toEqual({value: 2});
  const {
    value,
    low = NaN,
    high = NaN,
  } = ratioOf(
    hundred.map(each => each * 3),
    hundred,
  );
  expect(value).toBeCloseTo(3);
  expect(low).toBeLessThan(3);
  expect(high).toBeGreaterThan(3);
});

test('no times are an error of the caller', () => {
  expect(() => spreadOf([])).toThrow('no times');
});
