import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import pLimit from 'p-limit';
import {SuiteError} from '../harness/errors.ts';
import type {LiveFault} from '../harness/verdicts/kill-matrix.ts';
import {judgeMutant, type Mutant} from '../harness/verdicts/mutants.ts';
import type {Verdict} from '../harness/verdicts/verdict.ts';
import {withTemporary} from '../kind/cache.ts';
import {buildFaultyKubelet, faultyVersion, kubeletSources} from '../kind/faulty-kubelet.ts';
import type {RunningCluster} from '../kind/index.ts';
import {KubeletSwap} from '../kind/kubelet-swap.ts';
import {step} from '../kind/progress.ts';
import {conformanceRun} from './conformance.ts';
import {defaultProfiles} from './run.ts';
import {say} from './say.ts';

const restoreBudgetMs = 180_000;

/** Where faulty kubelets are judged. */
export interface Bench {
  /** Clusters of one release; each holds one faulty kubelet at a time. */
  readonly clusters: readonly RunningCluster[];
  readonly release: string;
  /** Folder for the files of the runs. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/**
 * Judges faulty kubelets, one on each cluster at a time; the next ones are built meanwhile. The released kubelet is put back
 * at the end, whatever the end.
 *
 * @param judged called with each result as it comes
 * @returns what kept some from being judged, a line each
 */
export async function judgeMutants(
  bench: Bench,
  mutants: readonly Mutant[],
  judged: (result: LiveFault) => void,
): Promise<readonly string[]> {
  const {clusters, release, signal} = bench;
  const broken: string[] = [];
  await step(`Fetch the sources of the kubelet ${release}`, tell => kubeletSources(release, tell, signal));
  await withTemporary('faulty-kubelets', async scratch => {
    const builds = new Builds(bench, mutants, scratch);
    const queue = mutants.entries();
    const stop = new AbortController();
    const lanes = clusters.map(async cluster => {
      const lane = {...bench, cluster, signal: AbortSignal.any([signal, stop.signal])};
      const swap = await KubeletSwap.of(cluster, signal);
      try {
        for (const [at, mutant] of queue) {
          lane.signal.throwIfAborted();
          try {
            judged(await judgeNext(lane, swap, mutant, await builds.take(at, clusters.length)));
          } catch (error) {
            lane.signal.throwIfAborted();
            if (!(error instanceof SuiteError)) throw error;
            broken.push(`${mutant.id}: ${error.message}`);
            say(`${mutant.id}: ${error.message}`);
          }
        }
      } catch (error) {
        stop.abort(error); // what one lane ends with ends all
        throw error;
      } finally {
        await swap.restore(AbortSignal.timeout(restoreBudgetMs));
      }
    });
    const ends = await Promise.allSettled(lanes);
    await builds.settled();
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  });
  return broken;
}

interface Lane extends Bench {
  readonly cluster: RunningCluster;
}

interface Binary {
  readonly file: string;
  readonly seconds: number;
}

/** The binaries, one built at a time, a few of them ahead. */
class Builds {
  readonly #bench: Bench;
  readonly #mutants: readonly Mutant[];
  readonly #scratch: string;
  readonly #oneByOne = pLimit(1);
  readonly #begun = new Map<number, Promise<Binary>>();

  constructor(bench: Bench, mutants: readonly Mutant[], scratch: string) {
    this.#bench = bench;
    this.#mutants = mutants;
    this.#scratch = scratch;
  }

  /**
   * Waits for the binary of one of them, and has those after it begun.
   *
   * @param ahead how many of those
   */
  async take(at: number, ahead: number): Promise<Binary> {
    const wanted = this.#begin(at);
    for (let next = at + 1; next <= at + ahead; next++) void this.#begin(next);
    const binary = await wanted;
    if (binary === undefined) throw new Error(`there is no fault number ${at}`);
    return binary;
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.#begun.values());
  }

  #begin(at: number): Promise<Binary> | undefined {
    const mutant = this.#mutants[at];
    if (mutant === undefined) return undefined;
    const begun = this.#begun.get(at) ?? this.#oneByOne(() => this.#build(mutant));
    begun.catch(() => undefined); // who takes it hears of it
    this.#begun.set(at, begun);
    return begun;
  }

  async #build({id, edits}: Mutant): Promise<Binary> {
    const {release, signal} = this.#bench;
    const began = performance.now();
    const file = join(this.#scratch, id);
    await buildFaultyKubelet({release, id, edits}, file, {say: () => undefined, signal});
    return {file, seconds: secondsSince(began)};
  }
}

async function judgeNext(lane: Lane, swap: KubeletSwap, mutant: Mutant, binary: Binary): Promise<LiveFault> {
  const {id, describes, group, expects, scenarios} = mutant;
  const began = performance.now();
  await swap.install(binary.file, faultyVersion(lane.release, id), lane.signal);
  await rm(binary.file);
  const said = judgeMutant(mutant, await runOn(lane, id, scenarios));
  return {id, describes, group, expects, ...said, buildSeconds: binary.seconds, runSeconds: secondsSince(began)};
}

/**
 * Judges a cluster as it is.
 *
 * @param name of the folder for the run's files
 * @param scenarios those that are recorded, and judged by all that they state; without them all that a run does by default
 * @returns a verdict for each requirement and scenario
 */
export async function runOn(
  {cluster, folder, signal}: Pick<Lane, 'cluster' | 'folder' | 'signal'>,
  name: string,
  scenarios?: readonly string[],
): Promise<readonly Verdict[]> {
  const {report} = await conformanceRun({
    profile: scenarios === undefined ? defaultProfiles : ['all'],
    only: [],
    skip: [],
    ...(scenarios === undefined ? {} : {scenarios}),
    context: cluster.context,
    kubeconfig: cluster.kubeconfig,
    cluster: cluster.name,
    image: cluster.workloadImage,
    output: join(folder, name),
    timeoutScale: 1,
    parallel: 8,
    yes: false,
    signal,
  });
  const verdicts = report.rows.flatMap(row => row.scenarios);
  return scenarios === undefined ? verdicts : verdicts.filter(({scenario}) => scenarios.includes(scenario));
}

function secondsSince(began: number): number {
  return Math.round((performance.now() - began) / 100) / 10;
}
