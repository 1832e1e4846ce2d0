import {setTimeout as delay} from 'node:timers/promises';
import {expect, test} from '@jest/globals';
import {step, steps} from './progress.ts';

test('a step gives its result', async () => {
  expect(await step('count', () => Promise.resolve(3))).toBe(3);
});

test('a failing step throws what it threw, after the others beside it have ended', async () => {
  const reason = new Error('first\nand more');
  let ended = false;
  const failing = steps(
    [
      {title: 'fails', work: () => Promise.reject(reason)},
      {
        title: 'goes on',
        work: async () => {
          await delay(50);
          ended = true;
        },
      },
    ],
    2,
  );
  await expect(failing).rejects.toBe(reason);
  expect(ended).toBe(true);
});
