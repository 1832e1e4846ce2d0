import type {NodeAction} from '../recording/scenario.ts';

/** The Pod for whose sake something is done to a node. */
export interface NodePod {
  readonly namespace: string;
  readonly name: string;
  /** The scenario's name in the run: for whose sake a change is made, and undone. */
  readonly scenario: string;
  /** Undefined before the Pod is made. */
  readonly uid: string | undefined;
}

/** A way to the nodes of a target; kind gives one, most targets none. */
export interface NodeAccess {
  /**
   * Does something to a node and returns when it is done.
   *
   * @param node its name in the API
   * @param pod the scenario's Pod
   * @returns what the node said, for the recording
   */
  act(node: string, action: NodeAction, pod: NodePod, signal: AbortSignal): Promise<string>;

  /**
   * Gives a node a static Pod.
   *
   * @param manifest the Pod as JSON, with its namespace
   */
  place(node: string, pod: NodePod, manifest: string, signal: AbortSignal): Promise<void>;

  /**
   * Undoes whatever was changed on nodes for a scenario's sake and not undone since, and waits until those nodes work
   * again. Takes no signal, since it is what follows an abort.
   *
   * @throws SuiteError where a node does not get well
   */
  restore(scenario: string): Promise<void>;
}
