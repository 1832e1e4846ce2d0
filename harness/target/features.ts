import {z} from 'zod';
import {messageOf} from '../errors.ts';
import {gate, type Probe} from '../recording/target.ts';
import {budgets, type Budget} from '../timeouts.ts';
import {addedByAdmission} from './admission.ts';
import {ApiError, type Api} from './api.ts';

const rule = {action: 'RestartAllContainers', exitCodes: {operator: 'In', values: [88]}};

const echoSchema = z.looseObject({
  spec: z.looseObject({
    containers: z.array(z.looseObject({restartPolicyRules: z.array(z.looseObject({action: z.string()})).optional()})),
  }),
});

/**
 * Asks the API server for a dry-run create of a Pod with the action: refused where its gate is off, and the rule dropped
 * where ContainerRestartRules is off (KEP-5532, "Feature Enablement and Rollback").
 *
 * @returns what it says, whether the rule was dropped, and what admission added to the Pod
 */
export async function probeDryRun(
  api: Api,
  image: string,
  namespace: string,
  signal: AbortSignal,
): Promise<Probe & {readonly dropped: boolean; readonly added: readonly string[]}> {
  const name = 'server-side dry-run create';
  const restricted = {
    allowPrivilegeEscalation: false,
    capabilities: {drop: ['ALL']},
    runAsNonRoot: true,
    runAsUser: 1000,
  };
  const securityContext = {...restricted, seccompProfile: {type: 'RuntimeDefault'}};
  const resources = {requests: {cpu: '10m', memory: '16Mi'}, limits: {cpu: '1', memory: '64Mi'}};
  const container = {
    name: 'source',
    image,
    restartPolicy: 'Never',
    restartPolicyRules: [rule],
    securityContext,
    resources,
  };
  const body = {apiVersion: 'v1', kind: 'Pod', metadata: {generateName: 'rac-probe-'}, spec: {containers: [container]}};
  try {
    const stored = await api.json(`/api/v1/namespaces/${namespace}/pods?dryRun=All`, {method: 'POST', body, signal});
    const answer = echoSchema.parse(stored);
    const added = addedByAdmission(body, stored);
    const kept = answer.spec.containers[0]?.restartPolicyRules?.[0]?.action === rule.action;
    return kept
      ? {name, says: 'on', detail: 'accepted, and the rule came back as it was sent', dropped: false, added}
      : {
          name,
          says: 'off',
          detail: 'accepted, but the rule was dropped: ContainerRestartRules is off',
          dropped: true,
          added,
        };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const off = error.code === 422 && error.message.includes('restartPolicyRules');
    return {
      name,
      says: off ? 'off' : 'unknown',
      detail: `HTTP ${error.code}: ${error.message}`,
      dropped: false,
      added: [],
    };
  }
}

/** Reads which nodes declare the feature (KEP-5328; the kubelet declares it where its gate is on). */
export function probeDeclaredFeatures(nodes: readonly {name: string; declaresFeature: boolean}[]): Probe {
  const name = 'node.status.declaredFeatures';
  if (nodes.length === 0) return {name, says: 'unknown', detail: 'no node could be read'};
  const without = nodes.filter(node => !node.declaresFeature).map(node => node.name);
  if (without.length === 0) return {name, says: 'on', detail: `${gate} declared by all ${nodes.length} nodes`};
  return without.length === nodes.length
    ? {name, says: 'off', detail: `${gate} declared by none of ${nodes.length} nodes`}
    : {
        name,
        says: 'on',
        detail: `${gate} declared by ${nodes.length - without.length} of ${nodes.length} nodes, not by ${without.join(', ')}`,
      };
}

/**
 * Reads the gate from a component's metric `kubernetes_feature_enabled`, where the user may read it. Where it can't be read,
 * for whatever reason, nothing else is lost: the component may hang behind an API server that answers.
 *
 * @param budget after which a component that does not answer is left alone
 */
export async function probeMetric(
  api: Api,
  component: string,
  path: string,
  signal: AbortSignal,
  budget: Budget = budgets().probe,
): Promise<Probe> {
  const name = `kubernetes_feature_enabled of ${component}`;
  const limit = AbortSignal.timeout(budget.ms);
  try {
    const metrics = await api.text(path, {signal: AbortSignal.any([signal, limit])});
    const line = metrics.split('\n').find(text => text.startsWith(`kubernetes_feature_enabled{name="${gate}"`));
    if (line === undefined) return {name, says: 'unknown', detail: 'the component has no such gate'};
    return {name, says: line.trim().endsWith(' 1') ? 'on' : 'off', detail: line};
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) return {name, says: 'unknown', detail: `no answer within ${budget.ms / 1000} s`};
    return {name, says: 'unknown', detail: `not readable: ${messageOf(error)}`};
  }
}
