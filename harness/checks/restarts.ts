import {containersOf, statusOf} from '../recording/pod.ts';
import type {Recording} from '../recording/recording.ts';
import {nodeClock, subjectOf, type JournalLine} from '../recording/timeline.ts';

/** One restart of one Pod, as its own journal tells it; all times on the node's clock. */
export interface Restart {
  readonly pod: string;
  /** The step in which it was told. */
  readonly step: string;
  /** The source's own line about its exit; undefined where it wrote none. */
  readonly exit: JournalLine | undefined;
  /** How many containers the Pod has, apart from what admission added, which writes to no journal. */
  readonly containers: number;
  /** The first start after the exit of each container that has one, in order, with its time since the exit. */
  readonly starts: readonly (JournalLine & {readonly afterMs: number})[];
  /** Containers that did not start after it. */
  readonly missing: readonly string[];
  /** Containers that started more than once before the next exit. */
  readonly repeated: readonly string[];
  /** /proc/uptime at which its Pod exits again, or is deleted to be created again; Infinity where it is not, s. */
  readonly over: number;
}

/**
 * Every restart of a recording, in the order in which the containers were told: each from the source's exit until its Pod is
 * told again. What a Pod that is created again does belongs to none of them. Where an exit was not read,
 * the others are told apart by time, so that it shifts none of them.
 */
export function restartsOf({header, observations}: Recording): readonly Restart[] {
  const {offset, errorMs} = nodeClock(observations);
  const subject = subjectOf({header, observations});
  const recreated = observations.flatMap(o =>
    o.kind === 'step' && o.does === 'recreate' ? [(o.atMs - offset) / 1000] : [],
  );
  const journals = Map.groupBy(
    observations.flatMap((o, index) =>
      o.kind === 'journal'
        ? [{pod: o.pod ?? subject, line: {index, entry: o.entry, atMs: o.entry.uptime * 1000 + offset}}]
        : [],
    ),
    ({pod}) => pod,
  );
  const specs = new Map(observations.flatMap(o => (o.kind === 'pod' ? [[o.object.metadata.name, o.object]] : [])));
  const told = Map.groupBy(
    observations.flatMap(o => (o.kind === 'stimulus' ? [{...o, pod: o.pod ?? subject}] : [])),
    ({pod}) => pod,
  );
  return [...told].flatMap(([pod, stimuli]) => {
    const lines = (journals.get(pod) ?? [])
      .map(({line}) => line)
      .toSorted((a, b) => a.entry.uptime - b.entry.uptime || a.index - b.index);
    const spec = specs.get(pod);
    const writers = new Set(lines.map(({entry}) => entry.container));
    const names = spec === undefined ? [] : containersOf(spec).filter(({name}) => writers.has(name));
    const own = lines.filter(
      ({entry}) => entry.what === 'exit' && stimuli.some(s => s.container === entry.container && s.code === entry.code),
    );
    const exits = own.length === stimuli.length ? own : stimuli.map((_, at) => exitAfter(stimuli, at, own, errorMs));
    return stimuli.map(({step}, at) => {
      const exit = exits[at];
      const from = exit?.entry.uptime ?? Infinity;
      const next = exits.slice(at + 1).find(line => line !== undefined)?.entry.uptime ?? Infinity;
      const to = Math.min(next, ...recreated.filter(uptime => uptime > from));
      const all = lines.flatMap(line =>
        line.entry.what === 'start' && line.entry.began > from && line.entry.began < to
          ? [{...line, afterMs: Math.round((line.entry.began - from) * 1000)}]
          : [],
      );
      const of = (name: string) => all.filter(({entry}) => entry.container === name);
      return {
        pod,
        step,
        exit,
        containers: names.length,
        starts: names.flatMap(({name}) => of(name).slice(0, 1)).toSorted((a, b) => a.afterMs - b.afterMs),
        missing: names.map(({name}) => name).filter(name => of(name).length === 0),
        repeated: names.map(({name}) => name).filter(name => of(name).length > 1),
        over: to,
      };
    });
  });
}

interface Stimulus {
  readonly atMs: number;
  readonly step: string;
  readonly container: string;
  readonly code: number;
}

/** The exit that a container wrote after it was told, and before its Pod was told again. */
function exitAfter(
  stimuli: readonly Stimulus[],
  at: number,
  exits: readonly JournalLine[],
  errorMs: number,
): JournalLine | undefined {
  const told = stimuli[at];
  if (told === undefined) return undefined;
  const next = stimuli.slice(at + 1).find(({step}) => step !== told.step)?.atMs ?? Infinity;
  return exits.find(
    ({entry, atMs}) =>
      entry.what === 'exit' &&
      entry.container === told.container &&
      entry.code === told.code &&
      atMs >= told.atMs - errorMs &&
      atMs < next,
  );
}

/**
 * How often each container of a Pod was counted as restarted, from the first version that has all its statuses to the last;
 * those alone that write to its journal.
 */
export function countedRestarts({header, observations}: Recording, pod: string): ReadonlyMap<string, number> {
  const subject = subjectOf({header, observations});
  const writers = new Set(
    observations.flatMap(o => (o.kind === 'journal' && (o.pod ?? subject) === pod ? [o.entry.container] : [])),
  );
  const versions = observations.flatMap(o => (o.kind === 'pod' && o.object.metadata.name === pod ? [o.object] : []));
  const last = versions.at(-1);
  const names = last === undefined ? [] : containersOf(last).flatMap(({name}) => (writers.has(name) ? [name] : []));
  return new Map(
    names.map(name => {
      const counts = versions.flatMap(version => statusOf(version, name)?.restartCount ?? []);
      return [name, (counts.at(-1) ?? 0) - (counts[0] ?? 0)];
    }),
  );
}
