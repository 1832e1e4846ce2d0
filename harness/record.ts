import {SuiteError} from './errors.ts';
import type {Scenario} from './recording/observation.ts';
import {deleteNamespace, removeNamespaces} from './scenario/namespace.ts';
import {runScenario, type Ending, type RunContext} from './scenario/run.ts';

/** What the run tells while it goes on. */
export interface EndedRecording {
  readonly scenario: Scenario;
  readonly ending: Ending;
  readonly ms: number;
}

/**
 * Records scenarios side by side, each in a namespace of its own, and deletes each namespace as soon as its recording is
 * complete. After Ctrl-C or an error that concerns the whole run, everything of the run is deleted too.
 *
 * @param told called as each recording ends
 * @returns the namespaces that could not be removed
 * @throws SuiteError `notRecorded` where not one scenario got as far as its stimulus, or what concerns the whole run
 */
export async function record(
  context: RunContext,
  scenarios: readonly Scenario[],
  told: (recorded: EndedRecording) => void,
): Promise<readonly string[]> {
  const stop = new AbortController();
  const endings: Ending[] = [];
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const results = await Promise.allSettled(
    scenarios.map(async scenario => {
      const began = performance.now();
      try {
        const ending = await runScenario({...context, signal}, scenario);
        endings.push(ending);
        told({scenario, ending, ms: performance.now() - began});
      } catch (error) {
        stop.abort(error); // what one of these throws concerns all
        throw error;
      }
      await deleteNamespace(context.api, `rac-${context.id}-${scenario.id}`);
    }),
  );
  const {left} = await removeNamespaces(context.api, context.id, context.budgets);
  const failed = results.find(({status}) => status === 'rejected');
  if (context.signal.aborted) throw context.signal.reason;
  if (failed?.status === 'rejected')
    throw failed.reason instanceof Error ? failed.reason : new SuiteError('internal', String(failed.reason));
  refuseIfNothing(endings);
  return left;
}

/** One clear line in place of the same Error for every requirement. */
function refuseIfNothing(endings: readonly Ending[]): void {
  const [first] = endings;
  if (first === undefined || !endings.every(({reason}) => reason === 'not-started' || reason === 'error')) return;
  throw new SuiteError('notRecorded', `no scenario could be recorded: ${first.text}`, {
    next: 'mend that and run again; for an image that can not be pulled, name another with --image',
  });
}
