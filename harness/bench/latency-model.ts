import {atShare} from '../at-share.ts';
import type {Containers} from './shapes.ts';

/**
 * How long a restart in place takes by the kubelet's own bounds, for a Pod that has the node to itself. All of them are of the
 * Kubernetes source: the kubelet looks at every container (relist) a second after it last did; it ends containers one after
 * the other, each with a grace period of 2 s at least where it does not end on SIGTERM; it starts regular containers one after
 * the other, and learns that an init container has ended by the next relist. From 1.36 on it looks again right after each
 * sync of a Pod that did something (PLEGOnDemandRelist) and comes back to a Pod by itself once all is removed; at 1.35 only the
 * next relist takes it further, and a Pod of which nothing but the source ran waits for the periodic sync, 60 to 90 s. A startup
 * probe runs by a clock of its own, which a restart does not set anew. Its first turn finds the new container, which begins a sync,
 * and that waits for a relist newer than the sync before it (pod_workers.go, GetNewerThan).
 */
export interface Kubelet {
  readonly release: '1.35' | '1.36';
  /** From one container's start to the next one's in the same Pod, ms; measured on the node. */
  readonly startMs: number;
}

/** Bounds of the kubelet, and times that are assumed, ms. */
const bounds = {
  relist: 1_000,
  /** Assumed: what one relist takes on an idle node. */
  relistTakes: 30,
  /** Assumed: a container that ends on SIGTERM: the signal, its end, and the runtime's answer. */
  quickKill: 100,
  /** The least grace period of a container that the kubelet ends; one that ignores SIGTERM uses it up. */
  stubbornKill: 2_100,
  resync: {from: 60_000, to: 90_000},
  /** Of our manifests, not of the kubelet: the period of their startup probes. */
  probe: 1_000,
  /** Assumed: how long a startup probe runs. */
  probeTakes: 70,
} as const;

/** How finely the chances are counted. */
const grid = 40;

/** What the model gives: times from the source's exit, ms, each as likely as the others, in ascending order. */
export interface Predicted {
  readonly first: readonly number[];
  readonly started: readonly number[];
}

/**
 * The times that a restart can take.
 *
 * @returns equally likely times until the first process of the first container began, and of the last one
 */
export function predict({quick, stubborn, starts}: Containers, {release, startMs}: Kubelet): Predicted {
  const kill = quick * bounds.quickKill + stubborn * bounds.stubbornKill;
  const period = bounds.relist + bounds.relistTakes;
  const first: number[] = [];
  const started: number[] = [];
  for (let at = 0; at < grid; at++) {
    const noticed = ((at + 0.5) / grid) * period;
    for (const beginning of beginnings(kill, period, {quick, stubborn, release}))
      for (let turn = 0; turn < grid; turn++) {
        const probeMs = ((turn + 0.5) / grid) * bounds.probe;
        const [a, z] = starting(beginning, probeMs, period, {starts, release, startMs});
        first.push(noticed + a);
        started.push(noticed + z);
      }
  }
  const ascending = (a: number, b: number) => a - b;
  return {first: first.toSorted(ascending), started: started.toSorted(ascending)};
}

/** When the kubelet begins to start containers again, from the relist that noticed the exit. */
function beginnings(
  kill: number,
  period: number,
  {quick, stubborn, release}: {quick: number; stubborn: number; release: Kubelet['release']},
): readonly number[] {
  if (release === '1.36') return [kill];
  if (quick + stubborn === 0) {
    const {from, to} = bounds.resync;
    return Array.from({length: grid}, (_, at) => from + ((at + 0.5) / grid) * (to - from));
  }
  return [Math.ceil(kill / period) * period];
}

/**
 * When the first container's first process begins, and the last one's, from the relist that noticed the exit.
 *
 * @param probeMs from when a sidecar is known to run until its startup probe's next turn
 */
function starting(
  beginning: number,
  probeMs: number,
  period: number,
  {starts, release, startMs}: Kubelet & Pick<Containers, 'starts'>,
): readonly [number, number] {
  const relistFrom = (ms: number): number => Math.ceil(ms / period) * period;
  const relistAfter = (ms: number): number => (Math.floor(ms / period) + 1) * period;
  let at = beginning;
  let first = NaN;
  let last = NaN;
  for (const {kind, seconds} of starts) {
    at += startMs;
    if (Number.isNaN(first)) first = at;
    last = at;
    const ran = seconds * 1000;
    if (kind === 'init') at = relistFrom(at + ran);
    if (kind !== 'sidecar') continue;
    const known = release === '1.35' ? relistFrom(at) : at;
    if (seconds === 0) {
      at = known;
      continue;
    }
    const turn = known + probeMs;
    const turns = Math.max(0, Math.ceil((at + ran - turn) / bounds.probe));
    const passed = turn + turns * bounds.probe + bounds.probeTakes;
    // The first turn begins a sync; one that has passed by then is seen in it, and any other in the sync that it begins itself.
    const synced = Math.max(turn, relistAfter(known));
    at = turns === 0 && passed <= synced ? synced : Math.max(passed, relistAfter(synced));
  }
  return [first, last];
}

/**
 * How long the slowest of many Pods takes, where each takes its time independently of the others: each on a node of its own.
 *
 * @param ascending equally likely times of one Pod
 * @param pods how many there are
 * @param share of all groups that are over by then, such as 0.5
 */
export function slowestOf(ascending: readonly number[], pods: number, share: number): number {
  return atShare(ascending, share ** (1 / pods)) ?? NaN;
}
