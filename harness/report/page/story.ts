import {z} from 'zod';
import type {JournalEntry, Observation} from '../../recording/observation.ts';
import {containersOf, statusOf, type ContainerKind, type ContainerStatus, type Pod} from '../../recording/pod.ts';
import type {Recording} from '../../recording/recording.ts';
import {nodeClock, subjectOf} from '../../recording/timeline.ts';

/** A time over which something stayed as it was, ms on the recorder's clock. */
interface Span {
  readonly fromMs: number;
  readonly toMs: number;
  /** Line of the recording that showed it first. */
  readonly line: number;
  /** What it was, in a word or two. */
  readonly text: string;
}

/** A state of a container, as the API server had it. */
export interface Stay extends Span {
  readonly state: 'waiting' | 'running' | 'ended';
}

/** A container with its states, one after another. */
export interface Lane {
  readonly container: string;
  readonly kind: ContainerKind;
  readonly stays: readonly Stay[];
}

/** The phase or a condition of a Pod, and what it was. */
export interface Band {
  readonly name: string;
  readonly values: readonly Span[];
}

/** What became of one Pod. */
export interface PodStory {
  readonly pod: string;
  readonly lanes: readonly Lane[];
  readonly bands: readonly Band[];
}

/** Something that happened at one moment. */
export interface Mark {
  readonly atMs: number;
  readonly line: number;
  readonly sort: 'trigger' | 'step' | 'kill' | 'signal' | 'start' | 'exit' | 'hook' | 'event' | 'gap' | 'end';
  readonly text: string;
  readonly pod?: string | undefined;
  readonly container?: string | undefined;
}

/** A recording as it can be drawn. */
export interface Story {
  /** The Pod that the scenario is about comes first. */
  readonly pods: readonly PodStory[];
  /** In order of time. */
  readonly marks: readonly Mark[];
  /** When the first container was told to exit; the beginning where none was. */
  readonly zeroMs: number;
  readonly fromMs: number;
  readonly toMs: number;
}

type PodObservation = Extract<Observation, {kind: 'pod'}> & {readonly line: number};

/** Finds in a recording what there is to draw. */
export function storyOf({header, observations}: Recording): Story {
  const subject = subjectOf({header, observations});
  const toMs = observations.at(-1)?.atMs ?? 0;
  const versions = observations.flatMap((o, index) => (o.kind === 'pod' ? [{...o, line: index + 2}] : []));
  const names = [...new Set(versions.map(({object}) => object.metadata.name))];
  const marks = marksOf(observations, subject).toSorted((a, b) => a.atMs - b.atMs || a.line - b.line);
  return {
    pods: names
      .toSorted((a, b) => Number(b === subject) - Number(a === subject) || a.localeCompare(b, 'en', {numeric: true}))
      .map(pod =>
        podStory(
          pod,
          versions.filter(({object}) => object.metadata.name === pod),
          toMs,
        ),
      ),
    marks,
    zeroMs: marks.find(({sort}) => sort === 'trigger')?.atMs ?? 0,
    fromMs: versions[0]?.atMs ?? 0,
    toMs,
  };
}

function podStory(pod: string, versions: readonly PodObservation[], endMs: number): PodStory {
  const until = (index: number): number => versions[index + 1]?.atMs ?? endMs;
  const present = versions.map((version, index) => ({...version, toMs: until(index)})).filter(isThere);
  const containers = new Map(
    present.flatMap(({object}) => containersOf(object)).map(({name, kind}) => [name, kind] as const),
  );
  const last = present.at(-1)?.object;
  const order = last === undefined ? [] : containersOf(last);
  const types = new Set(present.flatMap(({object}) => object.status.conditions.map(({type}) => type)));
  const band = (name: string, valueOf: (object: Pod) => string | undefined): Band => ({
    name,
    values: joined(
      present.flatMap(({object, atMs, toMs, line}) => {
        const text = valueOf(object);
        return text === undefined ? [] : [{fromMs: atMs, toMs, line, text}];
      }),
      (a, b) => a.text === b.text,
    ),
  });
  return {
    pod,
    lanes: [...containers]
      .toSorted(([a], [b]) => place(order, a) - place(order, b))
      .map(([container, kind]) => ({container, kind, stays: staysOf(container, present)})),
    bands: [
      band('phase', ({status}) => status.phase),
      ...[...types].map(type =>
        band(type, ({status}) => status.conditions.find(condition => condition.type === type)?.status),
      ),
    ],
  };
}

/** A version that says that the Pod is gone shows no state of it. */
function isThere({type}: Pick<PodObservation, 'type'>): boolean {
  return type !== 'DELETED';
}

function place(order: readonly {readonly name: string}[], container: string): number {
  return order.findIndex(({name}) => name === container);
}

function staysOf(container: string, versions: readonly (PodObservation & {readonly toMs: number})[]): readonly Stay[] {
  const seen = versions.flatMap(({object, atMs, toMs, line}) => {
    const status = statusOf(object, container);
    return status === undefined ? [] : [{fromMs: atMs, toMs, line, ...stateOf(status)}];
  });
  const stays = joined(seen, (a, b) => a.state === b.state && a.run === b.run && a.text === b.text);
  const runs = [...new Set(stays.flatMap(({run}) => run ?? []))];
  return stays.map(({run, text, ...stay}) => ({
    ...stay,
    text: stay.state === 'running' ? `run ${runs.indexOf(run ?? '') + 1}` : text,
  }));
}

