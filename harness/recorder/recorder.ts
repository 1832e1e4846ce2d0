import {closeSync, openSync, writeSync} from 'node:fs';
import {z} from 'zod';
import {messageOf, SuiteError} from '../errors.ts';
import {
  journalEntrySchema,
  nameInApi,
  observationSchema,
  type Header,
  type Observation,
} from '../recording/observation.ts';
import type {Pod} from '../recording/pod.ts';
import {groupOf, type Watchable} from '../recording/scenario.ts';
import type {Budget, Budgets} from '../timeouts.ts';
import {ApiError, type Api} from '../target/api.ts';
import {selectorOf, watch, type Delivery, type Watching} from './watch.ts';

/** An observation before the recorder has given it its time. */
type Unstamped<T> = T extends {atMs: number} ? Omit<T, 'atMs'> : never;

export interface RecorderOptions {
  readonly api: Api;
  readonly namespace: string;
  /** Labels of the scenario's own objects, where others have objects in the namespace too. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly file: string;
  readonly header: Header;
  readonly budgets: Budgets;
  readonly signal: AbortSignal;
}

type Resource = 'pods' | 'events' | Watchable;

const listSchema = z.object({
  items: z.array(z.looseObject({metadata: z.looseObject({resourceVersion: z.string()})})),
});

/** A wait for a state of the Pod that the watch did not bring within its budget. */
export class OutOfPatience extends Error {}

const involvedSchema = z.looseObject({involvedObject: z.looseObject({name: z.string()})});

/**
 * Writes what is seen in one namespace, or of it what belongs to one scenario, to a file, in order of arrival, each line with its time on the monotonic clock. What
 * a watch delivers is only stored and handed to whoever waits for a state; nothing is judged here.
 */
export class Recorder {
  readonly #file: number;
  readonly #began = performance.now();
  readonly #stop = new AbortController();
  readonly #waiting = new Set<() => void>();
  readonly #watches = new Map<string, Watching>();
  readonly #options: RecorderOptions;
  readonly #delivered = new Set<string>();
  readonly #selector: string | undefined;
  readonly #pods = new Map<string, Pod>();
  readonly #objects = new Map<string, Extract<Observation, {kind: 'object'}>>();
  /** Lines of each journal that were read, by the Pod's UID. */
  readonly #journalLines = new Map<string, number>();
  #subject: string;
  /** Pods by name that were deleted from the API and not created again. */
  readonly #gone = new Set<string>();
  #failure: {resource: string; error: unknown} | undefined;

  private constructor(options: RecorderOptions) {
    this.#options = options;
    this.#subject = options.header.pod;
    this.#selector = options.labels === undefined ? undefined : selectorOf(options.labels);
    this.#file = openSync(options.file, 'wx');
    this.#write(options.header);
  }

