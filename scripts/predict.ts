import {join} from 'node:path';
import {Command} from 'commander';
import {exitCodes, SuiteError} from '../harness/errors.ts';
import {readPredictions, unlikePredicted, type Prediction} from '../harness/verdicts/predictions.ts';
import {withTemporary} from '../kind/cache.ts';
import {readConfig} from '../kind/config.ts';
import {listClusters, stopClusters, takeDown} from '../kind/down.ts';
import {buildFaultyKubelet, faultyVersion} from '../kind/faulty-kubelet.ts';
import {bringUp, type RunningCluster} from '../kind/index.ts';
import {ensureEngine} from '../kind/install-engine.ts';
import {KubeletSwap} from '../kind/kubelet-swap.ts';
import {step} from '../kind/progress.ts';
import {runOn} from './judge-mutants.ts';
import {makeFolder} from './run-files.ts';
import {say} from './say.ts';

/** What a kubelet of another release calls itself beside that. */
const mixed = 'mixed';

/** `rac predict`: clusters on which other requirements hold, and whether a run on each comes to what was predicted. */
export function predictCommand(signal: AbortSignal): Command {
  return new Command('predict')
    .description('judge clusters with other gates or versions, and compare with what was predicted')
    .argument('[ids...]', 'predictions of suites/predictions.yaml (default: all)')
    .option('--yes', 'install what is missing without asking', false)
    .addHelpText('after', examples)
    .action(async (ids: string[], {yes}: {yes: boolean}) => {
      const predictions = chosen(readPredictions(new URL('../suites/', import.meta.url)), ids);
      const {path: folder} = makeFolder(undefined);
      let agree = true;
      for (const prediction of predictions) {
        say(`${prediction.id}: ${prediction.describes}`);
        const differences = await compare(prediction, {folder, yes, signal});
        agree &&= differences.length === 0;
        console.log(`${prediction.id}: ${differences.length === 0 ? 'as predicted' : 'not as predicted'}`);
        for (const line of differences) console.log(`  ${line}`);
      }
      process.exitCode = exitCodes[agree ? 'ok' : 'failed'];
    });
}

function chosen(predictions: readonly Prediction[], ids: readonly string[]): readonly Prediction[] {
  const unknown = ids.find(wanted => !predictions.some(({id}) => id === wanted));
  if (unknown !== undefined) {
    throw new SuiteError('usage', `there is no prediction ${JSON.stringify(unknown)}`, {
      next: `name one of ${predictions.map(({id}) => id).join(', ')}`,
    });
  }
  return predictions.filter(({id}) => ids.length === 0 || ids.includes(id));
}

interface Options {
  /** Folder for the files of the runs. */
  readonly folder: string;
  readonly yes: boolean;
  readonly signal: AbortSignal;
}

/** Brings a cluster up where it is not, judges it, and leaves it as it was: gone, stopped or running. */
async function compare(prediction: Prediction, {folder, yes, signal}: Options): Promise<readonly string[]> {
  const {id, config, kubelet, scenarios} = prediction;
  const {name} = kubelet === undefined ? await readConfig(config) : {name: `rac-${id}`};
  await ensureEngine({yes, signal});
  const {state = 'gone'} = (await listClusters(signal)).find(cluster => cluster.name === name) ?? {};
  try {
    const cluster = await bringUp({config, name, yes, signal});
    const verdicts = () => runOn({cluster, folder, signal}, id, scenarios);
    return unlikePredicted(
      prediction,
      await (kubelet === undefined ? verdicts() : withKubelet(cluster, kubelet, signal, verdicts)),
    );
  } finally {
    if (state === 'stopped') await stopClusters([name]);
    if (state === 'gone') {
      const late = AbortSignal.timeout(takeDownBudgetMs);
      const isThere = (await listClusters(late)).some(cluster => cluster.name === name);
      if (isThere) await takeDown([name], late);
    }
  }
}

const takeDownBudgetMs = 120_000;

/** Does something while the nodes have the kubelet of another release, and gives them their own back. */
async function withKubelet<T>(
  cluster: RunningCluster,
  release: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const swap = await KubeletSwap.of(cluster, signal);
  await withTemporary('other-kubelet', async scratch => {
    const binary = join(scratch, 'kubelet');
    await step(`Build the kubelet of Kubernetes ${release}`, tell =>
      buildFaultyKubelet({release, id: mixed, edits: []}, binary, {say: tell, signal}),
    );
    await swap.install(binary, faultyVersion(release, mixed), signal);
  });
  try {
    return await work();
  } finally {
    await swap.restore(AbortSignal.timeout(takeDownBudgetMs));
  }
}

const examples = `
Exit codes: 0 every requirement has the outcome that was predicted, 1 one has another.

Examples:
  rac predict
  rac predict v1.35-gate-off
`;
