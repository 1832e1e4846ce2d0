import {availableParallelism} from 'node:os';
import {Tinypool} from 'tinypool';
import {z} from 'zod';
import {messageOf} from '../../errors.ts';

const judgedSchema = z.object({
  scenario: z.string(),
  /** For each generated fault the requirements that it turned red. */
  red: z.array(z.array(z.string())),
  /** What a fault should have turned and did not, or turned and should not have; a line each. */
  wrong: z.array(z.string()),
  /** What an edit that is no fault turned; a line each. */
  alarms: z.array(z.string()),
});

/** What came of all generated edits of a scenario's kept recording. */
export type JudgedEdits = z.infer<typeof judgedSchema>;

/** Judges the generated edits of scenarios, as many scenarios at a time as there are cores; in the order given. */
export async function judgeGenerated(scenarios: readonly string[]): Promise<readonly JudgedEdits[]> {
  // In a thread the suites state what they do to whoever asks, not to Jest.
  const {JEST_WORKER_ID: _, ...env} = process.env;
  const pool = new Tinypool({
    filename: new URL('./judge-scenario.ts', import.meta.url).href,
    runtime: 'worker_threads',
    maxThreads: availableParallelism(),
    env: Object.fromEntries(Object.entries(env).map(([name, value = '']) => [name, value])),
  });
  const judge = async (scenario: string): Promise<JudgedEdits> => {
    try {
      return judgedSchema.parse(await pool.run(scenario));
    } catch (cause) {
      throw new Error(`the edits of ${scenario} could not be judged: ${messageOf(cause)}`, {cause});
    }
  };
  try {
    return await Promise.all(scenarios.map(judge));
  } finally {
    await pool.destroy();
  }
}
