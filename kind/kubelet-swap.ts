import {SuiteError} from '../harness/errors.ts';
import {run} from './command.ts';
import {findEngine, type Engine} from './engine.ts';
import type {RunningCluster} from './index.ts';
import {onNode} from './nodes.ts';

const kubelet = '/usr/bin/kubelet';
const released = `${kubelet}.released`;
const next = `${kubelet}.next`;
const readyBudgetSeconds = 90;

/** Puts other kubelets into the nodes of a kind cluster, and the released one back. */
export class KubeletSwap {
  readonly #engine: Engine;
  readonly #nodes: readonly string[];
  readonly #controlPlane: string;
  readonly #release: string;

  private constructor(engine: Engine, cluster: RunningCluster) {
    this.#engine = engine;
    this.#nodes = cluster.nodes.map(({name}) => name);
    this.#controlPlane = cluster.nodes.find(({role}) => role === 'control-plane')?.name ?? '';
    this.#release = cluster.release;
  }

  /** @throws SuiteError `noEngine` */
  static async of(cluster: RunningCluster, signal: AbortSignal): Promise<KubeletSwap> {
    const engine = await findEngine(signal);
    if (engine === undefined) throw new SuiteError('noEngine', 'no container engine answers');
    return new KubeletSwap(engine, cluster);
  }

  /**
   * Makes a binary the kubelet of every node, and waits until each is Ready with it.
   *
   * @param version as that kubelet tells it
   * @throws SuiteError `bootFailed` where it does not come up
   */
  async install(binary: string, version: string, signal: AbortSignal): Promise<void> {
    for (const node of this.#nodes) {
      await run(this.#engine.tool, ['cp', binary, `${node}:${next}`], {
        signal,
        env: this.#engine.env,
        exit: 'bootFailed',
      });
      await this.#shell(node, `[ -e ${released} ] || cp ${kubelet} ${released}; mv ${next} ${kubelet}`, signal);
    }
    await this.#restart(version, signal);
  }

  /** Gives every node the kubelet back that it was made with; nothing is done where it has it. */
  async restore(signal: AbortSignal): Promise<void> {
    for (const node of this.#nodes)
      await this.#shell(node, `rm -f ${next}; [ ! -e ${released} ] || mv ${released} ${kubelet}`, signal);
    await this.#restart(`v${this.#release}`, signal);
  }

  async #restart(version: string, signal: AbortSignal): Promise<void> {
    for (const node of this.#nodes) await onNode(this.#engine, node, ['systemctl', 'restart', 'kubelet'], {signal});
    // A kubelet of another release starts the static Pods anew, the API server among them, which then answers nobody for a while.
    const ask = (what: string) =>
      this.#shell(
        this.#controlPlane,
        `timeout ${readyBudgetSeconds} sh -c "until kubectl --kubeconfig=/etc/kubernetes/admin.conf wait node --all --timeout=30s '${what}'; do sleep 1; done"`,
        signal,
      );
    // The version first: until the new kubelet reports, the API goes on calling the node Ready.
    await ask(`--for=jsonpath={.status.nodeInfo.kubeletVersion}=${version}`);
    await ask('--for=condition=Ready');
  }

  #shell(node: string, script: string, signal: AbortSignal): Promise<string> {
    return onNode(this.#engine, node, ['sh', '-c', script], {signal});
  }
}
