import https from 'node:https';
import http from 'node:http';
import type {IncomingMessage} from 'node:http';
import {text} from 'node:stream/consumers';
import type {KubeConfig} from '@kubernetes/client-node';
import {z} from 'zod';
import {messageOf, SuiteError} from '../errors.ts';
import {budgets, callsAtOnce} from '../timeouts.ts';
import {openExec, type OpenExec} from './exec.ts';

const statusSchema = z.looseObject({message: z.string().optional()});

/** The API server's refusal of a request. */
export class ApiError extends Error {
  readonly code: number;
  /** The whole answer. */
  readonly body: unknown;

  constructor(code: number, message: string, body?: unknown) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.body = body;
  }
}

/** What the API server answered, whether it did what was asked or refused it. */
export interface Answer {
  readonly code: number;
  readonly body: unknown;
  /** Its Warning headers. */
  readonly warnings: readonly string[];
}

export interface Request {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal | undefined;
}

/** A request as it is sent. */
export interface Sent {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
}

/** How requests are sent, apart from what the kubeconfig says. */
export interface ApiOptions {
  /** Called with each request: also with a watch, with one that is sent once more, and with an exec. */
  readonly sent?: ((request: Sent) => void) | undefined;
  /** How many connections are kept open for later requests at most, where there is no proxy. */
  readonly connections?: number;
}

/** For how long a connection is kept without a request, ms: no server, and no load balancer before it, closes one so soon. */
const keptMs = 5000;

/**
 * The Kubernetes API as plain JSON. client-node gives the credentials, TLS and proxy of the kubeconfig; its typed client is
 * not used for objects, since it drops every field that its release does not know.
 */
export class Api {
  readonly config: KubeConfig;
  readonly #userAgent: string;
  readonly #options: ApiOptions;
  readonly #kept = new Map<https.Agent, https.Agent>();

  /**
   * @param config a kubeconfig with its current context chosen
   * @param userAgent the suite's name and version, seen in the API server's audit log
   */
  constructor(config: KubeConfig, userAgent: string, options: ApiOptions = {}) {
    this.config = config;
    this.#userAgent = userAgent;
    this.#options = options;
  }

  /** A way to run commands in containers. */
  openExec(): OpenExec {
    const open = openExec(this.config);
    return (namespace, pod, ...rest) => {
      this.#options.sent?.({method: 'GET', path: `/api/v1/namespaces/${namespace}/pods/${pod}/exec`});
      return open(namespace, pod, ...rest);
    };
  }

  /**
   * Sends one request and reads its JSON answer.
   *
   * @param path path and query, beginning with /
   * @throws ApiError where the server refuses, SuiteError `unreachable` where it doesn't answer
   */
  async json(path: string, request: Request = {}): Promise<unknown> {
    const answer = await this.text(path, request);
    return answer === '' ? undefined : JSON.parse(answer);
  }

