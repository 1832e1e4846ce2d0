import {messageOf} from '../errors.ts';
import type {Recorder} from '../recorder/recorder.ts';
import type {Pod} from '../recording/pod.ts';
import {ofApiServer, type Step} from '../recording/scenario.ts';
import type {Target} from '../recording/target.ts';
import type {NodeAccess} from './node-access.ts';
import type {Subject} from './stimulus.ts';

/** Where something is done to a node. */
export interface NodeSite {
  readonly recorder: Recorder;
  readonly subject: Pick<Subject, 'namespace' | 'home' | 'signal'>;
  readonly nodes?: NodeAccess | undefined;
  readonly target: Target;
}

/**
 * Does something to a node, and records what it said: to the one that a Pod runs on, or to the API server's where it is about
 * that.
 *
 * @throws Error where there is no way to that node, or what the node refused
 */
export async function actOnNode(
  {recorder, subject, nodes, target}: NodeSite,
  {action}: Extract<Step, {do: 'node'}>,
  pod: Pod | undefined,
): Promise<void> {
  const node = ofApiServer.has(action) ? target.nodes.find(({controlPlane}) => controlPlane)?.name : pod?.spec.nodeName;
  if (nodes === undefined || node === undefined) throw new Error('no access to the node');
  const {namespace, home, signal} = subject;
  const its = {namespace, name: pod?.metadata.name ?? '', scenario: home.unique, uid: uidOnNode(pod)};
  const text = await nodes.act(node, action, its, signal).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw new Error(`${action} on ${node}: ${messageOf(cause)}`, {cause}); // costs this scenario, and no other
  });
  recorder.add({kind: 'node', node, action, text});
}

/** The UID that the kubelet and the runtime know a Pod by: of a static one it is not that of its mirror in the API. */
function uidOnNode(pod: Pod | undefined): string | undefined {
  return pod?.metadata.annotations?.['kubernetes.io/config.hash'] ?? pod?.metadata.uid;
}
