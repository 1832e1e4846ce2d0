import {messageOf, SuiteError} from '../harness/errors.ts';
import {run} from './command.ts';
import {deleteCluster} from './delete.ts';
import {findEngine} from './engine.ts';
import {ensureKind} from './kind-binary.ts';
import {nodeContainers, startOnlyWhenAsked} from './nodes.ts';
import {step, tell} from './progress.ts';
import {readRecord, recordedNames, removeRecord} from './record.ts';

/** A cluster of ours as it is now. */
export interface ClusterStatus {
  readonly name: string;
  readonly release: string;
  readonly config: string;
  readonly nodes: readonly {readonly name: string; readonly running: boolean; readonly address: string}[];
  /** `unknown` while no container engine answers. */
  readonly state: 'running' | 'stopped' | 'gone' | 'unknown';
}

/** Every cluster that rac has a record of, and how it stands. */
export async function listClusters(signal: AbortSignal): Promise<ClusterStatus[]> {
  const engine = await findEngine(signal);
  const containers = engine === undefined ? [] : await nodeContainers(engine);
  const names = await recordedNames();
  return Promise.all(
    names.map(async name => {
      const record = await readRecord(name);
      const own = containers.filter(({cluster}) => cluster === name);
      return {
        name,
        release: record?.release ?? 'unknown',
        config: record?.config ?? 'unknown',
        nodes: own.map(({name: node, running, address}) => ({name: node, running, address})),
        state: engine === undefined ? 'unknown' : stateOf(own),
      };
    }),
  );
}

function stateOf(nodes: readonly {readonly running: boolean}[]): 'running' | 'stopped' | 'gone' {
  if (nodes.length === 0) return 'gone';
  return nodes.every(({running}) => running) ? 'running' : 'stopped';
}

const stopBudgetMs = 120_000;

/**
 * Stops those nodes of clusters that run, which then cost nothing but disk; `bringUp` starts them again. It is what comes after
 * the work, so it doesn't take the signal of a command, and what goes wrong is told and not thrown.
 */
export async function stopClusters(clusters: readonly string[]): Promise<void> {
  const signal = AbortSignal.timeout(2 * stopBudgetMs);
  try {
    const ours = (await recordedNames()).filter(name => clusters.includes(name));
    const engine = await findEngine(signal);
    if (engine === undefined) throw new SuiteError('noEngine', 'no container engine answers');
    const nodes = (await nodeContainers(engine)).filter(({cluster, running}) => running && ours.includes(cluster));
    if (nodes.length === 0) return;
    const names = nodes.map(({name}) => name);
    await step(`Stop ${names.join(', ')}`, async () => {
      await startOnlyWhenAsked(engine, nodes, signal);
      const options = {signal, env: engine.env, shielded: true, timeoutMs: stopBudgetMs};
      await run(engine.tool, ['stop', ...names], options);
    });
    tell(`rac cluster down ${ours.join(' ')} removes what is stopped`);
  } catch (error) {
    tell(`${clusters.join(', ')} may still run: ${messageOf(error)}; rac cluster list shows them`);
  }
}

/**
 * Takes down clusters of ours and leaves nothing of them.
 *
 * @param names of clusters, or of the configs that they were brought up by
 * @throws SuiteError (usage) for a name that is neither
 */
export async function takeDown(names: readonly string[], signal: AbortSignal): Promise<void> {
  const known = await listClusters(signal);
  const wanted = names.map(name => {
    const found = known.find(cluster => cluster.name === name) ?? known.find(cluster => cluster.config === name);
    if (found === undefined) {
      const list = known.map(cluster => cluster.name).join(', ');
      throw new SuiteError('usage', `no cluster of rac's is called "${name}"`, {
        next: list === '' ? 'there is none' : `there are: ${list}`,
      });
    }
    return found;
  });
  const engine = await findEngine(signal);
  for (const {name} of wanted) {
    if (engine === undefined) {
      throw new SuiteError('noEngine', `cluster ${name} can't be deleted while no container engine answers`, {
        next: 'start the engine (rac cluster up does that where it may) and run this again',
      });
    }
    const kind = await ensureKind({yes: false, signal});
    await step(`Delete cluster ${name}`, () => deleteCluster(name, {engine, kind}));
    await removeRecord(name);
  }
  if (wanted.length === 0) tell('no cluster to take down');
}
