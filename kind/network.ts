import type {Engine} from './engine.ts';
import {type ApiNode, onNode} from './nodes.ts';

/** For each node, the `ip route` arguments that lead to the Pods of every other node. */
export function routesOf(nodes: readonly ApiNode[]): {node: string; route: string[]}[] {
  return nodes.flatMap(({name}) =>
    nodes
      .filter(other => other.name !== name && other.podCidr !== undefined && other.address !== undefined)
      .map(other => ({node: name, route: ['ip', 'route', 'replace', other.podCidr ?? '', 'via', other.address ?? '']})),
  );
}

/** Sets the routes between nodes of a node image without kindnetd; they are gone after a node's restart, so set each time. */
export async function setRoutes(engine: Engine, nodes: readonly ApiNode[], signal: AbortSignal): Promise<void> {
  for (const {node, route} of routesOf(nodes)) await onNode(engine, node, route, {signal});
}
