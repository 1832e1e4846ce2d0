import {createHash} from 'node:crypto';
import {existsSync} from 'node:fs';
import {mkdir, mkdtemp, readdir, rename, rm, writeFile} from 'node:fs/promises';
import {homedir} from 'node:os';
import {basename, dirname, join, resolve} from 'node:path';

/** Where built binaries, images, kubeconfigs and records lie: $RAC_CACHE, else rac/ in the XDG cache directory. */
export function cacheDirectory(env: NodeJS.ProcessEnv = process.env): string {
  if (env['RAC_CACHE']) return resolve(env['RAC_CACHE']);
  return join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'rac');
}

/** A short name for inputs: the same inputs, whatever the order of their keys, give the same digest. */
export function digestOf(inputs: unknown): string {
  return createHash('sha256').update(JSON.stringify(inputs, sortKeys)).digest('hex').slice(0, 12);
}

function sortKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Something that is built once and kept as a directory named for its inputs. */
export interface Recipe {
  readonly name: string;
  readonly inputs: unknown;
  readonly build: (directory: string) => Promise<void>;
}

/** The directory of a recipe, built or not. */
export function placeOf(recipe: Pick<Recipe, 'name' | 'inputs'>): string {
  return join(cacheDirectory(), 'build', `${recipe.name}-${digestOf(recipe.inputs)}`);
}

/** True when the recipe's directory is there, which it is only when it is whole. */
export function isBuilt(recipe: Pick<Recipe, 'name' | 'inputs'>): boolean {
  return existsSync(placeOf(recipe));
}

/** Builds what isn't there in a directory of its own, then renames it, so a broken-off build leaves nothing half done. */
export async function built(recipe: Recipe): Promise<string> {
  const place = placeOf(recipe);
  if (existsSync(place)) return place;
  await withTemporary(recipe.name, async directory => {
    const made = join(directory, 'made');
    await mkdir(made);
    await recipe.build(made);
    await mkdir(dirname(place), {recursive: true});
    try {
      await rename(made, place);
    } catch (error) {
      if (!existsSync(place)) throw error; // else another process has built the same meanwhile
    }
  });
  return place;
}

/** Gives a directory that is removed at the end, whatever the end. */
export async function withTemporary<T>(name: string, use: (directory: string) => Promise<T>): Promise<T> {
  const all = join(cacheDirectory(), 'tmp');
  await mkdir(all, {recursive: true});
  const directory = await mkdtemp(join(all, `${name}.${process.pid}.`));
  try {
    return await use(directory);
  } finally {
    await rm(directory, {recursive: true, force: true, maxRetries: 10});
  }
}

/** Removes the temporary directories of processes that are gone (killed before they could do it). */
export async function sweepTemporary(): Promise<void> {
  const directory = join(cacheDirectory(), 'tmp');
  if (!existsSync(directory)) return;
  for (const name of await readdir(directory)) {
    const pid = Number(basename(name).split('.').at(-2));
    if (!Number.isInteger(pid) || !existsSync(`/proc/${pid}`)) {
      await rm(join(directory, name), {recursive: true, force: true});
    }
  }
}

/** Writes a file so that a reader sees the old one or the whole new one. */
export async function writeWhole(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), {recursive: true});
  const half = `${path}.${process.pid}`;
  await writeFile(half, content);
  await rename(half, path);
}
