import type {JournalEntry, Observation} from './observation.ts';
import {conditionOf, containersOf, statusesOf, statusOf, type Pod, type PodContainer} from './pod.ts';
import {marks} from '../timeouts.ts';
import type {Recording} from './recording.ts';

/** A version of the Pod with its place in the recording. */
export interface PodVersion {
  readonly index: number;
  readonly atMs: number;
  readonly pod: Pod;
}

/** A journal line with its place in the recording, and its time on the recorder's clock. */
export interface JournalLine {
  readonly index: number;
  readonly atMs: number;
  readonly entry: JournalEntry;
}

/** One run of a container, from its journal: what it wrote from one start to the next. */
export interface ContainerRun {
  readonly start: JournalLine & {readonly entry: Extract<JournalEntry, {what: 'start'}>};
  readonly lines: readonly JournalLine[];
}

/** A recording seen from a stimulus: what was before, what came until the next one, what the containers wrote of themselves. */
export interface Timeline {
  readonly recording: Recording;
  /** The container that was told to exit, first of them where there were several. */
  readonly source: string;
  /** All that were told in this step. */
  readonly sources: readonly string[];
  /** The code that the source was told to exit with. */
  readonly code: number;
  readonly versions: readonly PodVersion[];
  /** The last version before the source was told to exit. */
  readonly before: PodVersion;
  /** Every version after that, until a container is told again. */
  readonly after: readonly PodVersion[];
  /** When the source was told to exit, ms on the recorder's clock. */
  readonly stimulusAtMs: number;
  readonly stimulusIndex: number;
  /** Init containers, sidecars and regular containers in start order. */
  readonly containers: readonly PodContainer[];
  /** Those of them that had run before the stimulus: what a restart ends. */
  readonly hadRun: readonly string[];
  /** How far a time of the node's clock may be from where it stands on the recorder's, ms. */
  readonly clockErrorMs: number;
  /** Journal lines in the order of the node's clock. */
  readonly journal: readonly JournalLine[];
  /** The source's own line about its exit. */
  readonly exit: JournalLine | undefined;
  /** Where continuity of Pods was lost after the stimulus. */
  readonly podGap: Extract<Observation, {kind: 'gap'}> | undefined;
  /** Where continuity of Pods was lost before it. */
  readonly podGapBefore: Extract<Observation, {kind: 'gap'}> | undefined;
  /** Where the journal could not be read, or not be understood. */
  readonly journalGap: Extract<Observation, {kind: 'gap'}> | undefined;
  readonly end: Extract<Observation, {kind: 'end'}>;
}

/**
 * The timeline of a step in which containers are told to exit.
 *
 * @param step its name; without it, the first of the recording
 * @param pod another Pod than the scenario's own that was told in it; nothing is known of its containers' journals
 * @returns undefined where the recording ended before that step, so that nothing can be said
 */
export function timelineOf(recording: Recording, step?: string, pod?: string): Timeline | undefined {
  const {header, observations} = recording;
  const stimuli = observations.flatMap((o, index) => (o.kind === 'stimulus' && o.pod === pod ? [{...o, index}] : []));
  const [stimulus, ...others] = stimuli.filter(each => each.step === (step ?? stimuli[0]?.step));
  const last = observations.at(-1);
  const subject = pod ?? subjectOf(recording);
  const versions = observations.flatMap((o, index) =>
    o.kind === 'pod' && o.object.metadata.name === subject ? [{index, atMs: o.atMs, pod: o.object}] : [],
  );
  const before = versions.findLast(({index}) => index < (stimulus?.index ?? 0));
  if (stimulus === undefined || last?.kind !== 'end' || before === undefined) return undefined;
  const next = stimuli.find(({index, step: name}) => index > stimulus.index && name !== stimulus.step);
  const until = next?.index ?? Infinity;
  const containers = containersOf(before.pod).filter(({name}) => pod !== undefined || header.containers.includes(name));
  const journal = journalOf(observations, pod);
  const {errorMs: clockErrorMs} = nodeClock(observations);
  // What was read before a container was told is not of that exit; what was not may be of an earlier one.
  const exitOf = ({container, atMs, index: told}: typeof stimulus): JournalLine | undefined =>
    journal.find(
      ({index, atMs: at, entry}) =>
        entry.what === 'exit' && entry.container === container && index > told && at > atMs - clockErrorMs,
    );
  const over = next === undefined ? Infinity : (exitOf(next)?.entry.uptime ?? Infinity);
  const gaps = observations.flatMap((o, index) => (o.kind === 'gap' ? [{...o, index}] : []));
  const podGaps = gaps.filter(({resource}) => resource === 'pods');
  return {
    recording,
    source: stimulus.container,
    sources: [stimulus, ...others].map(({container}) => container),
    code: stimulus.code,
    versions,
    before,
    after: versions.filter(({index}) => index > stimulus.index && index < until),
    stimulusAtMs: stimulus.atMs,
    stimulusIndex: stimulus.index,
    containers,
    hadRun: containers.map(({name}) => name).filter(name => statusOf(before.pod, name)?.containerID !== undefined),
    clockErrorMs,
    journal: journal.filter(({entry}) => entry.uptime < over),
    exit: exitOf(stimulus),
    podGap: podGaps.find(({index}) => index > stimulus.index && index < until),
    podGapBefore: podGaps.find(({index}) => index < stimulus.index),
    journalGap: gaps.find(
      gap => gap.resource === 'journal' && gap.pod === pod && !wasRead(gap, stimulus.index, until, observations),
    ),
    end: next === undefined ? last : {kind: 'end', atMs: next.atMs, reason: 'settled', text: 'the next step was taken'},
  };
}

