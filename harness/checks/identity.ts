import type {Pod} from '../recording/pod.ts';
import {runsOf, type Timeline} from '../recording/timeline.ts';
import {broken, held, journalHole, unknown, unlessGap, type Check, type Evidence} from './finding.ts';
import {evidence, ofRestart, stimulusEvidence} from './restart.ts';

/** A field by its path, as JSON; undefined where it is absent. */
function at(pod: Pod, path: string): string | undefined {
  const value = path
    .split('.')
    .reduce<unknown>(
      (parent, key) => (typeof parent === 'object' && parent !== null ? Reflect.get(parent, key) : undefined),
      pod,
    );
  return JSON.stringify(value);
}

/** Fields of the Pod have one value from the stimulus on; a field that comes or goes has changed. */
export function preserves(...paths: readonly [string, ...string[]]): Check {
  return timeline => {
    const {before, after} = timeline;
    const values = paths.map(path => `${path} ${brief(at(before.pod, path))}`);
    const expected = `${values.join(', ')} throughout`;
    const trail = [evidence(before, values.join('  ')), stimulusEvidence(timeline)];
    for (const version of after) {
      const path = paths.find(each => at(version.pod, each) !== at(before.pod, each));
      if (path === undefined) continue;
      const change = `${path} ${brief(at(before.pod, path))} -> ${brief(at(version.pod, path))}`;
      return unlessGap(
        timeline,
        broken(expected, `${path} changed`, [...trail, evidence(version, change)]),
        'presence',
      );
    }
    const last = after.at(-1);
    const same = last === undefined ? trail : [...trail, evidence(last, 'unchanged')];
    return ofRestart(timeline, unlessGap(timeline, held(expected, same), 'presence'));
  };
}

/** The containers see the same namespaces before and after: the sandbox is the same one (KEP-5532, Sandbox). */
export function preservesNamespaces(...kinds: readonly [string, ...string[]]): Check {
  return sameInJournal(`the ${kinds.join(', ')} namespaces are the same before and after`, start =>
    kinds.map(kind => `${kind} ${start.namespaces[kind] ?? 'absent'}`).join(' '),
  );
}

/** The containers see the same host name before and after. */
export function preservesHostname(): Check {
  return sameInJournal('the host name is the same before and after', ({hostname}) => `hostname ${hostname}`);
}

type Start = ReturnType<typeof runsOf>[number]['start']['entry'];

/** Something that every container of the Pod reads at its start is the same for all of them, at every start. */
function sameInJournal(expected: string, read: (start: Start) => string): Check {
  return timeline => {
    const hole = journalHole(timeline);
    if (hole !== undefined) return unknown(expected, hole);
    const starts = startsOf(timeline).toSorted((a, b) => a.start.entry.began - b.start.entry.began);
    const [first] = starts;
    if (first === undefined) return unknown(expected, 'the journal has no start of a container');
    const trail: Evidence[] = [];
    for (const {start} of starts) {
      trail.push({index: start.index, atMs: start.atMs, text: `${start.entry.container} starts: ${read(start.entry)}`});
      if (read(start.entry) !== read(first.start.entry)) {
        return broken(
          expected,
          `${start.entry.container} saw others than ${first.start.entry.container} before it`,
          trail,
        );
      }
    }
    return ofRestart(timeline, held(expected, trail));
  };
}

function startsOf(timeline: Timeline): readonly {start: ReturnType<typeof runsOf>[number]['start']}[] {
  return timeline.containers.flatMap(({name}) => runsOf(timeline, name));
}

function brief(json: string | undefined): string {
  if (json === undefined) return 'absent';
  return json.length <= 60 ? json : `${json.slice(0, 57)}...`;
}
