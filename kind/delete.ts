import {run} from './command.ts';
import type {Engine} from './engine.ts';
import {nodeContainers} from './nodes.ts';
import {kubeconfigOf, removeRecord} from './record.ts';

const deleteBudgetMs = 120_000;

/**
 * Deletes a cluster with all that belongs to it: containers and their volumes, kubeconfig, record, and kind's network
 * where no other kind cluster is left. Doesn't take the signal of a command, since it is what follows an abort.
 */
export async function deleteCluster(
  name: string,
  tools: {readonly engine: Engine; readonly kind: string},
): Promise<void> {
  const {engine, kind} = tools;
  const signal = AbortSignal.timeout(deleteBudgetMs);
  await run(kind, ['delete', 'cluster', '--name', name, '--kubeconfig', kubeconfigOf(name)], {
    signal,
    env: engine.env,
    shielded: true,
    exit: 'bootFailed',
  });
  await removeRecord(name);
  if ((await nodeContainers(engine)).length > 0) return;
  // It refuses while a container of someone else's is on it.
  await run(engine.tool, ['network', 'rm', 'kind'], {signal, env: engine.env}).catch(() => undefined);
}
