/** `restartPolicy` of a Pod, or of a container (KEP-5307). */
export type RestartPolicy = 'Always' | 'OnFailure' | 'Never';

/** One entry of `restartPolicyRules` (KEP-5307, KEP-5532). */
export interface RestartRule {
  readonly action: 'Restart' | 'RestartAllContainers';
  readonly operator: 'In' | 'NotIn';
  readonly values: readonly number[];
}

/** A container as the model sees it. */
export interface ModelContainer {
  readonly name: string;
  readonly kind: 'init' | 'sidecar' | 'regular';
  /** Its own policy; without one the Pod's holds. A sidecar's is always `Always`. */
  readonly restartPolicy?: RestartPolicy | undefined;
  readonly rules: readonly RestartRule[];
  /** An init container that waits in its first run until it is told to exit; every other run ends with 0 at once. */
  readonly waits?: boolean | undefined;
}

/** What of a Pod decides which containers run. */
export interface ModelPod {
  readonly restartPolicy: RestartPolicy;
  /** In start order: init containers and sidecars as listed, then the regular ones. */
  readonly containers: readonly ModelContainer[];
}

/** A container is told to exit with a code, when the Pod has settled. */
export interface Exit {
  readonly container: string;
  readonly code: number;
}

/** A Pod and the exits that its containers are told, in order. */
export interface Story {
  readonly pod: ModelPod;
  readonly exits: readonly Exit[];
}