/**
 * A reading that failed leaves no hole where the whole journal was read after it, or after all that the timeline speaks of:
 * it is read right before containers are told again. A line that can't be understood does leave one.
 *
 * @param from where the timeline begins
 * @param until where it ends
 */
function wasRead(
  {why, index}: {readonly why: string; readonly index: number},
  from: number,
  until: number,
  observations: readonly Observation[],
): boolean {
  const since = index > until ? from : index;
  return !why.startsWith('unreadable') && observations.some((o, at) => o.kind === 'clock' && at > since);
}

/** A container's runs, first to last. */
export function runsOf({journal}: Timeline, container: string): readonly ContainerRun[] {
  const own = journal.filter(({entry}) => entry.container === container);
  return own.flatMap(({index, atMs, entry}, at) => {
    if (entry.what !== 'start') return [];
    const next = own.findIndex((line, later) => later > at && line.entry.what === 'start');
    return [{start: {index, atMs, entry}, lines: own.slice(at, next === -1 ? undefined : next)}];
  });
}

/** A container's runs that began before the source exited, and those that began after. */
export function runsAround(
  timeline: Timeline,
  container: string,
): {before: readonly ContainerRun[]; after: readonly ContainerRun[]} {
  const exited = timeline.exit?.entry.uptime ?? Infinity;
  const runs = runsOf(timeline, container);
  return {
    before: runs.filter(({start}) => start.entry.began <= exited),
    after: runs.filter(({start}) => start.entry.began > exited),
  };
}

/** A container that the runtime could not start after the stimulus, as its state or last state tells. */
export function failedStart({after, containers}: Timeline): string | undefined {
  const failed = after
    .flatMap(({pod}) => statusesOf(pod))
    .find(({state, lastState}) => [state, lastState].some(({terminated}) => terminated?.reason === 'StartError'));
  return containers.find(({name}) => name === failed?.name)?.name;
}

/** The versions after the stimulus in which the condition AllContainersRestarting is True. */
export function restartingVersions({after}: Timeline): readonly PodVersion[] {
  return after.filter(({pod}) => conditionOf(pod, 'AllContainersRestarting')?.status === 'True');
}

/**
 * The first version after the condition was True in which it is no longer. KEP-5532 lets it go False ("Pod Status") and has
 * it removed ("e2e tests"): one that is absent counts as False.
 */
export function restartedVersion(timeline: Timeline): PodVersion | undefined {
  const [first] = restartingVersions(timeline);
  return timeline.after.find(
    ({index, pod}) =>
      index > (first?.index ?? Infinity) && conditionOf(pod, 'AllContainersRestarting')?.status !== 'True',
  );
}

function journalOf(observations: readonly Observation[], pod?: string): readonly JournalLine[] {
  const {offset} = nodeClock(observations);
  return observations
    .flatMap((o, index) =>
      o.kind === 'journal' && o.pod === pod ? [{index, entry: o.entry, atMs: o.entry.uptime * 1000 + offset}] : [],
    )
    .toSorted((a, b) => a.entry.uptime - b.entry.uptime || a.index - b.index);
}

/**
 * What is added to a time of the node's clock, in ms, to have it on the recorder's, and how far that may be wrong: from the
 * quickest reading of it, which was made at some time while it was waited for.
 */
export function nodeClock(observations: readonly Observation[]): NodeClock {
  const clocks = observations.filter(o => o.kind === 'clock');
  const [quickest] = clocks.toSorted((a, b) => a.atMs - a.askedAtMs - (b.atMs - b.askedAtMs));
  if (quickest === undefined) return {offset: 0, errorMs: marks.clocks.ms, halfTripMs: marks.clocks.ms};
  const {atMs, askedAtMs, uptime} = quickest;
  const halfTripMs = (atMs - askedAtMs) / 2;
  return {
    offset: (atMs + askedAtMs) / 2 - uptime * 1000,
    errorMs: Math.max(marks.clocks.ms, halfTripMs),
    halfTripMs,
  };
}

/** What is added to a time of the node's clock, in ms, to have it on the recorder's. */
interface NodeClock {
  readonly offset: number;
  /** How far that may be wrong, for verdicts. */
  readonly errorMs: number;
  /** How far it may be wrong by the reading that it rests on: half of the time for which that was waited for. */
  readonly halfTripMs: number;
}

/** A version of an object that is neither a Pod nor an event, with its place in the recording. */
export type ObjectVersion = Extract<Observation, {kind: 'object'}> & {readonly index: number};

/** An event of the recording, with its place. */
export type EventAt = Extract<Observation, {kind: 'event'}> & {readonly index: number};

/** The name of the Pod that a recording is about. */
export function subjectOf({header, observations}: Pick<Recording, 'header' | 'observations'>): string {
  return observations.find(o => o.kind === 'subject')?.pod ?? header.pod;
}

/** The node on which the Pod that a recording is about ran; undefined where it ran on none. */
export function nodeOf(recording: Recording): string | undefined {
  const subject = subjectOf(recording);
  return recording.observations
    .flatMap(o => (o.kind === 'pod' && o.object.metadata.name === subject ? [o.object.spec.nodeName] : []))
    .find(node => node !== undefined);
}

/** The events of a container of that name, in order of arrival, each with its place in the recording. */
export function eventsOf({observations}: Recording, container: string): readonly EventAt[] {
  return observations.flatMap((o, index) =>
    o.kind === 'event' && o.object.involvedObject.fieldPath?.endsWith(`{${container}}`) === true ? [{...o, index}] : [],
  );
}

/** Every version of the watched objects of a kind, in order of arrival. */
export function objectsOf({observations}: Recording, resource: string): readonly ObjectVersion[] {
  return observations.flatMap((o, index) => (o.kind === 'object' && o.resource === resource ? [{...o, index}] : []));
}
