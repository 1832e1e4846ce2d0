import {Worker} from 'node:worker_threads';
import {z} from 'zod';
import type {Tell} from '../harness/progress/events.ts';
import type {RunFolder} from '../harness/run-folder.ts';
import {outcome} from '../harness/verdicts/verdict.ts';

const judgedSchema = z.object({
  scenario: z.string(),
  verdicts: z.array(z.object({requirement: z.string(), outcome})),
});

/** Judges recordings one by one while others are made, in a thread of its own so that no recorder waits for it. */
export interface Judging extends AsyncDisposable {
  /** A recording is complete. */
  ended(scenario: string): void;
}

/**
 * Starts that thread. What it says is for people who watch: the report is made from the whole run at its end.
 *
 * @param tell called for each verdict
 */
export function judgeMeanwhile({path}: RunFolder, tell: Tell): Judging {
  const worker = new Worker(new URL('./judge-recording.ts', import.meta.url), {workerData: {path}});
  const gone = Promise.withResolvers<undefined>();
  let open = 0;
  const settle = (): void => {
    if (open === 0) gone.resolve(undefined);
  };
  worker.on('message', (message: unknown) => {
    const {scenario, verdicts} = judgedSchema.parse(message);
    open -= 1;
    for (const verdict of verdicts) tell({event: 'verdict', scenario, ...verdict});
    if (closing) settle();
  });
  worker.on('error', () => {
    gone.resolve(undefined); // without it there are no verdicts to be seen before the report
  });
  let closing = false;
  return {
    ended: scenario => {
      open += 1;
      worker.postMessage(scenario);
    },
    [Symbol.asyncDispose]: async () => {
      closing = true;
      settle();
      await gone.promise;
      await worker.terminate();
    },
  };
}
