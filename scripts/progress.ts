import {Listr, ListrLogger, PRESET_TIMER, ProcessOutput} from 'listr2';
import type {RunEvent, Tell} from '../harness/progress/events.ts';
import {after, nothingYet} from '../harness/progress/tally.ts';
import {details, endedLine, headline} from '../harness/progress/text.ts';
import {say} from './say.ts';

/** How a run tells what it is at: for whoever watches, not at all, or as JSON. */
export interface ProgressOptions {
  readonly quiet?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** The listener that the options and the terminal ask for. */
export function progress({quiet = false, json = false}: ProgressOptions): Tell {
  if (json) return writeJson;
  if (quiet) return () => undefined;
  return process.stderr.isTTY ? onTerminal() : inLines();
}

/** One line of JSON for each event on standard output. */
export function writeJson(
  event: RunEvent | {readonly event: 'report'; readonly report: object; readonly folder: string},
): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

/** Plain lines, for a log: one when a recording ends, with how far the run is. */
function inLines(): Tell {
  let tally = nothingYet;
  return event => {
    const now = performance.now();
    tally = after(tally, event, now);
    if (event.event === 'recording') say(`recording ${event.scenarios.length} scenarios, ${event.parallel} at a time`);
    if (event.event === 'ended') say(`  ${endedLine(tally, event, now)}`);
  };
}

const refreshMs = 500;

/** A display of all that goes on, for as long as scenarios are recorded. */
function onTerminal(): Tell {
  let tally = nothingYet;
  let end: (() => void) | undefined;
  return event => {
    tally = after(tally, event, performance.now());
    if (event.event === 'recorded') end?.();
    if (event.event !== 'recording') return;
    const {promise, resolve} = Promise.withResolvers<undefined>();
    end = () => {
      resolve(undefined);
    };
    const logger = new ListrLogger({useIcons: true, processOutput: new ProcessOutput(process.stderr, process.stderr)});
    const task = async (_: unknown, shown: {title: string}): Promise<void> => {
      const refresh = (): void => {
        const now = performance.now();
        const [first, ...lines] = [
          `Recording on Kubernetes ${tally.server}: ${headline(tally, now)}`,
          ...details(tally, now),
        ];
        shown.title = [first, ...lines.map(line => `  ${line}`)].join('\n'); // as output, lines would be added to earlier ones
      };
      refresh();
      const timer = setInterval(refresh, refreshMs);
      await promise;
      clearInterval(timer);
      refresh();
    };
    const rendererOptions = {timer: PRESET_TIMER, logger};
    void new Listr([{title: 'Recording', task}], {
      renderer: 'default',
      rendererOptions: {...rendererOptions},
      registerSignalListeners: false,
    }).run();
  };
}
