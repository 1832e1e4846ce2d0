import type {JournalEntry, Observation} from './observation.ts';
import {conditionOf, containersOf, statusOf, type Pod, type PodContainer} from './pod.ts';
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

/** A recording seen from its stimulus: what was before, what came after, what the containers wrote of themselves. */
export interface Timeline {
  readonly recording: Recording;
  readonly source: string;
  readonly versions: readonly PodVersion[];
  /** The last version before the source was told to exit. */
  readonly before: PodVersion;
  /** Every version after that. */
  readonly after: readonly PodVersion[];
  /** When the source was told to exit, ms on the recorder's clock. */
  readonly stimulusAtMs: number;
  readonly stimulusIndex: number;
  /** Init containers, sidecars and regular containers in start order. */
  readonly containers: readonly PodContainer[];
  /** Those of them that had run before the stimulus: what a restart ends. */
  readonly hadRun: readonly string[];
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
 * The timeline of a recording.
 *
 * @returns undefined where the recording ended before its stimulus, so that nothing can be said
 */
export function timelineOf(recording: Recording): Timeline | undefined {
  const {header, observations} = recording;
  const stimulusIndex = observations.findIndex(({kind}) => kind === 'stimulus');
  const stimulus = observations[stimulusIndex];
  const end = observations.at(-1);
  const versions = observations.flatMap((o, index) =>
    o.kind === 'pod' && o.object.metadata.name === header.pod ? [{index, atMs: o.atMs, pod: o.object}] : [],
  );
  const before = versions.findLast(({index}) => index < stimulusIndex);
  if (stimulus?.kind !== 'stimulus' || end?.kind !== 'end' || before === undefined) return undefined;
  const containers = containersOf(before.pod).filter(({name}) => header.containers.includes(name));
  const journal = journalOf(observations);
  const gaps = observations.filter(o => o.kind === 'gap');
  return {
    recording,
    source: stimulus.container,
    versions,
    before,
    after: versions.filter(({index}) => index > stimulusIndex),
    stimulusAtMs: stimulus.atMs,
    stimulusIndex,
    containers,
    hadRun: containers.map(({name}) => name).filter(name => statusOf(before.pod, name)?.containerID !== undefined),
    journal,
    exit: journal.findLast(({entry}) => entry.what === 'exit' && entry.container === stimulus.container),
    podGap: gaps.find(({resource, atMs}) => resource === 'pods' && atMs >= stimulus.atMs),
    podGapBefore: gaps.find(({resource, atMs}) => resource === 'pods' && atMs < stimulus.atMs),
    journalGap: gaps.find(gap => gap.resource === 'journal' && !wasReadLater(gap, observations)),
    end,
  };
}

/** A reading that failed leaves no hole where the whole journal was read after it; a line that can't be understood does. */
function wasReadLater({why, atMs}: Extract<Observation, {kind: 'gap'}>, observations: readonly Observation[]): boolean {
  return !why.startsWith('unreadable') && observations.some(o => o.kind === 'clock' && o.atMs > atMs);
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

/** The versions after the stimulus in which the condition AllContainersRestarting is True. */
export function restartingVersions({after}: Timeline): readonly PodVersion[] {
  return after.filter(({pod}) => conditionOf(pod, 'AllContainersRestarting')?.status === 'True');
}

/** The first version after the condition was True in which it is False again. */
export function restartedVersion(timeline: Timeline): PodVersion | undefined {
  const [first] = restartingVersions(timeline);
  return timeline.after.find(
    ({index, pod}) =>
      index > (first?.index ?? Infinity) && conditionOf(pod, 'AllContainersRestarting')?.status === 'False',
  );
}

function journalOf(observations: readonly Observation[]): readonly JournalLine[] {
  const clocks = observations.filter(o => o.kind === 'clock');
  const offsets = clocks.map(({atMs, askedAtMs, uptime}) => ({
    width: atMs - askedAtMs,
    offset: (atMs + askedAtMs) / 2 - uptime * 1000,
  }));
  const best = offsets.toSorted((a, b) => a.width - b.width)[0];
  return observations
    .flatMap((o, index) =>
      o.kind === 'journal' ? [{index, entry: o.entry, atMs: o.entry.uptime * 1000 + (best?.offset ?? 0)}] : [],
    )
    .toSorted((a, b) => a.entry.uptime - b.entry.uptime || a.index - b.index);
}
