import type {NodeAction} from '../recording/scenario.ts';

/** A way to the nodes of a target; kind gives one, most targets none. */
export interface NodeAccess {
  /**
   * Does something to a node and returns when it is done.
   *
   * @param node its name in the API
   * @param pod namespace and name of the scenario's Pod
   * @returns what the node said, for the recording
   */
  act(node: string, action: NodeAction, pod: {namespace: string; name: string}, signal: AbortSignal): Promise<string>;
}
