import type {Pod} from '../recording/pod.ts';
import {runsAround, runsOf, type Timeline} from '../recording/timeline.ts';
import {broken, held, journalHole, unknown, unlessGap, type Check, type Evidence} from './finding.ts';
import {evidence, ofRestart, stimulusEvidence} from './restart.ts';

/** A field by its path; undefined where it is absent. */
function at(pod: Pod, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (parent, key) => (typeof parent === 'object' && parent !== null ? Reflect.get(parent, key) : undefined),
      pod,
    );
}

/** Fields of the Pod have one value from the stimulus on; a field that comes or goes has changed. */
export function preserves(...paths: readonly [string, ...string[]]): Check {
  return timeline => {
    const {before, after} = timeline;
    const had = paths.map(path => {
      const value = at(before.pod, path);
      return {path, value, text: JSON.stringify(value)};
    });
    const values = had.map(({path, value}) => `${path} ${brief(value)}`);
    const expected = `${values.join(', ')} throughout`;
    const trail = [evidence(before, values.join('  ')), stimulusEvidence(timeline)];
    for (const version of after) {
      const changed = had.find(({path, value, text}) => {
        const now = at(version.pod, path);
        return now !== value && JSON.stringify(now) !== text;
      });
      if (changed === undefined) continue;
      const {path, value} = changed;
      const change = `${path} ${brief(value)} -> ${brief(at(version.pod, path))}`;
      return broken(expected, `${path} changed`, [...trail, evidence(version, change)]);
    }
    const last = after.at(-1);
    const same = last === undefined ? trail : [...trail, evidence(last, 'unchanged')];
    return ofRestart(timeline, unlessGap(timeline, held(expected, same), 'presence'));
  };
}

/**
 * The containers see the same namespaces before and after: the sandbox is the same one (KEP-5532, Sandbox). The kernel may give
 * a new namespace the inode of one that is gone, but a new sandbox has no mark in /dev/shm.
 */
export function preservesNamespaces(...kinds: readonly [string, ...string[]]): Check {
  const expected = `the ${kinds.join(', ')} namespaces are the same before and after`;
  const same = sameInJournal(expected, ({namespaces}) =>
    kinds.some(kind => (namespaces[kind] ?? '') === '')
      ? undefined
      : kinds.map(kind => `${kind} ${namespaces[kind] ?? ''}`).join(' '),
  );
  return timeline => {
    const other = otherMark(timeline);
    return other === undefined
      ? same(timeline)
      : broken(expected, `${other.entry.container} found the /dev/shm of another sandbox`, [
          {
            index: other.index,
            atMs: other.atMs,
            text: `${other.entry.container} starts: mark ${other.entry.shm ?? ''}`,
          },
        ]);
  };
}

/** The first start after the exit with another mark than before, where all containers had one and the same before. */
function otherMark(timeline: Timeline): Start | undefined {
  const starts = (when: 'before' | 'after') =>
    timeline.hadRun
      .flatMap(name => runsAround(timeline, name)[when].map(({start}) => start))
      .filter(({entry}) => (entry.shm ?? '') !== '')
      .toSorted((a, b) => a.entry.began - b.entry.began);
  const marks = new Set(starts('before').map(({entry}) => entry.shm));
  return marks.size === 1 ? starts('after').find(({entry}) => !marks.has(entry.shm)) : undefined;
}

/** The containers see the same host name before and after. */
export function preservesHostname(): Check {
  return sameInJournal('the host name is the same before and after', ({hostname}) =>
    hostname === '' ? undefined : `hostname ${hostname}`,
  );
}

/** The containers see the same user namespace, with the same ID mappings (KEP-5532, Goals). */
export function preservesUserNamespace(): Check {
  const expected = 'the user namespace and its ID mapping are the same before and after';
  const mappingOf = ({users}: Start['entry']) => users?.trim() ?? '';
  const same = sameInJournal(expected, entry =>
    mappingOf(entry) === '' ? undefined : `user ${entry.namespaces['user'] ?? ''}, mapping ${mappingOf(entry)}`,
  );
  return timeline => {
    const before = timeline.hadRun.flatMap(name => runsAround(timeline, name).before);
    return before.some(({start}) => mappingOf(start.entry) === wholeRange)
      ? unknown(expected, 'the Pod had no user namespace of its own')
      : same(timeline);
  };
}

/** The mapping of a Pod without a user namespace of its own. */
const wholeRange = '0 0 4294967295';

type Start = ReturnType<typeof runsOf>[number]['start'];

/**
 * Something that every container of the Pod reads at its start is the same for all of them, at every start.
 *
 * @param read gives what it read; undefined where it could not be read
 */
function sameInJournal(expected: string, read: (start: Start['entry']) => string | undefined): Check {
  return timeline => {
    const hole = journalHole(timeline);
    if (hole !== undefined) return unknown(expected, hole);
    const silent = timeline.hadRun.find(name => runsAround(timeline, name).after.length === 0);
    if (silent !== undefined) return unknown(expected, `the journal has no new start of ${silent}`);
    const starts = timeline.containers
      .flatMap(({name}) => runsOf(timeline, name).map(({start}) => start))
      .toSorted((a, b) => a.entry.began - b.entry.began);
    const trail: Evidence[] = [];
    let first: {value: string; container: string} | undefined;
    for (const {index, atMs, entry} of starts) {
      const value = read(entry);
      if (value === undefined) return unknown(expected, `${entry.container} could not read it`, trail);
      trail.push({index, atMs, text: `${entry.container} starts: ${value}`});
      first ??= {value, container: entry.container};
      if (value !== first.value)
        return broken(expected, `${entry.container} saw others than ${first.container} before it`, trail);
    }
    return ofRestart(timeline, held(expected, trail));
  };
}

function brief(value: unknown): string {
  if (value === undefined) return 'absent';
  const json = JSON.stringify(value);
  return json.length <= 60 ? json : `${json.slice(0, 57)}...`;
}
