import http, {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import https from 'node:https';
import type {AddressInfo, Server} from 'node:net';
import type {Duplex} from 'node:stream';
import {text} from 'node:stream/consumers';
import {KubeConfig, type User} from '@kubernetes/client-node';
import {z} from 'zod';
import {Api} from '../target/api.ts';
import {Collection, respond, type Draft} from './collection.ts';
import {ExecCall} from './exec-call.ts';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

export type Answer = (response: ServerResponse, received: Received) => void;

const draftSchema: z.ZodType<Draft> = z.looseObject({
  metadata: z.looseObject({name: z.string(), labels: z.record(z.string(), z.string()).optional()}),
});
const collectionPath = /^\/api\/v1\/(?:namespaces|namespaces\/[^/]+\/[a-z]+)$/;

export const answer =
  (body: unknown, code = 200): Answer =>
  response => {
    respond(response, code, body);
  };

export const refuse = (code: number, message: string): Answer => answer({kind: 'Status', code, message}, code);

/** Answers a create with what was sent. */
export const echo: Answer = (response, {body}) => {
  respond(response, 201, body);
};

/** Breaks the connection in place of an answer. */
export const hangUp: Answer = response => response.destroy();

/** A stand-in for an API server on 127.0.0.1: namespaces and what is in them work, everything else is as `on` says. */
export class ApiServer implements AsyncDisposable {
  readonly received: Received[] = [];
  readonly #server: http.Server | https.Server;
  readonly #answers: {method: string; path: RegExp; answer: Answer}[] = [];
  readonly #collections = new Map<string, Collection>();
  readonly #sockets = new Set<Duplex>();
  #exec: (call: ExecCall) => void = call => {
    call.succeed('');
  };

  private constructor(tls: https.ServerOptions | undefined) {
    const listener: RequestListener = (request, response) => void this.#take(request, response);
    this.#server = tls === undefined ? http.createServer(listener) : https.createServer(tls, listener);
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
      this.#sockets.add(socket);
      this.#exec(new ExecCall(request, socket));
    });
  }

  static async start(tls?: https.ServerOptions): Promise<ApiServer> {
    const server = new ApiServer(tls);
    const {promise, resolve} = Promise.withResolvers<undefined>();
    server.#server.listen(0, '127.0.0.1', () => {
      resolve(undefined);
    });
    await promise;
    return server;
  }

  get url(): string {
    const {port} = addressOf(this.#server);
    return `${this.#server instanceof https.Server ? 'https' : 'http'}://127.0.0.1:${port}`;
  }

  /** Answers such requests in its own way from now on. */
  on(method: string, path: RegExp, say: Answer): this {
    this.#answers.unshift({method, path, answer: say});
    return this;
  }

  /** Runs every command of an exec. */
  onExec(run: (call: ExecCall) => void): this {
    this.#exec = run;
    return this;
  }

  collection(path: string): Collection {
    const collection = this.#collections.get(path) ?? new Collection();
    this.#collections.set(path, collection);
    return collection;
  }

  config(user: Omit<User, 'name'> = {}, cluster: {caData?: string} = {}): KubeConfig {
    const config = new KubeConfig();
    config.loadFromClusterAndUser(
      {name: 'stand-in', server: this.url, skipTLSVerify: cluster.caData === undefined, ...cluster},
      {name: 'tester', ...user},
    );
    return config;
  }

  api(): Api {
    return new Api(this.config(), 'rac-test/1');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const {promise, resolve} = Promise.withResolvers<undefined>();
    this.#server.close(() => {
      resolve(undefined);
    });
    this.#server.closeAllConnections();
    for (const socket of this.#sockets) socket.destroy();
    await promise;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const {pathname: path, searchParams: query} = new URL(request.url ?? '/', this.url);
    const sent = await text(request);
    const {method = 'GET', headers} = request;
    const body: unknown = sent === '' ? undefined : JSON.parse(sent);
    const received = {method, path, query, headers, body};
    this.received.push(received);
    const own = this.#answers.find(each => each.method === method && each.path.test(path));
    if (own !== undefined) own.answer(response, received);
    else this.#store(response, received);
  }

  #store(response: ServerResponse, {method, path, query, body}: Received): void {
    const parent = path.slice(0, path.lastIndexOf('/'));
    const name = path.slice(parent.length + 1);
    const selector = query.get('labelSelector') ?? '';
    if (collectionPath.test(path)) {
      const collection = this.collection(path);
      if (query.has('watch')) collection.answerWatch(response, query.get('resourceVersion') ?? '', selector);
      else if (method === 'GET') collection.answerList(response, selector);
      else if (method === 'POST') respond(response, 201, this.#create(collection, draftSchema.parse(body)));
      else for (const each of collection.names) collection.remove(each);
      if (method === 'DELETE') respond(response, 200, {kind: 'Status'});
    } else if (method === 'DELETE' && this.collection(parent).names.includes(name)) {
      this.collection(parent).remove(name);
      respond(response, 200, {kind: 'Status'});
    } else {
      refuse(404, `${path} not found`)(response, {method, path, query, body, headers: {}});
    }
  }

  #create(collection: Collection, draft: Draft): Draft {
    const {name} = draft.metadata;
    if (collection === this.collection('/api/v1/namespaces')) {
      this.collection(`/api/v1/namespaces/${name}/serviceaccounts`).put({metadata: {name: 'default'}});
    }
    const added = {uid: `uid-of-${name}`, creationTimestamp: new Date().toISOString()};
    return collection.put({...draft, metadata: {...draft.metadata, ...added}});
  }
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the stand-in server does not listen');
  return address;
}
