import {expect, test} from '@jest/globals';
import {Changes} from './testing/changes.ts';
import {inPlaces} from './places.ts';

test('each thing is done once, in a place that is free, and the others wait', async () => {
  const began: string[] = [];
  const ends = new Map<number, () => void>();
  const changes = new (class extends Changes {
    readonly work = async (thing: number, place: string): Promise<void> => {
      began.push(`${thing} in ${place}`);
      const {promise, resolve} = Promise.withResolvers<undefined>();
      ends.set(thing, () => {
        resolve(undefined);
      });
      this.changed();
      await promise;
    };
  })();
  const over = inPlaces([1, 2, 3, 4], ['a', 'b'], changes.work);
  expect(began).toEqual(['1 in a', '2 in b']);
  ends.get(2)?.();
  await changes.until(() => began.length === 3);
  ends.get(3)?.();
  await changes.until(() => began.length === 4);
  expect(began.slice(2)).toEqual(['3 in b', '4 in b']);
  for (const end of ends.values()) end();
  await over;
});
