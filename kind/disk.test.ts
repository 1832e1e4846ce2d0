import {describe, expect, test} from '@jest/globals';
import {explained, needRoom, readable, roomAt} from './disk.ts';

const room =
  (free: number) =>
  (path: string): Promise<{free: number; device: number}> =>
    Promise.resolve({free, device: path.startsWith('/a') ? 1 : 2});

describe('needRoom', () => {
  test('is content where there is enough', async () => {
    await expect(needRoom('it', [{path: '/a', bytes: 5}], room(5))).resolves.toBeUndefined();
  });

  test('adds up what goes to one disk, not what goes to two', async () => {
    await expect(
      needRoom(
        'it',
        [
          {path: '/a', bytes: 4e9},
          {path: '/b', bytes: 4e9},
        ],
        room(5e9),
      ),
    ).resolves.toBeUndefined();
    await expect(
      needRoom(
        'it',
        [
          {path: '/a', bytes: 4e9},
          {path: '/a/b', bytes: 4e9},
        ],
        room(5e9),
      ),
    ).rejects.toMatchObject({
      exit: 'diskFull',
      message: 'it needs 8.0 GB on the disk of /a/b, and 5.0 GB are free',
    });
  });

  test('reads the real disk, of a path that is not there yet too', async () => {
    expect((await roomAt('/no/such/path')).free).toBeGreaterThanOrEqual(0);
  });
});

test('bytes are readable', () => {
  expect([readable(1), readable(569e6), readable(1.26e9)]).toEqual(['1 MB', '569 MB', '1.3 GB']);
});

test('a write that failed for want of room is told apart', () => {
  expect(explained(Object.assign(new Error('ENOSPC: no space left'), {code: 'ENOSPC'}))).toMatchObject({
    exit: 'diskFull',
  });
  const other = new Error('other');
  expect(explained(other)).toBe(other);
});
