import {readFile} from 'node:fs/promises';
import {parse} from 'yaml';
import {z} from 'zod';
import {findEngine, type Engine} from './engine.ts';
import {nodeContainers, type NodeContainer} from './nodes.ts';
import {kubeconfigOf, readRecord, recordedNames, type ClusterRecord} from './record.ts';

/** A cluster that rac brought up, and the engine that it runs in. */
export interface OwnCluster {
  readonly record: ClusterRecord;
  readonly engine: Engine;
  readonly nodes: readonly NodeContainer[];
}

const kubeconfigSchema = z.object({clusters: z.array(z.object({cluster: z.object({server: z.string()})})).min(1)});

/**
 * The cluster of ours whose API server has that address, by whatever kubeconfig it was reached.
 *
 * @param server as a kubeconfig says it
 * @returns undefined where it is none of ours, or its node containers don't run here
 */
export async function ownCluster(server: string, signal: AbortSignal): Promise<OwnCluster | undefined> {
  for (const name of await recordedNames()) {
    const record = await readRecord(name);
    if (record === undefined || (await serverOf(name)) !== server) continue;
    const engine = await findEngine(signal);
    const nodes = engine === undefined ? [] : await nodeContainers(engine, name);
    return engine === undefined || !nodes.some(({running}) => running) ? undefined : {record, engine, nodes};
  }
  return undefined;
}

async function serverOf(name: string): Promise<string | undefined> {
  try {
    return kubeconfigSchema.parse(parse(await readFile(kubeconfigOf(name), 'utf8'))).clusters[0]?.cluster.server;
  } catch {
    return undefined; // a boot that was not finished
  }
}
