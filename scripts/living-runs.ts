import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {hostname} from 'node:os';
import {join} from 'node:path';
import {z} from 'zod';
import type {Fate} from '../harness/scenario/removal.ts';
import {cacheDirectory} from '../kind/cache.ts';

const entrySchema = z.object({
  pid: z.number().int(),
  /** Tells the process from a later one with its number, where the system says when a process began. */
  began: z.string(),
  /** The machine, or the container, and its boot. */
  machine: z.string(),
});

/**
 * Writes down that a run of this process goes on, so that other commands on this machine leave its objects alone, and those of
 * one that was killed are known to be left behind.
 *
 * @returns what takes that back, once the run has removed its objects
 */
export function registerRun(run: string, folder = registry()): Disposable {
  const file = join(folder, `${run}.json`);
  mkdirSync(folder, {recursive: true});
  writeFileSync(file, JSON.stringify({pid: process.pid, began: beganAt(process.pid), machine: thisMachine()}));
  return {
    [Symbol.dispose]: () => {
      rmSync(file, {force: true});
    },
  };
}

/** Whether a run goes on, as far as this machine knows. */
export function fateOf(run: string, folder = registry()): Fate {
  const entry = read(join(folder, `${run}.json`));
  if (entry?.machine !== thisMachine()) return 'is not known';
  return isThere(entry.pid) && beganAt(entry.pid) === entry.began ? 'goes on' : 'is over';
}

/** Forgets a run of which nothing is left. */
export function forgetRun(run: string, folder = registry()): void {
  rmSync(join(folder, `${run}.json`), {force: true});
}

function registry(): string {
  return join(cacheDirectory(), 'runs');
}

function read(file: string): z.infer<typeof entrySchema> | undefined {
  try {
    return entrySchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** When a process began, in the words of the system; empty where that can't be read. */
function beganAt(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')')).split(' ')[20] ?? '';
  } catch {
    return '';
  }
}

function thisMachine(): string {
  try {
    return `${hostname()} ${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}`;
  } catch {
    return hostname();
  }
}
