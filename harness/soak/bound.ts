/** Confidence of every bound that is stated. */
export const confidence = 0.95;

/**
 * The exact one-sided upper bound (Clopper and Pearson, Biometrika 26, 1934) on how often something happens that was seen to
 * happen so many times in so many runs: the rate at which so few or fewer would be seen in only 1 of 20 such series.
 *
 * @param seen from 0 to runs
 * @param runs above 0
 * @returns a share from 0 to 1
 */
export function upperBound(seen: number, runs: number): number {
  if (seen >= runs) return 1;
  if (seen === 0) return 1 - (1 - confidence) ** (1 / runs);
  let [low, high] = [seen / runs, 1];
  while (high - low > 1e-9) {
    const middle = (low + high) / 2;
    if (atMost(seen, runs, middle) > 1 - confidence) low = middle;
    else high = middle;
  }
  return high;
}

/** Probability of at most so many successes in so many trials (the binomial distribution). */
function atMost(successes: number, trials: number, rate: number): number {
  let term = (1 - rate) ** trials;
  let sum = term;
  for (let k = 1; k <= successes; k++) {
    term *= ((trials - k + 1) / k) * (rate / (1 - rate));
    sum += term;
  }
  return sum;
}
