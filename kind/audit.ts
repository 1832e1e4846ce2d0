import {z} from 'zod';
import {SuiteError} from '../harness/errors.ts';
import {ensureEngine} from './install-engine.ts';
import {nodeContainers, onNode} from './nodes.ts';

const lineSchema = z.looseObject({
  verb: z.string(),
  requestURI: z.string(),
  userAgent: z.string().optional(),
  user: z.looseObject({username: z.string()}),
  responseStatus: z.looseObject({code: z.number(), message: z.string().optional()}).optional(),
});

/** What an API server's audit log has of a client. */
export interface Audit {
  /** How many of its requests were answered. */
  readonly requests: number;
  /** Those that were refused for a missing right (HTTP 401 and 403), a line each. */
  readonly refused: readonly string[];
}

/**
 * What an audit log says of the requests of a client and of all users under whose name it made any: `exec` sends no name of the
 * client.
 *
 * @param log one JSON object a line (audit.k8s.io/v1)
 * @param client beginning of the client's User-Agent
 */
export function auditOf(log: string, client: string): Audit {
  const all = log
    .split('\n')
    .filter(line => line !== '')
    .map(line => lineSchema.parse(JSON.parse(line)));
  const users = new Set(
    all.filter(({userAgent}) => userAgent?.startsWith(client) === true).map(({user}) => user.username),
  );
  const its = all.filter(({user}) => users.has(user.username));
  const refused = its
    .filter(({responseStatus}) => [401, 403].includes(responseStatus?.code ?? 0))
    .map(({verb, requestURI, responseStatus}) => `${verb} ${requestURI}: ${responseStatus?.message ?? ''}`);
  return {requests: its.length, refused};
}

/**
 * Reads the audit log of a kind cluster of ours whose config has one.
 *
 * @throws SuiteError `usage` where it is not up or keeps none
 */
export async function readAudit(cluster: string, client: string, signal: AbortSignal): Promise<Audit> {
  const engine = await ensureEngine({yes: false, signal});
  const containers = await nodeContainers(engine, cluster);
  const node = containers.find(({role, running}) => role === 'control-plane' && running);
  if (node === undefined)
    throw new SuiteError('usage', `cluster ${cluster} is not up`, {next: 'rac cluster up v1.36-audit'});
  const script = 'cat $(ls -tr /var/log/kubernetes/audit*.log)';
  const log = await onNode(engine, node.name, ['sh', '-c', script], {signal}).catch((cause: unknown) => {
    throw new SuiteError('usage', `cluster ${cluster} keeps no audit log`, {next: 'rac cluster up v1.36-audit', cause});
  });
  return auditOf(log, client);
}
