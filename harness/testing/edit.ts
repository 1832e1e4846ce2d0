import type {JournalEntry, Observation} from '../recording/observation.ts';
import {conditionOf, statusOf, type ContainerStatus, type Pod, type PodCondition} from '../recording/pod.ts';
import type {Recording} from '../recording/recording.ts';
import {restartedVersion, restartingVersions, timelineOf, type Timeline} from '../recording/timeline.ts';

type Start = Extract<JournalEntry, {what: 'start'}>;

/** A copy of a good recording that a fault is put into; what is not edited is shared with it. */
export class Edit {
  readonly recording: Recording;
  #timeline: Timeline | undefined;
  readonly #observations: Observation[];
  readonly #own = new Set<Observation>();

  constructor(good: Recording) {
    this.#observations = [...good.observations];
    this.recording = {...good, observations: this.#observations};
    this.#timeline = firstOf(good);
  }

  /** Whether a container is told to exit in it. */
  get tellsToExit(): boolean {
    return this.#timeline !== undefined;
  }

  /** What the other methods go by: the timeline of the first step in which containers are told to exit, or of the one named. */
  get timeline(): Timeline {
    if (this.#timeline === undefined) throw new Error('not a recording of a restart');
    return this.#timeline;
  }

  /** Goes on to another such step. */
  step(name: string): this {
    this.#timeline = timelineOf(this.recording, name);
    return this;
  }

  /** Index of the first version with the condition True, of the first one with it False again, and of the last one. */
  get raised(): number {
    return restartingVersions(this.timeline)[0]?.index ?? NaN;
  }

  get lowered(): number {
    return restartedVersion(this.timeline)?.index ?? NaN;
  }

  get last(): number {
    return this.timeline.after.at(-1)?.index ?? NaN;
  }

  /** Edits what stands from one place to another, both included, and is of a kind. */
  each<K extends Observation['kind']>(
    kind: K,
    edit: (observation: Extract<Observation, {kind: K}>, index: number) => void,
    from = 0,
    to = Infinity,
  ): this {
    const isOfKind = (o: Observation): o is Extract<Observation, {kind: K}> => o.kind === kind;
    for (let index = Math.max(from, 0); index <= Math.min(to, this.#observations.length - 1); index++) {
      const known = this.#observations[index];
      if (known === undefined || !isOfKind(known)) continue;
      const own = this.#own.has(known) ? known : copyOf(known);
      this.#own.add(own);
      this.#observations[index] = own;
      edit(own, index);
    }
    return this;
  }

  /** Edits the versions of the Pod from one place to another, both included. */
  pods(from: number, to: number, edit: (pod: Pod) => void): this {
    return this.each(
      'pod',
      ({object}) => {
        edit(object);
      },
      from,
      to,
    );
  }

  /** Delays everything from a place on. */
  delay(from: number, ms: number): this {
    for (const [index, observation] of this.#observations.entries())
      if (index >= from) this.#observations[index] = {...observation, atMs: observation.atMs + ms};
    return this;
  }

  /** A further version of a Pod at the end, so much later, made of its last one, which must be there. */
  addPod(name: string, edit: (pod: Pod) => void, laterMs = 0): this {
    const last = this.#observations.findLast(o => o.kind === 'pod' && o.object.metadata.name === name);
    if (last?.kind !== 'pod') throw new Error(`no Pod ${name}`);
    const object = structuredClone(last.object);
    edit(object);
    this.#observations.splice(-1, 0, {...last, type: 'MODIFIED', atMs: this.timeline.end.atMs + laterMs, object});
    return this;
  }

  /** Puts another answer in the place of what the API server answered to a request. */
  answers(name: string, answer: {readonly code: number; readonly body: unknown}): this {
    for (const [index, o] of this.#observations.entries())
      if (o.kind === 'answer' && o.name === name) this.#observations[index] = {...o, ...answer};
    return this;
  }

  /** Edits every version of one Pod, from a request of that name on. */
  podsAfter(request: string, pod: string, edit: (pod: Pod) => void): this {
    const from = this.#observations.findIndex(o => o.kind === 'answer' && o.name === request);
    return this.pods(from, Infinity, version => {
      if (version.metadata.name === pod) edit(version);
    });
  }

  /** Edits what was read of nodes. */
  nodes(action: string, text: string): this {
    return this.each('node', observation => {
      if (observation.action === action) observation.text = text;
    });
  }

  /** Edits what was read of a node the last time. */
  lastReading(action: string, edit: (text: string) => string): this {
    const last = this.#observations.findLastIndex(o => o.kind === 'node' && o.action === action);
    return this.each('node', reading => (reading.text = edit(reading.text)), last, last);
  }

  /** Takes out what fits. */
  drop(fits: (observation: Observation) => boolean): this {
    return this.#keep(each => !fits(each));
  }

  /** Edits the last versions, from the given one of them on. */
  lastPods(count: number, edit: (pod: Pod) => void): this {
    return this.pods(this.timeline.after.at(-count)?.index ?? NaN, Infinity, edit);
  }

  /** Place where containers were told to exit in a step, of which there may be several. */
  told(step: string): number {
    return this.#observations.findIndex(o => o.kind === 'stimulus' && o.step === step);
  }

  /** Edits the versions of watched objects of a kind from one place on. */
  objects(kind: string, from: number, edit: (object: Record<string, unknown>) => void): this {
    return this.each(
      'object',
      ({resource, object}) => {
        if (resource === kind) edit(object);
      },
      from,
    );
  }

  /** Edits what containers wrote of their start after the source's exit. */
  restarts(container: string | undefined, edit: (start: Start) => void): this {
    const exited = this.timeline.exit?.entry.uptime ?? NaN;
    return this.each('journal', ({entry}) => {
      if (entry.what === 'start' && entry.began > exited && (container === undefined || entry.container === container))
        edit(entry);
    });
  }

  /** Time on the node's clock of what a container wrote after the exit. */
  uptime(container: string, what: JournalEntry['what']): number {
    const exited = this.timeline.exit?.entry.uptime ?? NaN;
    const line = this.timeline.journal.find(
      ({entry}) => entry.uptime > exited && entry.container === container && entry.what === what,
    );
    return line?.entry.uptime ?? NaN;
  }

  /** Takes out journal lines after the exit. */
  dropJournal(container: string, ...what: readonly JournalEntry['what'][]): this {
    const exited = this.timeline.exit?.entry.uptime ?? NaN;
    return this.#keep(
      o =>
        !(
          o.kind === 'journal' &&
          o.entry.uptime > exited &&
          o.entry.container === container &&
          what.includes(o.entry.what)
        ),
    );
  }

  /** Adds a journal line. */
  addJournal(entry: JournalEntry): this {
    this.#observations.splice(-1, 0, {kind: 'journal', atMs: this.#observations.at(-1)?.atMs ?? 0, entry});
    return this;
  }

  /** Adds an observation right after the one at that place. */
  insert(after: number, observation: Observation): this {
    this.#observations.splice(after + 1, 0, observation);
    return this;
  }

  /** Cuts the Pod and the journal off after a place, as if nothing had come until the patience was over. */
  stopAfter(index: number): this {
    const exited = this.timeline.exit?.entry.uptime ?? NaN;
    const at = new Map(this.#observations.map((o, place) => [o, place]));
    this.#keep(
      o => !((o.kind === 'pod' && (at.get(o) ?? 0) > index) || (o.kind === 'journal' && o.entry.uptime > exited)),
    );
    return this.end('out-of-patience', this.timeline.stimulusAtMs + 50_000);
  }

  end(reason: Timeline['end']['reason'], atMs?: number): this {
    return this.each('end', end => Object.assign(end, {reason, atMs: atMs ?? end.atMs}));
  }

  #keep(fits: (observation: Observation) => boolean): this {
    this.#observations.splice(0, Infinity, ...this.#observations.filter(fits));
    return this;
  }
}

/** The first timeline of each good recording, of which many copies are made. */
const first = new WeakMap<Recording, Timeline | undefined>();

function firstOf(good: Recording): Timeline | undefined {
  if (!first.has(good)) first.set(good, timelineOf(good));
  return first.get(good);
}

/** A copy that can be edited. */
function copyOf<O extends Observation>(observation: O): O {
  return observation.kind === 'pod'
    ? {...observation, object: copyOfPod(observation.object)}
    : structuredClone(observation);
}

/**
 * A copy of a Pod whose status can be edited in every field that checks read. The rest, its spec above all, is shared and put in
 * anew as a whole: a copy of all of it takes several times as long, and is made for each version that a fault is put into.
 */
function copyOfPod({metadata, spec, status: {podIPs, ...status}, ...others}: Pod): Pod {
  return {
    ...others,
    metadata: {...metadata},
    spec,
    status: {
      ...status,
      ...(podIPs === undefined ? {} : {podIPs: [...podIPs]}),
      conditions: status.conditions.map(each => ({...each})),
      containerStatuses: status.containerStatuses.map(copyOfStatus),
      initContainerStatuses: status.initContainerStatuses.map(copyOfStatus),
      ephemeralContainerStatuses: status.ephemeralContainerStatuses.map(copyOfStatus),
    },
  };
}

function copyOfStatus(its: ContainerStatus): ContainerStatus {
  return {...its, state: copyOfState(its.state), lastState: copyOfState(its.lastState)};
}

function copyOfState({terminated, ...others}: ContainerStatus['state']): ContainerStatus['state'] {
  return terminated === undefined ? {...others} : {...others, terminated: {...terminated}};
}

/** The status of a container, which must be there. */
export function status(pod: Pod, container: string): ContainerStatus {
  const found = statusOf(pod, container);
  if (found === undefined) throw new Error(`no status of ${container}`);
  return found;
}

/** A condition, which must be there. */
export function condition(pod: Pod, type: string): PodCondition {
  const found = conditionOf(pod, type);
  if (found === undefined) throw new Error(`no condition ${type}`);
  return found;
}

/** An edit after which a container is shown running, under that id where one is given. */
export function runsUnder(container: string, id: string | undefined): (pod: Pod) => void {
  return pod => {
    const now = status(pod, container);
    now.state = {running: {}};
    if (id !== undefined) now.containerID = id;
  };
}

/**
 * An edit after which the restart of a step spared a container: it is shown running under the id that it had before, and goes
 * on under it in what follows.
 */
export function spares(container: string, step?: string): (edit: Edit) => void {
  return e => {
    if (step !== undefined) e.step(step);
    const {before, after} = e.timeline;
    const old = status(before.pod, container).containerID;
    const fresh = new Set(after.flatMap(({pod}) => status(pod, container).containerID ?? []));
    e.pods(e.lowered, e.last, runsUnder(container, old));
    e.pods(e.last, Infinity, pod => {
      const now = statusOf(pod, container);
      if (now !== undefined && fresh.has(now.containerID ?? '')) now.containerID = old;
    });
  };
}

/**
 * An edit after which a container is not started again in a step: it keeps its id, and later too what would have been its new
 * one is never seen.
 */
export function neverStartsAgain(container: string): (edit: Edit) => void {
  return e => {
    const {before, after} = e.timeline;
    const old = status(before.pod, container).containerID;
    const fresh = new Set(after.flatMap(({pod}) => status(pod, container).containerID ?? []));
    e.pods(e.timeline.stimulusIndex, Infinity, pod => {
      if (pod.metadata.uid !== before.pod.metadata.uid) return;
      const now = status(pod, container);
      if (fresh.has(now.containerID ?? '')) now.containerID = old;
    });
  };
}
