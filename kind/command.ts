import {execa, ExecaError} from 'execa';
import {type ExitCause, SuiteError} from '../harness/errors.ts';

/** How a command is run. */
export interface CommandOptions {
  readonly signal: AbortSignal;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Text for its standard input; without it and `inputFile` the command reads nothing. */
  readonly input?: string;
  readonly inputFile?: string;
  /** Called with each line of standard output and standard error. */
  readonly onLine?: (line: string) => void;
  /** What a failure counts as: `buildFailed` unless told. */
  readonly exit?: ExitCause;
  readonly next?: string;
  readonly timeoutMs?: number;
  /** For a command that has nothing to stop in order: an abort kills it and all that it started. */
  readonly killAll?: boolean;
  /** For a command that must not be broken off: Ctrl-C on a terminal doesn't reach it, and an abort counts only after it. */
  readonly shielded?: boolean;
}

const lastLines = 15;
const noRoom = /no space left on device|ENOSPC|disk quota exceeded/i;

/**
 * Runs one command to its end and gives its standard output.
 *
 * @throws SuiteError with the command as it can be pasted and its last lines; the reason of the signal when that was
 *   what ended it
 */
export async function run(file: string, args: readonly string[], options: CommandOptions): Promise<string> {
  options.signal.throwIfAborted();
  const child = execa(file, args, {
    all: true,
    ...(options.shielded === true ? {detached: true} : {cancelSignal: options.signal, forceKillAfterDelay: 5000}),
    maxBuffer: 20_000_000,
    // A group of its own, so that what the command started can be killed with it.
    ...(options.killAll === true ? {detached: true, killSignal: 'SIGKILL' as const} : {}),
    ...(options.cwd === undefined ? {} : {cwd: options.cwd}),
    ...(options.env === undefined ? {} : {env: options.env}),
    ...(options.timeoutMs === undefined ? {} : {timeout: options.timeoutMs}),
    ...(options.input !== undefined
      ? {input: options.input}
      : options.inputFile !== undefined
        ? {inputFile: options.inputFile}
        : {stdin: 'ignore' as const}),
  });
  const {pid} = child;
  const killGroup = (): void => {
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  };
  if (options.killAll === true) options.signal.addEventListener('abort', killGroup, {once: true});
  const watched = options.onLine === undefined ? undefined : passLines(child.iterable({from: 'all'}), options.onLine);
  try {
    const {stdout} = await child;
    options.signal.throwIfAborted();
    return stdout;
  } catch (error) {
    options.signal.throwIfAborted();
    throw failure(file, args, error, options);
  } finally {
    options.signal.removeEventListener('abort', killGroup);
    await watched;
  }
}

async function passLines(lines: AsyncIterable<unknown>, onLine: (line: string) => void): Promise<void> {
  try {
    for await (const line of lines) onLine(String(line));
  } catch {
    // The command's own promise carries its failure.
  }
}

/** The command as it can be pasted into a shell. */
export function pasteable(file: string, args: readonly string[]): string {
  return [file, ...args]
    .map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}

function failure(file: string, args: readonly string[], error: unknown, options: CommandOptions): SuiteError {
  const all: unknown = error instanceof ExecaError ? error.all : '';
  const output = typeof all === 'string' ? all.trimEnd() : '';
  const ended = error instanceof ExecaError ? error.shortMessage.split('\n')[0] : String(error);
  const tail = output.split('\n').slice(-lastLines).join('\n       ');
  const what = `${pasteable(file, args)} failed: ${endOf(error) ?? ended ?? ''}${tail === '' ? '' : `\n       ${tail}`}`;
  if (noRoom.test(output)) {
    return new SuiteError('diskFull', what, {
      next: 'free some room (rac clean shows what rac itself holds)',
      cause: error,
    });
  }
  return new SuiteError(options.exit ?? 'buildFailed', what, {
    cause: error,
    ...(options.next === undefined ? {} : {next: options.next}),
  });
}

function endOf(error: unknown): string | undefined {
  if (!(error instanceof ExecaError)) return undefined;
  if (error.timedOut) return 'it took too long';
  if (error.exitCode !== undefined) return `exit code ${error.exitCode}`;
  if (error.signal !== undefined) return `ended by ${error.signal}`;
  return error.code === 'ENOENT' ? 'no such command' : undefined;
}

/** What a command prints, or undefined where it is missing or fails; for questions whose answer may be "no". */
export async function ask(
  file: string,
  args: readonly string[],
  signal: AbortSignal,
  timeoutMs = 10_000,
): Promise<string | undefined> {
  try {
    return await run(file, args, {signal, timeoutMs});
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