/** The state that a status shows, with the id of the container where it is or was one. */
function stateOf({state, containerID = ''}: ContainerStatus): Pick<Stay, 'state' | 'text'> & {readonly run?: string} {
  if (state.running !== undefined) return {state: 'running', run: containerID, text: ''};
  if (state.terminated === undefined) return {state: 'waiting', text: state.waiting?.reason ?? 'waiting'};
  const {exitCode, reason = '', containerID: run = containerID} = state.terminated;
  const plain = ['', 'Error', 'Completed'].includes(reason);
  return {state: 'ended', run, text: plain ? `exit ${exitCode}` : `exit ${exitCode}, ${reason}`};
}

/** Neighbours that show the same thing become one; something that was not there meanwhile parts them. */
function joined<T extends Span>(spans: readonly T[], same: (a: T, b: T) => boolean): readonly T[] {
  const found: T[] = [];
  for (const span of spans) {
    const last = found.at(-1);
    if (last?.toMs === span.fromMs && same(last, span)) found.splice(-1, 1, {...last, toMs: span.toMs});
    else found.push(span);
  }
  return found;
}

function marksOf(observations: readonly Observation[], subject: string): readonly Mark[] {
  const clock = clocksOf(observations);
  return observations.flatMap((o, index): readonly Mark[] => {
    const line = index + 2;
    const here = {atMs: o.atMs, line};
    switch (o.kind) {
      case 'stimulus': {
        const {container, code, pod = subject} = o;
        return [{...here, sort: 'trigger', pod, container, text: `${container} told to exit with ${code}`}];
      }
      case 'step':
        return o.does === 'exit' || o.does === 'request' ? [] : [{...here, sort: 'step', text: o.name}];
      case 'node':
        return o.action.startsWith('read') ? [] : [{...here, sort: 'event', text: `${o.action} on ${o.node}`}];
      case 'event':
        return eventMark(o, here);
      case 'journal': {
        const atMs = o.entry.uptime * 1000 + clock(index);
        return journalMark(o.entry, {atMs, line, pod: o.pod ?? subject});
      }
      case 'answer':
        return [{...here, sort: 'step', text: `${o.name}: ${o.code}${messageIn(o.body)}`}];
      case 'gap':
        return [{...here, sort: 'gap', text: `${o.resource} lost from sight: ${o.why}`}];
      case 'note':
        return [{...here, sort: 'event', text: o.text}];
      case 'end':
        return [{...here, sort: 'end', text: o.text}];
      case 'pod':
        return o.type === 'DELETED' ? [{...here, sort: 'event', pod: o.object.metadata.name, text: 'Pod deleted'}] : [];
      default:
        return [];
    }
  });
}

const refusal = z.object({kind: z.literal('Status'), message: z.string()});

/** Why the API server refused something. */
function messageIn(body: unknown): string {
  const {data} = refusal.safeParse(body);
  return data === undefined ? '' : `, ${data.message}`;
}

/** What the kubelet says at every ordinary start. */
const ordinary = ['Scheduled', 'Pulled', 'Created', 'Started'];

function eventMark(
  {object}: Extract<Observation, {kind: 'event'}>,
  here: Pick<Mark, 'atMs' | 'line'>,
): readonly Mark[] {
  const {reason = '', message = '', involvedObject} = object;
  if (ordinary.includes(reason)) return [];
  const container = /\{(.+)\}/.exec(involvedObject.fieldPath ?? '')?.[1];
  const sort = reason === 'Killing' ? 'kill' : 'event';
  return [{...here, sort, pod: involvedObject.name, container, text: `${reason}: ${message}`}];
}

function journalMark(entry: JournalEntry, here: Pick<Mark, 'atMs' | 'line' | 'pod'>): readonly Mark[] {
  const {what, container} = entry;
  const mark = {...here, container};
  if (what === 'start') return [{...mark, sort: 'start', text: `${container} began`}];
  if (what === 'exit') return [{...mark, sort: 'exit', text: `${container} exits with ${entry.code}`}];
  if (what === 'SIGTERM') return [{...mark, sort: 'signal', text: `${container} got SIGTERM`}];
  if (what === 'postStart' || what === 'preStop') return [{...mark, sort: 'hook', text: `${what} of ${container} ran`}];
  return [];
}

/** What is added to a time of the node's clock to have it on the recorder's; that clock begins anew when the node does. */
function clocksOf(observations: readonly Observation[]): (index: number) => number {
  const boots: {from: number; offset: number}[] = [];
  let began = 0;
  let uptime = 0;
  observations.forEach((o, index) => {
    if (o.kind !== 'clock') return;
    if (o.uptime < uptime) {
      boots.push({from: began, offset: nodeClock(observations.slice(began, index)).offset});
      began = index;
    }
    uptime = o.uptime;
  });
  boots.push({from: began, offset: nodeClock(observations.slice(began)).offset});
  return index => boots.findLast(({from}) => from <= index)?.offset ?? 0;
}
