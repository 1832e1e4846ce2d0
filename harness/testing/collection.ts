import type {ServerResponse} from 'node:http';
import {Changes} from './changes.ts';

/** An object as a test writes it. */
export interface Draft {
  readonly metadata: {readonly name: string; readonly labels?: Readonly<Record<string, string>> | undefined};
}

interface Version {
  readonly at: number;
  readonly labels: Draft['metadata']['labels'];
  readonly line: string;
}

/**
 * One collection of the stand-in API server: keeps its objects and every version of them under a resourceVersion, and
 * answers list and watch from that as an API server does. Its connections break when a test says so.
 */
export class Collection extends Changes {
  /** resourceVersion that each watch so far was asked from. */
  readonly watchedFrom: string[] = [];
  readonly #objects = new Map<string, Draft & {metadata: object}>();
  readonly #open = new Map<ServerResponse, string>();
  #history: Version[] = [];
  #at = 100;
  #forgotten: {before: number; answer: 'refused' | 'in the stream'} = {before: 0, answer: 'refused'};

  get names(): readonly string[] {
    return [...this.#objects.keys()];
  }

  get openWatches(): number {
    return this.#open.size;
  }

  object(name: string): Draft | undefined {
    return this.#objects.get(name);
  }

  /** Stores a version of an object and sends it to every watch. */
  put(draft: Draft): Draft {
    const type = this.#objects.has(draft.metadata.name) ? 'MODIFIED' : 'ADDED';
    const object = this.#version(type, draft);
    this.#objects.set(draft.metadata.name, object);
    this.changed();
    return object;
  }

  remove(name: string): void {
    const object = this.#objects.get(name);
    if (object === undefined) return;
    this.#objects.delete(name);
    this.#version('DELETED', object);
    this.changed();
  }

  /** Moves the resourceVersion on, as a change of other objects does. */
  advance(): void {
    this.#at += 1;
  }

  /** Sends a bookmark of the newest resourceVersion. */
  bookmark(): void {
    this.say(`${JSON.stringify({type: 'BOOKMARK', object: {metadata: {resourceVersion: String(this.#at)}}})}\n`);
  }

  /** Sends text as it is on every open watch. */
  say(text: string | Buffer): void {
    for (const response of this.#open.keys()) response.write(text);
  }

  /** Breaks every open watch, after the given text. */
  cut(text = ''): void {
    for (const response of this.#open.keys()) {
      if (text === '') response.destroy();
      else response.write(text, () => response.destroy());
    }
    this.#open.clear();
  }

  /** Ends every open watch in good order, as an API server does after its time limit. */
  end(): void {
    for (const response of this.#open.keys()) response.end();
    this.#open.clear();
  }

  /** Drops the history: a watch from any version before the newest gets 410. */
  forget(answer: 'refused' | 'in the stream'): void {
    this.#history = [];
    this.#forgotten = {before: this.#at, answer};
  }

  answerList(response: ServerResponse, selector: string): void {
    const items = [...this.#objects.values()].filter(({metadata}) => selects(selector, metadata.labels));
    respond(response, 200, {metadata: {resourceVersion: String(this.#at)}, items});
  }

  answerWatch(response: ServerResponse, from: string, selector: string): void {
    this.watchedFrom.push(from);
    const {before, answer} = this.#forgotten;
    if (Number(from) < before) {
      const expired = {kind: 'Status', code: 410, reason: 'Expired', message: `too old resource version: ${from}`};
      if (answer === 'refused') respond(response, 410, expired);
      else response.end(`${JSON.stringify({type: 'ERROR', object: expired})}\n`);
    } else {
      response.flushHeaders();
      this.#open.set(response, selector);
      response.on('close', () => {
        this.#open.delete(response);
        this.changed();
      });
      for (const {at, labels, line} of this.#history) {
        if (at > Number(from) && selects(selector, labels)) response.write(line);
      }
    }
    this.changed();
  }

  #version(type: string, draft: Draft): Draft & {metadata: object} {
    const object = {...draft, metadata: {...draft.metadata, resourceVersion: String(++this.#at)}};
    const {labels} = draft.metadata;
    const line = `${JSON.stringify({type, object})}\n`;
    this.#history.push({at: this.#at, labels, line});
    for (const [response, selector] of this.#open) if (selects(selector, labels)) response.write(line);
    return object;
  }
}

export function respond(response: ServerResponse, code: number, body: unknown): void {
  response.writeHead(code, {'Content-Type': 'application/json'}).end(JSON.stringify(body));
}

function selects(selector: string, labels: Draft['metadata']['labels']): boolean {
  return selector.split(',').every(each => {
    const [key = '', value] = each.split('=');
    const is = labels?.[key];
    return key === '' || (is !== undefined && (value === undefined || value === is));
  });
}
