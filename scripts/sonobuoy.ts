import {copyFileSync, existsSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {Command} from 'commander';
import {execa} from 'execa';
import {create} from 'xmlbuilder2';
import {z} from 'zod';
import {exitCodes, messageOf} from '../harness/errors.ts';
import {reportFiles} from '../harness/report/formats.ts';
import {root} from './paths.ts';
import {say} from './say.ts';

/** Where Sonobuoy collects results unless it says otherwise. */
const usual = '/tmp/sonobuoy/results';

/** What of the events of `rac run --json` its progress is made of. */
const eventSchema = z.union([
  z.looseObject({event: z.literal('recording'), scenarios: z.array(z.unknown())}),
  z.looseObject({event: z.literal('ended'), title: z.string(), text: z.string(), reason: z.string()}),
  z.looseObject({event: z.literal('verdict'), requirement: z.string(), outcome: z.literal('Failed')}),
]);

/** `rac sonobuoy`: a run as a plugin of Sonobuoy. */
export function sonobuoyCommand(signal: AbortSignal): Command {
  return new Command('sonobuoy')
    .description('run in the cluster as a plugin of Sonobuoy: progress, JUnit, and the file `done` whatever happens')
    .argument('[flags...]', 'flags of rac run, after --')
    .addHelpText('after', examples)
    .action(async (flags: string[]) => {
      const {SONOBUOY_RESULTS_DIR: folder = usual, SONOBUOY_PROGRESS_PORT: port} = process.env;
      process.exitCode = await asPlugin({folder, port, signal}, [
        process.execPath,
        '--disable-warning=ExperimentalWarning',
        join(root, 'scripts/main.ts'),
        'run',
        ...(flags.length === 0 ? ['--in-cluster'] : flags),
      ]);
    });
}

/** What Sonobuoy tells a plugin. */
export interface Plugin {
  /** Folder for the results, and for `done`. */
  readonly folder: string;
  /** Where on this host progress is taken, where it is. */
  readonly port: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Runs a run as a plugin does. The run is a process of its own, so that `done` is written however it ends: killed, too.
 *
 * @param command that prints the events of `rac run --json`, and takes `--json` and `--output FOLDER`, into which it writes junit.xml
 * @returns exit code of the run
 */
export async function asPlugin({folder, port, signal}: Plugin, command: readonly string[]): Promise<number> {
  const result = join(folder, reportFiles.junit);
  const [file = '', ...args] = command;
  mkdirSync(folder, {recursive: true});
  let why = 'it did not start';
  let code: number = exitCodes.internal;
  try {
    const output = join(folder, 'run');
    const own = join(output, reportFiles.junit);
    const run = execa(file, [...args, '--json', '--output', output], {
      stdin: 'ignore',
      stderr: ['inherit', 'pipe'],
      reject: false,
      cancelSignal: signal,
      gracefulCancel: false,
      forceKillAfterDelay: 60_000, // it removes what it made
      buffer: {stdout: false},
    });
    const posts = new Progress(port);
    for await (const line of run) posts.take(line);
    const ended = await run;
    await posts.end();
    code = ended.exitCode ?? exitCodes.internal;
    why = lastLine(ended.stderr) ?? ended.shortMessage ?? `it ended with exit code ${code}`;
    if (ended.exitCode !== undefined && existsSync(own)) copyFileSync(own, result); // else it may be cut short
  } catch (error) {
    why = messageOf(error);
  } finally {
    if (!existsSync(result)) writeFileSync(result, brokenOff(why));
    writeFileSync(join(folder, 'done'), result);
  }
  return code;
}

/** Posts to Sonobuoy how many scenarios have ended, one request after the other; one that fails costs the run nothing. */
class Progress {
  readonly #port: string | undefined;
  readonly #failures = new Set<string>();
  readonly #errors: string[] = [];
  #posted: Promise<unknown> = Promise.resolve();
  #total = 0;
  #completed = 0;

  constructor(port: string | undefined) {
    this.#port = port;
  }

  take(line: string): void {
    const event = eventSchema.safeParse(parsed(line)).data;
    if (event === undefined) return;
    if (event.event === 'verdict') {
      this.#failures.add(event.requirement);
    } else if (event.event === 'recording') {
      this.#total += event.scenarios.length;
      this.#post('recording');
    } else {
      if (event.reason === 'error' || event.reason === 'not-started')
        this.#errors.push(`${event.title}: ${event.text}`);
      else this.#completed += 1;
      this.#post(event.title);
    }
  }

  async end(): Promise<void> {
    await this.#posted;
  }

  #post(msg: string): void {
    if (this.#port === undefined) return;
    const body = JSON.stringify({
      msg,
      total: this.#total,
      completed: this.#completed,
      failures: [...this.#failures],
      errors: [...this.#errors],
    });
    const url = `http://localhost:${this.#port}/progress`;
    const send = () => fetch(url, {method: 'POST', headers: {'content-type': 'application/json'}, body});
    this.#posted = this.#posted.then(send).then(
      answer => answer.body?.cancel(),
      () => {
        say('Sonobuoy does not take the progress');
      },
    );
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function lastLine(text: unknown): string | undefined {
  const lines = typeof text === 'string' ? text.trim().split('\n') : [];
  return lines.findLast(line => line.startsWith('rac: '))?.slice('rac: '.length);
}

/** The result of a run that reached no verdict: one error, since Sonobuoy takes a file without any for a pass. */
function brokenOff(why: string): string {
  const document = create({version: '1.0', encoding: 'UTF-8', invalidCharReplacement: '\uFFFD'});
  const suite = document
    .ele('testsuites', {name: 'RestartAllContainers conformance', tests: '1', failures: '0', errors: '1', skipped: '0'})
    .ele('testsuite', {name: 'run', tests: '1', failures: '0', errors: '1', skipped: '0', time: '0'});
  const one = suite.ele('testcase', {name: 'The run reaches a verdict', classname: 'run', time: '0'});
  one.ele('error', {message: why, type: 'no verdict'}).txt(why);
  return `${document.end({prettyPrint: true})}\n`;
}

const examples = `
Results go to SONOBUOY_RESULTS_DIR (${usual}): junit.xml, the folder of the run, and at the end the file done with the path of
the result. Progress is posted to SONOBUOY_PROGRESS_PORT.

Examples:
  rac sonobuoy
  rac sonobuoy -- --in-cluster --profile core
`;
