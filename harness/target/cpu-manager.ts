import {z} from 'zod';
import {SuiteError} from '../errors.ts';
import type {Target} from '../recording/target.ts';
import {budgets} from '../timeouts.ts';
import type {Api} from './api.ts';

const configSchema = z.looseObject({kubeletconfig: z.looseObject({cpuManagerPolicy: z.string().optional()})});

/**
 * Whether the kubelet of every node that takes Pods gives containers CPUs of their own, as far as this user may ask them.
 *
 * @throws SuiteError where the API server doesn't answer, or the signal's reason
 */
export async function hasStaticCpus(api: Api, nodes: Target['nodes'], signal: AbortSignal): Promise<boolean> {
  const names = nodes.flatMap(({name, takesPods}) => (takesPods ? [name] : []));
  const policies = await Promise.all(names.map(name => policyOf(api, name, signal)));
  return policies.length > 0 && policies.every(policy => policy === 'static');
}

async function policyOf(api: Api, node: string, signal: AbortSignal): Promise<string | undefined> {
  const limit = AbortSignal.timeout(budgets().probe.ms);
  try {
    const path = `/api/v1/nodes/${node}/proxy/configz`;
    const config = configSchema.parse(await api.json(path, {signal: AbortSignal.any([signal, limit])}));
    return config.kubeletconfig.cpuManagerPolicy;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SuiteError && !limit.aborted) throw error;
    return undefined; // not to be read, as little as a metric
  }
}
