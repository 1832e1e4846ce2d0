import {existsSync} from 'node:fs';
import {stat, statfs} from 'node:fs/promises';
import {dirname} from 'node:path';
import {SuiteError} from '../harness/errors.ts';

/** How much a step will write, and where. */
export interface Need {
  readonly path: string;
  readonly bytes: number;
}

/** Bytes free for this process on the file system of a path, and which file system that is. */
export async function roomAt(path: string): Promise<{free: number; device: number}> {
  let there = path;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  const [{bavail, bsize}, {dev}] = await Promise.all([statfs(there), stat(there)]);
  return {free: bavail * bsize, device: dev};
}

/** Bytes as a person reads them. */
export function readable(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;
}

/**
 * Checks before a step that there is room for what it will write; needs on one file system are added up.
 *
 * @param room tells the free bytes of a path; tests pass their own
 * @throws SuiteError (diskFull)
 */
export async function needRoom(what: string, needs: readonly Need[], room: typeof roomAt = roomAt): Promise<void> {
  const devices = new Map<number, {path: string; free: number; bytes: number}>();
  for (const {path, bytes} of needs) {
    const {free, device} = await room(path);
    devices.set(device, {path, free, bytes: bytes + (devices.get(device)?.bytes ?? 0)});
  }
  for (const {path, free, bytes} of devices.values()) {
    if (free < bytes) {
      throw new SuiteError(
        'diskFull',
        `${what} needs ${readable(bytes)} on the disk of ${path}, and ${readable(free)} are free`,
        {
          next: `free some room there (rac clean shows what rac itself holds), or put the cache elsewhere with RAC_CACHE`,
        },
      );
    }
  }
}

/** A write of this process that failed for want of room, as an error to act on; anything else as it is. */
export function explained(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || (error.code !== 'ENOSPC' && error.code !== 'EDQUOT'))
    return error;
  return new SuiteError('diskFull', `no room left: ${error.message}`, {
    next: 'free some room (rac clean shows what rac itself holds), or put the cache elsewhere with RAC_CACHE',
    cause: error,
  });
}
