import {watch, type Delivery, type Watching, type WatchOptions} from '../recorder/watch.ts';
import {ApiServer} from './api-server.ts';
import {Calls} from './changes.ts';
import type {Collection} from './collection.ts';

/** A collection of Pods on a stand-in server, and a watch on it. */
export class WatchedPods implements AsyncDisposable {
  static readonly path = '/api/v1/namespaces/test/pods';
  readonly server: ApiServer;
  readonly pods: Collection;
  readonly stop = new AbortController();
  readonly deliveries = new Calls<Delivery>();

  private constructor(server: ApiServer) {
    this.server = server;
    this.pods = server.collection(WatchedPods.path);
  }

  static async serve(): Promise<WatchedPods> {
    return new WatchedPods(await ApiServer.start());
  }

  start(more: Partial<WatchOptions> = {}): Promise<Watching> {
    const {path} = WatchedPods;
    const calls = {deliver: this.deliveries.take, signal: this.stop.signal};
    return watch(this.server.api(), {path, ...calls, silenceMs: 60_000, reconnectMs: 1, ...more});
  }

  put(name: string, note?: string): void {
    this.pods.put({metadata: {name, ...(note === undefined ? {} : {labels: {note}})}});
  }

  /** Resolves once the collection was asked for a watch that often. */
  watching(count: number): Promise<void> {
    return this.pods.until(() => this.pods.watchedFrom.length >= count);
  }

  /** Deliveries as "TYPE name", once there are that many. */
  async seen(count: number): Promise<string[]> {
    return (await this.deliveries.first(count)).map(told);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop.abort();
    await this.server[Symbol.asyncDispose]();
  }
}

function told(delivery: Delivery): string {
  if (delivery.type === 'GAP') return `GAP ${delivery.why}`;
  return `${delivery.type} ${/"name":"([^"]+)"/.exec(JSON.stringify(delivery.object))?.[1] ?? '?'}`;
}