  /**
   * As json, with a refusal given like any other answer.
   *
   * @throws SuiteError `unreachable` where the server doesn't answer
   */
  async answer(path: string, request: Request = {}): Promise<Answer> {
    const {limited, signal} = withLimit(request);
    try {
      const response = await this.stream(path, limited);
      const body: unknown = JSON.parse(await text(response).catch((cause: unknown) => this.#unanswered(cause, signal)));
      return {code: response.statusCode ?? 0, body, warnings: response.headersDistinct['warning'] ?? []};
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return {code: error.code, body: error.body, warnings: []};
    }
  }

  /**
   * As json, for an answer that is not JSON. What only reads is asked once more where the connection was lost before any
   * answer, and that is said on stderr: a load balancer may have dropped it.
   */
  async text(path: string, request: Request = {}): Promise<string> {
    const {limited, signal} = withLimit(request);
    const response = await this.stream(path, limited).catch(async (error: unknown) => {
      if ((request.method ?? 'GET') !== 'GET' || !wasReset(error)) throw error;
      process.stderr.write(`rac: ${messageOf(error)}; asking once more for ${path}\n`);
      return this.stream(path, limited);
    });
    return text(response).catch((cause: unknown) => this.#unanswered(cause, signal));
  }

  /** As json, with the body left to the caller to read; aborting the signal ends it. */
  async stream(path: string, request: Request = {}): Promise<IncomingMessage> {
    const server = this.config.getCurrentCluster()?.server;
    if (server === undefined) throw new SuiteError('badContext', 'the kubeconfig has no current cluster');
    const options: Omit<https.RequestOptions, 'headers'> & {headers?: http.OutgoingHttpHeaders} = {};
    await this.config.applyToHTTPSOptions(options);
    if (options.agent instanceof https.Agent) options.agent = this.#keeping(options.agent); // that of a proxy is none
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    this.#options.sent?.({method: request.method ?? 'GET', path});
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = (server.startsWith('https:') ? https : http).request(
        new URL(server.replace(/\/$/, '') + path),
        {
          ...options,
          method: request.method ?? 'GET',
          headers: {
            ...options.headers,
            Accept: 'application/json',
            'User-Agent': this.#userAgent,
            // Of a DELETE, Node sends no length of its own accord.
            ...(body === undefined
              ? {}
              : {
                  'Content-Type': request.contentType ?? 'application/json',
                  'Content-Length': Buffer.byteLength(body),
                }),
          },
          ...(request.signal === undefined ? {} : {signal: request.signal}),
        },
        resolve,
      );
      sent.on('error', reject);
      sent.end(body);
    }).catch((cause: unknown) => this.#unanswered(cause, request.signal));
    const code = response.statusCode ?? 0;
    if (code < 300) return response;
    throw refusal(code, await text(response).catch((cause: unknown) => this.#unanswered(cause, request.signal)));
  }

  /** An agent like that of the kubeconfig, which opens a connection for each request, that keeps some for the next ones. */
  #keeping(agent: https.Agent): https.Agent {
    const known = this.#kept.get(agent);
    if (known !== undefined) return known;
    const kept = new https.Agent({
      ...agent.options,
      keepAlive: true,
      maxFreeSockets: this.#options.connections ?? callsAtOnce,
      timeout: keptMs, // ends none that is in use
    });
    this.#kept.set(agent, kept);
    return kept;
  }

  /** Throws what a request without a whole answer means: the caller's own reason, or a server that doesn't answer. */
  #unanswered(cause: unknown, signal: AbortSignal | undefined): never {
    const late = signal?.aborted === true && isTimeout(signal.reason);
    if (signal?.aborted === true && !late) throw signal.reason;
    const server = this.config.getCurrentCluster()?.server ?? '';
    throw new SuiteError(
      'unreachable',
      `the API server ${server} does not answer: ${messageOf(late ? signal.reason : cause)}`,
      {
        next: 'check that the cluster runs and that the context names it: kubectl --context CONTEXT version',
        cause,
      },
    );
  }
}

/** Bounds the time of a whole answer. */
function withLimit(request: Request): {limited: Request; signal: AbortSignal} {
  const limit = AbortSignal.timeout(budgets().answer.ms);
  const signal = request.signal === undefined ? limit : AbortSignal.any([limit, request.signal]);
  return {limited: {...request, signal}, signal};
}

const resetSchema = z.looseObject({cause: z.looseObject({code: z.literal('ECONNRESET')})});

/** Whether a connection was ended by the other side before an answer began. */
function wasReset(error: unknown): boolean {
  return error instanceof SuiteError && resetSchema.safeParse({cause: error.cause}).success;
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}

function refusal(code: number, body: string): ApiError {
  try {
    const status = statusSchema.parse(JSON.parse(body));
    return new ApiError(code, status.message ?? `HTTP ${code}`, status);
  } catch {
    return new ApiError(code, `HTTP ${code}: ${body.slice(0, 200)}`, body);
  }
}
