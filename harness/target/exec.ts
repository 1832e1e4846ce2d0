import {PassThrough} from 'node:stream';
import {Exec, type KubeConfig} from '@kubernetes/client-node';
import {z} from 'zod';
import {messageOf} from '../errors.ts';

/** The part of client-node's Exec that is used; unit tests put a stand-in here. */
export type OpenExec = (
  namespace: string,
  pod: string,
  container: string,
  command: string[],
  stdout: PassThrough,
  stderr: PassThrough,
  onStatus: (status: unknown) => void,
) => Promise<{on(event: 'close' | 'error', listener: (detail: unknown) => void): unknown; terminate(): void}>;

export interface ExecRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
  /** Longest wait for the command, ms. */
  readonly timeoutMs: number;
  /** Ends the wait with its own reason. */
  readonly signal?: AbortSignal;
}

const statusSchema = z.looseObject({status: z.string().optional(), message: z.string().optional()});

/** An exec through client-node, for the given kubeconfig. */
export function openExec(config: KubeConfig): OpenExec {
  const exec = new Exec(config);
  return (namespace, pod, container, command, stdout, stderr, onStatus) =>
    exec.exec(namespace, pod, container, command, stdout, stderr, null, false, onStatus);
}

/**
 * Runs a command in a container and gives what it printed. client-node's exec never settles when the socket dies without
 * a status, so the command is raced against the socket's end and a timer.
 *
 * @throws Error where the container can't be reached, the command fails, its socket dies or its time is over; the signal's reason
 */
export async function exec(
  open: OpenExec,
  {namespace, pod, container, command, timeoutMs, signal}: ExecRequest,
): Promise<string> {
  const where = `exec in ${pod}/${container}`;
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const printed = {out: '', err: ''};
  stdout.setEncoding('utf8').on('data', (chunk: string) => (printed.out += chunk));
  stderr.setEncoding('utf8').on('data', (chunk: string) => (printed.err += chunk));
  const {promise, resolve, reject} = Promise.withResolvers<string>();
  const timer = setTimeout(() => {
    reject(new Error(`${where} did not end within ${timeoutMs} ms`));
  }, timeoutMs);
  const abort = (): void => {
    reject(signal?.reason);
  };
  signal?.addEventListener('abort', abort, {once: true});
  if (signal?.aborted === true) abort();
  const opened = open(namespace, pod, container, [...command], stdout, stderr, status => {
    const {data} = statusSchema.safeParse(status);
    if (data?.status === 'Success') resolve(printed.out);
    else reject(new Error(`${where} failed: ${data?.message ?? 'no reason given'} ${printed.err}`.trim()));
  }).then(
    socket => {
      socket.on('close', () => {
        reject(new Error(`${where}: the connection ended without a status`));
      });
      socket.on('error', error => {
        reject(new Error(`${where}: ${messageOf(error)}`));
      });
      return socket;
    },
    (cause: unknown) => {
      reject(new Error(`${where} was refused: ${saidBy(cause)}`, {cause}));
      return undefined;
    },
  );
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    void opened.then(socket => socket?.terminate());
  }
}

/** What a refused connection says: an Error, or an ErrorEvent, which is none. */
function saidBy(cause: unknown): string {
  return z.looseObject({message: z.string()}).safeParse(cause).data?.message ?? messageOf(cause);
}