  /**
   * Opens the watches on the namespace's Pods and events, and on what else the scenario watches. Every object created after this returns is seen.
   *
   * @throws SuiteError `forbidden` where a list is refused, `diskFull` where the file can't be written
   */
  static async open(options: RecorderOptions): Promise<Recorder> {
    const recorder = new Recorder(options);
    try {
      const resources = ['pods', 'events', ...(options.header.scenario.watches ?? [])] as const;
      await Promise.all(resources.map(resource => recorder.#watch(resource)));
      return recorder;
    } catch (error) {
      recorder.close('interrupted', messageOf(error));
      if (!(error instanceof ApiError)) throw error;
      throw new SuiteError('forbidden', `namespace ${options.namespace} can't be watched: ${error.message}`, {
        cause: error,
      });
    }
  }

  /** The newest version of the scenario's Pod that the watch delivered. */
  get pod(): Pod | undefined {
    return this.podNamed(this.#subject);
  }

  /** The newest version of a Pod of the namespace that the watch delivered. */
  podNamed(name: string): Pod | undefined {
    return this.#pods.get(name);
  }

  /** Every Pod of the namespace, each in the newest version that the watch delivered. */
  get pods(): readonly Pod[] {
    return [...this.#pods.values()];
  }

  /** Whether the scenario's Pod was deleted from the API. */
  get gone(): boolean {
    return this.isGone(this.#subject);
  }

  /** Whether a Pod of that name was deleted from the API, and is not there again. */
  isGone(name: string): boolean {
    return this.#gone.has(name);
  }

  /** Makes a Pod the one that the scenario is about, where the manifest doesn't name it. */
  follow(pod: string): void {
    if (pod === this.#subject) return;
    this.#subject = pod;
    this.add({kind: 'subject', pod});
  }

  /** The name in the API of a Pod that the manifest or the scenario names. */
  nameInApi(name: string): string {
    return nameInApi(this.#options, name);
  }

  /** Every watched object of a kind that is there, each in the newest version that the watch delivered. */
  objects(kind: Watchable): readonly unknown[] {
    return [...this.#objects.values()]
      .filter(({resource, type}) => resource === kind && type !== 'DELETED')
      .map(({object}) => object);
  }

  /** Milliseconds since the recording began. */
  now(): number {
    return Math.round((performance.now() - this.#began) * 10) / 10;
  }

  /** Adds an observation that was made by other means than the watch. */
  add(observation: Unstamped<Observation>): void {
    this.#write({...observation, atMs: this.now()});
  }

  /**
   * Adds the lines of the journal that were not read before, and the reading of the node's clock that came with them.
   *
   * @param text /proc/uptime on the first line, then the whole journal
   * @param askedAtMs when it was asked for
   * @param of the Pod that it is the journal of; the scenario's own unless told otherwise
   */
  addJournal(text: string, askedAtMs: number, of: Pod | undefined = this.pod): void {
    const [clock = '', ...lines] = text.split('\n').filter(line => line !== '');
    const {name, uid} = of?.metadata ?? {name: this.#subject, uid: ''};
    const another = name === this.#subject ? {} : {pod: name};
    this.add({kind: 'clock', uptime: Number(clock.split(' ')[0]), askedAtMs});
    for (const line of lines.slice(this.#journalLines.get(uid) ?? 0)) {
      const entry = journalEntrySchema.safeParse(parse(line));
      if (entry.success) this.add({kind: 'journal', entry: entry.data, ...another});
      else
        this.add({
          kind: 'gap',
          resource: 'journal',
          why: `unreadable journal line ${JSON.stringify(line)}`,
          ...another,
        });
    }
    this.#journalLines.set(uid, lines.length);
  }

  /**
   * Waits for a version of the scenario's Pod that fits. `fits` may throw to end the wait; it is asked after every delivery.
   *
   * @throws OutOfPatience after the budget, the signal's reason when the run is broken off, or what the watch failed on
   */
  async until(what: string, budget: Budget, fits: (pod: Pod) => boolean): Promise<Pod> {
    return this.#wait(what, budget, () => (this.pod !== undefined && fits(this.pod) ? this.pod : undefined));
  }

  /** As until, for any Pod of the namespace. */
  async untilAny(what: string, budget: Budget, fits: (pod: Pod) => boolean): Promise<Pod> {
    return this.#wait(what, budget, () => this.pods.find(fits));
  }

  async #wait<T>(what: string, budget: Budget, find: () => T | undefined): Promise<T> {
    const {promise, resolve, reject} = Promise.withResolvers<T>();
    const {signal} = this.#options;
    const look = (): void => {
      try {
        const found = this.#failure === undefined ? find() : undefined;
        if (this.#failure !== undefined) reject(this.#failure.error);
        else if (found !== undefined) resolve(found);
      } catch (error) {
        reject(error);
      }
    };
    const abort = (): void => {
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      reject(new OutOfPatience(`${what}: not within ${budget.ms / 1000} s`));
    }, budget.ms);
    this.#waiting.add(look);
    signal.addEventListener('abort', abort, {once: true});
    if (signal.aborted) abort();
    look();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(look);
      signal.removeEventListener('abort', abort);
    }
  }

  /**
   * Asks the API server for the Pods, and for what else is watched, as they are now and waits until the watches have brought
   * those versions. Where one does not, it is dead though its connection looks alive, and the recording gets a gap.
   */
  async confirm(): Promise<void> {
    const resources = ['pods', ...(this.#options.header.scenario.watches ?? [])] as const;
    await Promise.all(resources.map(resource => this.#confirm(resource)));
  }

  async #confirm(resource: Resource): Promise<void> {
    const {api, namespace, budgets, signal} = this.#options;
    const query = this.#selector === undefined ? '' : `?labelSelector=${encodeURIComponent(this.#selector)}`;
    try {
      const {items} = listSchema.parse(await api.json(`${pathOf(resource, namespace)}${query}`, {signal}));
      const now = items.map(({metadata}) => metadata.resourceVersion);
      await this.#wait('the watch brings what the API server has', budgets.confirm, () =>
        now.every(version => this.#delivered.has(version)) ? now : undefined,
      );
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      this.add({kind: 'gap', resource, why: `the watch could not be confirmed: ${messageOf(error)}`});
    }
  }

  /**
   * Writes the reason of the end and closes the file; watches are closed too. A watch that has no connection now, or
   * brought what could not be taken, leaves a gap, so that what it missed is not held against the cluster.
   */
  close(reason: Extract<Observation, {kind: 'end'}>['reason'], text: string): void {
    this.#stop.abort();
    for (const [resource, {away}] of this.#watches) {
      if (away !== undefined) this.add({kind: 'gap', resource, why: `the watch had no connection: ${away}`});
    }
    if (this.#failure !== undefined) {
      const {resource, error} = this.#failure;
      this.add({kind: 'gap', resource, why: `the watch brought what can't be recorded: ${messageOf(error)}`});
    }
    this.add({kind: 'end', reason, text});
    closeSync(this.#file);
  }

  async #watch(resource: Resource): Promise<void> {
    const {api, namespace, budgets, signal} = this.#options;
    const watching = await watch(api, {
      path: pathOf(resource, namespace),
      ...(this.#selector === undefined || resource === 'events' ? {} : {labelSelector: this.#selector}),
      deliver: delivery => {
        this.#take(resource, delivery);
      },
      signal: AbortSignal.any([this.#stop.signal, signal]),
      silenceMs: budgets.watchSilence.ms,
      reconnectMs: budgets.reconnect.ms,
    });
    this.#watches.set(resource, watching);
  }

  #take(resource: Resource, delivery: Delivery): void {
    if (this.#stop.signal.aborted || (resource === 'events' && !this.#isOurs(delivery))) return;
    try {
      if (delivery.type === 'GAP') {
        this.add({kind: 'gap', resource, why: delivery.why});
      } else {
        const {type} = delivery;
        const raw =
          resource === 'pods'
            ? {kind: 'pod', type}
            : resource === 'events'
              ? {kind: 'event'}
              : {kind: 'object', resource, type};
        const observation = {...raw, atMs: this.now(), object: withoutManagedFields(delivery.object)};
        const known = observationSchema.parse(observation);
        this.#write(observation); // as it came, not as validated
        if (known.kind === 'object') {
          const {name, resourceVersion} = known.object.metadata;
          this.#objects.set(`${resource}/${name}`, known);
          this.#delivered.add(resourceVersion);
        }
        if (known.kind === 'pod') {
          const {name, resourceVersion} = known.object.metadata;
          this.#pods.set(name, known.object);
          this.#delivered.add(resourceVersion);
          if (type === 'DELETED') this.#gone.add(name);
          else this.#gone.delete(name);
        }
      }
    } catch (error) {
      this.#failure ??= {resource, error}; // thrown to whoever waits: nothing may be thrown into the watch
    }
    for (const look of this.#waiting) look();
  }

  /** Events carry no label of what they are about; its name begins with the scenario's prefix. */
  #isOurs(delivery: Delivery): boolean {
    if (delivery.type === 'GAP') return true;
    const name = involvedSchema.safeParse(delivery.object).data?.involvedObject.name ?? '';
    return name.startsWith(this.#options.header.prefix ?? '');
  }

  #write(line: object): void {
    try {
      writeSync(this.#file, `${JSON.stringify(line)}\n`);
    } catch (cause) {
      const full = messageOf(cause).includes('ENOSPC');
      throw new SuiteError(
        full ? 'diskFull' : 'badData',
        `recording ${this.#options.file} can't be written: ${messageOf(cause)}`,
        {
          next: full
            ? 'make room on that disk, or name another with --output DIR'
            : 'name another folder with --output DIR',
          cause,
        },
      );
    }
  }
}

function pathOf(resource: Resource, namespace: string): string {
  const group = resource === 'pods' || resource === 'events' ? '/api/v1' : `/apis/${groupOf[resource]}`;
  return `${group}/namespaces/${namespace}/${resource}`;
}

/** An object without managedFields, which are most of its bytes; no requirement speaks of them. */
export function withoutManagedFields(object: Record<string, unknown>): Record<string, unknown> {
  const {metadata, ...rest} = object;
  if (typeof metadata !== 'object' || metadata === null) return object;
  return {...rest, metadata: Object.fromEntries(Object.entries(metadata).filter(([key]) => key !== 'managedFields'))};
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
