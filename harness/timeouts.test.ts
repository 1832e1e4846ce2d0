import {expect, test} from '@jest/globals';
import {budgets} from './timeouts.ts';

test('a factor lengthens the waits for the cluster, and none of what a requirement means', () => {
  expect(budgets(3).podReady.ms).toBe(3 * budgets().podReady.ms);
  expect(budgets(3).restart.ms).toBe(budgets().restart.ms);
  expect(budgets(3).quiet.ms).toBe(budgets().quiet.ms);
});

test("the wait for a restart ends before the kubelet's periodic resync, which would hide that nothing triggered it", () => {
  const resyncMs = 60_000;
  expect(budgets().restart.ms).toBeLessThan(resyncMs);
});
