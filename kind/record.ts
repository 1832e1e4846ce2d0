import {existsSync} from 'node:fs';
import {readdir, readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {z} from 'zod';
import {cacheDirectory, writeWhole} from './cache.ts';

const recordSchema = z.object({
  name: z.string(),
  /** What it was brought up by: a config's name or path. */
  config: z.string(),
  /** Digest of the config as kind got it, without the node image. */
  configDigest: z.string(),
  release: z.string(),
  nodeImage: z.string(),
  /** The worker nodes' image, where it is another. */
  workerImage: z.string().optional(),
  /** Where the node image comes from. */
  imageFrom: z.enum(['registry', 'built', 'given']),
  workloadImage: z.string().optional(),
  nodes: z.array(z.object({name: z.string(), address: z.string()})),
  created: z.string(),
});

/** What is kept of a cluster of ours, beside its kubeconfig. */
export type ClusterRecord = z.infer<typeof recordSchema>;

function directoryOf(name: string): string {
  return join(cacheDirectory(), 'clusters', name);
}

/** The kubeconfig of a cluster of ours; the user's own is never touched. */
export function kubeconfigOf(name: string): string {
  return join(directoryOf(name), 'kubeconfig');
}

/** The record of a cluster, or undefined where there is none or it can't be read. */
export async function readRecord(name: string): Promise<ClusterRecord | undefined> {
  try {
    return recordSchema.parse(JSON.parse(await readFile(join(directoryOf(name), 'record.json'), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Keeps the record of a cluster. */
export async function writeRecord(record: ClusterRecord): Promise<void> {
  await writeWhole(join(directoryOf(record.name), 'record.json'), `${JSON.stringify(record, null, 2)}\n`);
}

/** Forgets a cluster: its record and its kubeconfig. */
export async function removeRecord(name: string): Promise<void> {
  await rm(directoryOf(name), {recursive: true, force: true});
}

/** The names of the clusters that there is anything kept of. */
export async function recordedNames(): Promise<string[]> {
  const directory = join(cacheDirectory(), 'clusters');
  return existsSync(directory) ? (await readdir(directory)).sort() : [];
}
