import {Listr, ListrLogger, PRESET_TIMER, ProcessOutput} from 'listr2';
import {messageOf} from '../harness/errors.ts';

/** Tells what a step is at, in a few words. */
export type Say = (what: string) => void;

/** One piece of work that is shown with its title and its time. */
export interface Step {
  readonly title: string;
  readonly work: (say: Say) => Promise<void>;
}

/** A log without a terminal hears of a long step this often. */
const heartbeatMs = 20_000;

/**
 * Shows the steps while they run, each with its time; `atOnce` of them side by side.
 *
 * @throws what the first step to fail threw, once every step that was running has ended too
 */
export async function steps(list: readonly Step[], atOnce = 1): Promise<void> {
  const terminal = process.stderr.isTTY;
  const works: Promise<void>[] = [];
  const failures: unknown[] = [];
  const tasks = list.map(({title, work}) => ({
    title,
    task: async (_: unknown, task: {output: string}): Promise<void> => {
      const started = performance.now();
      let last = '';
      const show = (): void => {
        task.output = `${Math.round((performance.now() - started) / 1000)} s${last === '' ? '' : `: ${last}`}`;
      };
      const heartbeat = setInterval(show, terminal ? 1000 : heartbeatMs);
      try {
        const running = work(what => {
          last = what;
          if (terminal) show();
        });
        works.push(running);
        await running;
      } catch (error) {
        failures.push(error);
        // The whole message comes at the end; here one line is enough.
        throw new Error(messageOf(error).split('\n')[0]?.slice(0, 160), {cause: error});
      } finally {
        clearInterval(heartbeat);
      }
    },
  }));
  const common = {concurrent: atOnce > 1 ? atOnce : false, exitOnError: true, registerSignalListeners: false} as const;
  // Progress goes to standard error: standard output is for what a command was asked for.
  const logger = new ListrLogger({useIcons: true, processOutput: new ProcessOutput(process.stderr, process.stderr)});
  const rendererOptions = {timer: PRESET_TIMER, logger};
  const runner = terminal
    ? new Listr(tasks, {...common, renderer: 'default', rendererOptions: {...rendererOptions}})
    : new Listr(tasks, {...common, renderer: 'simple', rendererOptions});
  try {
    await runner.run();
  } catch (error) {
    await Promise.allSettled(works);
    throw failures.length > 0 ? failures[0] : error;
  }
}

/** One step with a result. */
export async function step<T>(title: string, work: (say: Say) => Promise<T>): Promise<T> {
  const {promise, resolve} = Promise.withResolvers<T>();
  await steps([
    {
      title,
      work: async say => {
        resolve(await work(say));
      },
    },
  ]);
  return promise;
}

/** One line to the person who runs the command. */
export function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
