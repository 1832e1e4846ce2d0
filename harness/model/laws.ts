import type {ModelContainer, ModelPod, RestartPolicy, RestartRule} from './pod.ts';

/** The rules of the documents, each as a function of its own, so that a test can put a wrong one in its place. */
export interface Laws {
  /**
   * The rule that holds for an exit code: the first in the list that matches, whatever follows (KEP-5307, Proposal;
   * pod-lifecycle, "Individual container restart policy and rules").
   */
  readonly ruleFor: (container: ModelContainer, code: number) => RestartRule | undefined;
  /** A container's own restart policy holds; without one the Pod's (KEP-5307, Proposal). */
  readonly policyOf: (pod: ModelPod, container: ModelContainer) => RestartPolicy;
  /** Whether a policy alone starts a container again after that code (pod-lifecycle, "Container restart policy"). */
  readonly restartsBy: (policy: RestartPolicy, container: ModelContainer, code: number) => boolean;
  /**
   * Whether a restart of all containers starts one that has run: every init container, sidecar and regular container is,
   * completed ones too (KEP-5532, Proposal).
   */
  readonly startsAgain: (container: ModelContainer, ended: boolean) => boolean;
  /**
   * Whether a container that has ended for good, or not, keeps the Pod going: a regular one that has not does, a sidecar never
   * (pod-lifecycle, "Pod phase"; KEP-753, "Pod phase").
   */
  readonly keepsPodGoing: (container: ModelContainer, ended: boolean) => boolean;
  /** Whether the Pod fails when this container has ended with that code for good (init containers, "Understanding init containers"). */
  readonly failsPod: (container: ModelContainer, code: number) => boolean;
}

/** What Kubernetes promises. */
export const laws: Laws = {
  ruleFor: ({rules}, code) => rules.find(rule => matches(rule, code)),
  policyOf: (pod, {kind, restartPolicy}) => (kind === 'sidecar' ? 'Always' : (restartPolicy ?? pod.restartPolicy)),
  // An init container that has completed is done under every policy.
  restartsBy: (policy, {kind}, code) =>
    policy === 'OnFailure' || (policy === 'Always' && kind === 'init') ? code !== 0 : policy === 'Always',
  startsAgain: () => true,
  keepsPodGoing: ({kind}, ended) => kind === 'regular' && !ended,
  failsPod: ({kind}, code) => kind === 'init' && code !== 0,
};

/** Whether a rule lists a code: `In` the values listed, `NotIn` all others (KEP-5307, API). */
export function matches({operator, values}: RestartRule, code: number): boolean {
  return values.includes(code) === (operator === 'In');
}
