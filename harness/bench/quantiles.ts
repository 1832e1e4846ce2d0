import {xoroshiro128plus} from 'pure-rand/generator/XoroShiro';
import {median, quantile, quantileSorted, sampleWithReplacement} from 'simple-statistics';

/** A quantile of some times, and where it may lie. */
export interface Estimate {
  readonly value: number;
  /** Ends of the interval that 95 in 100 resamples give; undefined where there are too few times for that. */
  readonly low?: number;
  readonly high?: number;
}

/** What is said of some times. */
export interface Spread {
  readonly count: number;
  readonly p50: Estimate;
  readonly p90: Estimate;
  readonly p99: Estimate;
  readonly max: number;
}

/** How many resamples an interval rests on. */
const resamples = 2_000;

/** The same intervals for the same times, however often they are computed. */
const seed = 5532;

/**
 * Quantiles of some times with intervals by the bootstrap (percentile method). A quantile gets an interval only
 * where one of the times at least is expected to lie above it: the largest of ten says nothing of the one in a hundred.
 *
 * @param times of at least one, in any unit, which the answer is in too
 * @throws Error where there is none
 */
export function spreadOf(times: readonly number[]): Spread {
  if (times.length === 0) throw new Error('no times');
  const shares = [0.5, 0.9, 0.99] as const;
  const values = quantile(times, shares);
  const random = randomSource();
  const own = [...times];
  const again = Array.from({length: resamples}, () => {
    const sorted = Float64Array.from(sampleWithReplacement(own, own.length, random)).sort();
    return shares.map(share => quantileSorted([...sorted], share));
  });
  const estimate = (at: 0 | 1 | 2): Estimate => {
    const value = values[at] ?? NaN;
    if (times.length * (1 - shares[at]) < 1 - 1e-9 || times.length < 5) return {value};
    const [low = NaN, high = NaN] = quantile(
      again.map(each => each[at] ?? NaN),
      [0.025, 0.975],
    );
    return {value, low, high};
  };
  return {count: times.length, p50: estimate(0), p90: estimate(1), p99: estimate(2), max: Math.max(...times)};
}

/**
 * How many times as long others take, by their medians, with the interval of that ratio.
 *
 * @param others and `times` of at least one each
 */
export function ratioOf(others: readonly number[], times: readonly number[]): Estimate {
  const value = median(others) / median(times);
  if (others.length < 5 || times.length < 5) return {value};
  const random = randomSource();
  const [a, b] = [[...others], [...times]];
  const again = Array.from(
    {length: resamples},
    () => median(sampleWithReplacement(a, a.length, random)) / median(sampleWithReplacement(b, b.length, random)),
  );
  const [low = NaN, high = NaN] = quantile(again, [0.025, 0.975]);
  return {value, low, high};
}

/** Numbers from 0 to 1, the same ones each time. */
function randomSource(): () => number {
  const generator = xoroshiro128plus(seed);
  return () => (generator.unsafeNext() >>> 0) / 2 ** 32;
}
