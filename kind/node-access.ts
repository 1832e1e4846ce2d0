import {messageOf, SuiteError} from '../harness/errors.ts';
import type {NodeAction} from '../harness/recording/scenario.ts';
import type {NodeAccess, NodePod} from '../harness/scenario/node-access.ts';
import {run} from './command.ts';
import type {Engine} from './engine.ts';
import {actions, awaitHealth, placeStaticPod, removeStaticPod, undoing, type Machine} from './node-actions.ts';
import {onNode} from './nodes.ts';
import {normalised} from './workload-image.ts';

const restoreBudgetMs = 120_000;

/** Something to be undone, by what it undoes. */
type Undo = (signal: AbortSignal) => Promise<unknown>;

/** The nodes of a kind cluster, reached through the container engine. */
export class KindNodes implements NodeAccess {
  readonly #machine: (node: string) => Machine;
  readonly #image: string;
  /** What is to be undone, by scenario and node, the newest last. */
  readonly #changed = new Map<string, Map<string, Map<string, Undo>>>();

  /**
   * @param machine gives the node container of that name
   * @param image the workload image, which every node holds
   */
  constructor(machine: (node: string) => Machine, image: string) {
    this.#machine = machine;
    this.#image = normalised(image);
  }

  async act(node: string, action: NodeAction, pod: NodePod, signal: AbortSignal): Promise<string> {
    const undo = undoing[action];
    const undos = this.#undos(node, pod);
    if (undo !== undefined) undos.set(undo, late => this.#do(node, undo, pod, late)); // first: it may fail half-way
    const said = await this.#do(node, action, pod, signal);
    undos.delete(action);
    return said;
  }

  async place(node: string, pod: NodePod, manifest: string, signal: AbortSignal): Promise<void> {
    const machine = this.#machine(node);
    this.#undos(node, pod).set('static Pod', late => removeStaticPod(machine, pod, late));
    await placeStaticPod(machine, pod, manifest, signal);
  }

  async restore(scenario: string): Promise<void> {
    const nodes = this.#changed.get(scenario) ?? new Map<string, Map<string, Undo>>();
    this.#changed.delete(scenario);
    for (const [node, undos] of nodes) {
      const signal = AbortSignal.timeout(restoreBudgetMs);
      try {
        for (const undo of [...undos.values()].toReversed()) await undo(signal);
        await awaitHealth(this.#machine(node), signal);
      } catch (cause) {
        throw new SuiteError('bootFailed', `node ${node} could not be brought back: ${messageOf(cause)}`, {
          next: 'delete that cluster (rac cluster list shows it) and run again',
          cause,
        });
      }
    }
  }

  #do(node: string, action: NodeAction, pod: NodePod, signal: AbortSignal): Promise<string> {
    return actions[action](this.#machine(node), {pod, image: this.#image}, signal);
  }

  #undos(node: string, {scenario}: NodePod): Map<string, Undo> {
    const nodes = this.#changed.get(scenario) ?? new Map<string, Map<string, Undo>>();
    const undos = nodes.get(node) ?? new Map<string, Undo>();
    this.#changed.set(scenario, nodes.set(node, undos));
    return undos;
  }
}

/**
 * The way to the nodes of a kind cluster.
 *
 * @param image the workload image, which every node holds
 */
export function kindNodes(engine: Engine, image: string): NodeAccess {
  return new KindNodes(
    node => ({
      run: (command, signal, input) => onNode(engine, node, command, {signal, ...(input === undefined ? {} : {input})}),
      restart: async signal => {
        // At once, as if its power failed: in order, systemd takes longer than the engine waits.
        await run(engine.tool, ['restart', '--time', '0', node], {signal, env: engine.env, exit: 'bootFailed'});
      },
    }),
    image,
  );
}
