import {expect, test} from '@jest/globals';
import {SuiteError} from '../harness/errors.ts';
import {type Distribution, registryAnswers} from './registry.ts';

const signal = new AbortController().signal;
const engine = (distribution: () => Promise<unknown>): Distribution => ({getImage: () => ({distribution})});
const never = (): Promise<unknown> => Promise.withResolvers<unknown>().promise;

test('a registry that knows the image answers', async () => {
  expect(
    await registryAnswers(
      'a',
      engine(() => Promise.resolve({})),
      signal,
    ),
  ).toBe(true);
});

test('one that refuses does not', async () => {
  expect(
    await registryAnswers(
      'a',
      engine(() => Promise.reject(new Error('403'))),
      signal,
    ),
  ).toBe(false);
});

test('one that is silent does not, and is not waited for', async () => {
  expect(await registryAnswers('a', engine(never), signal, 20)).toBe(false);
});

test('an abort is an abort, not a no', async () => {
  const controller = new AbortController();
  const asked = registryAnswers('a', engine(never), controller.signal);
  controller.abort(new SuiteError('interrupted', 'stopped'));
  await expect(asked).rejects.toMatchObject({exit: 'interrupted'});
});
