import type {IncomingMessage} from 'node:http';
import {setTimeout as delay} from 'node:timers/promises';
import {z} from 'zod';
import {messageOf} from '../errors.ts';
import {ApiError, type Api} from '../target/api.ts';

const objectSchema = z.looseObject({metadata: z.looseObject({resourceVersion: z.string().optional()})});
const listSchema = z.object({metadata: z.looseObject({resourceVersion: z.string()}), items: z.array(objectSchema)});
const lineSchema = z.object({
  type: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']),
  object: z.looseObject({}),
});
const errorSchema = z.looseObject({code: z.number().optional(), message: z.string().optional()});

/** What a watch delivers: an object of the list or of the stream, or that continuity was lost. */
export type Delivery =
  | {readonly type: 'LISTED' | 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: Record<string, unknown>}
  | {readonly type: 'GAP'; readonly why: string};

export interface WatchOptions {
  /** Collection, such as /api/v1/namespaces/NAME/pods. */
  readonly path: string;
  readonly labelSelector?: string;
  /** Must not throw; called in order of arrival. */
  readonly deliver: (delivery: Delivery) => void;
  readonly signal: AbortSignal;
  /** Silence after which a connection is taken for dead, ms; bookmarks come about once a minute. */
  readonly silenceMs: number;
  /** Pause before a connection that could not be opened is tried again, ms. */
  readonly reconnectMs: number;
}

/** A watch that goes on until its signal is aborted. */
export interface Watching {
  /** Why it has no connection at present; undefined where it has one or has not yet tried in vain. */
  readonly away: string | undefined;
}

/** Where a watch goes on. */
interface Position {
  resourceVersion: string;
  away: string | undefined;
}

/**
 * Lists a collection and watches it from there, and goes on from the last resourceVersion whenever the stream ends, for
 * whatever reason. Where the server no longer knows that version (410) or sends something unreadable, it delivers a GAP
 * and lists again. client-node's Watch does none of this: it ends quiet streams after 30 s and swallows bad lines.
 *
 * @returns after the first list; the watch goes on until the signal is aborted
 * @throws ApiError or SuiteError where the first list is refused
 */
export async function watch(api: Api, options: WatchOptions): Promise<Watching> {
  const position = {resourceVersion: await list(api, options), away: undefined};
  void follow(api, options, position);
  return position;
}

/** A label selector for objects that carry all of these labels. */
export function selectorOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

function url({path, labelSelector}: WatchOptions, query: Record<string, string> = {}): string {
  const selector = labelSelector === undefined ? {} : {labelSelector};
  return `${path}?${new URLSearchParams({...selector, ...query}).toString()}`;
}

async function list(api: Api, options: WatchOptions): Promise<string> {
  const {deliver, signal} = options;
  const {metadata, items} = listSchema.parse(await api.json(url(options), {signal}));
  for (const object of items) deliver({type: 'LISTED', object});
  return metadata.resourceVersion;
}

async function follow(api: Api, options: WatchOptions, position: Position): Promise<void> {
  const {deliver, signal} = options;
  let lost: string | undefined;
  let idle = false;
  while (!signal.aborted) {
    try {
      if (lost !== undefined) {
        position.resourceVersion = await list(api, options);
        lost = undefined;
      }
      const from = position.resourceVersion;
      lost = await stream(api, options, position);
      if (lost !== undefined) deliver({type: 'GAP', why: lost});
      const brought = position.resourceVersion !== from;
      if (idle && !brought) await pause(options); // a server that ends every connection at once is not asked without a break
      idle = !brought;
    } catch (error) {
      if (error instanceof ApiError && error.code === 410 && lost === undefined) {
        lost = error.message;
        deliver({type: 'GAP', why: lost});
      } else {
        position.away = messageOf(error);
        await pause(options);
      }
    }
  }
}

async function pause({reconnectMs, signal}: WatchOptions): Promise<void> {
  await delay(reconnectMs, undefined, {signal}).catch(() => undefined);
}

/** Reads one connection to its end; gives why continuity was lost, or undefined where it can be resumed. */
async function stream(api: Api, options: WatchOptions, position: Position): Promise<string | undefined> {
  const connection = new AbortController();
  const signal = AbortSignal.any([options.signal, connection.signal]);
  const silence = setTimeout(() => {
    connection.abort();
  }, options.silenceMs);
  try {
    const query = {watch: 'true', allowWatchBookmarks: 'true', resourceVersion: position.resourceVersion};
    const response = await api.stream(url(options, query), {signal});
    position.away = undefined;
    response.on('data', () => silence.refresh());
    return await readLines(response, options, position);
  } finally {
    clearTimeout(silence);
    connection.abort();
  }
}

async function readLines(
  response: IncomingMessage,
  {deliver}: WatchOptions,
  position: Position,
): Promise<string | undefined> {
  response.setEncoding('utf8');
  let pending = '';
  const chunks: AsyncIterable<unknown> = response;
  try {
    for await (const chunk of chunks) {
      const lines = (pending + String(chunk)).split('\n');
      pending = lines.pop() ?? ''; // a line that the connection cuts short is sent again on resuming
      for (const line of lines) {
        const why = take(line, deliver, position);
        if (why !== undefined) return why;
      }
    }
  } catch {
    return undefined; // the connection broke: everything up to position was delivered, so it can be resumed
  }
  return undefined;
}

/** Delivers one line of the stream and moves the position on; gives why that can't be done. */
function take(line: string, deliver: WatchOptions['deliver'], position: Position): string | undefined {
  const event = parse(line);
  if (event === undefined) return `the watch sent an unreadable line of ${line.length} characters`;
  if (event.type === 'ERROR')
    return errorSchema.safeParse(event.object).data?.message ?? 'the watch sent an error without a message';
  const resourceVersion = objectSchema.safeParse(event.object).data?.metadata.resourceVersion;
  if (resourceVersion === undefined) return 'the watch sent an object without a resourceVersion';
  position.resourceVersion = resourceVersion;
  if (event.type !== 'BOOKMARK') deliver({type: event.type, object: event.object});
  return undefined;
}

function parse(line: string): z.infer<typeof lineSchema> | undefined {
  try {
    return lineSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
