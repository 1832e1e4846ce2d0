import {runsAround, type ContainerRun, type Timeline} from '../recording/timeline.ts';
import {broken, held, journalHole, unknown, type Check, type Evidence} from './finding.ts';
import {ofRestart} from './restart.ts';

/** The volume is the same mount (device, inode) with the same content when containers start again (KEP-5532, Volumes). */
export function preservesVolume(name: string): Check {
  const expected = `volume ${name} keeps its mount and its content`;
  return eachRestart(expected, (first, again) => {
    const was = latest(first)?.start.entry.volumes[name];
    const is = again.start.entry.volumes[name];
    const text = `${name} ${is?.mount ?? 'absent'} ${JSON.stringify(is?.origin ?? '')}, was ${was?.mount ?? 'absent'} ${JSON.stringify(was?.origin ?? '')}`;
    if (was === undefined || is === undefined) return {text, wrong: `volume ${name} is not mounted`};
    if (was.mount !== is.mount) return {text, wrong: `volume ${name} is another mount`};
    // A container that began before the content was written has nothing to compare.
    return {
      text,
      wrong: was.origin !== '' && was.origin !== is.origin ? `the content of volume ${name} changed` : undefined,
    };
  });
}

/** What a container wrote outside its volumes is gone when it starts again: it is a new container (KEP-5532). */
export function renewsWritableLayers(): Check {
  return eachRestart('each container starts again with a new writable layer', (_first, again) => ({
    text: `writable layer ${again.start.entry.layer}`,
    wrong: again.start.entry.layer === 'new' ? undefined : 'what an earlier run wrote is still in the writable layer',
  }));
}

/** What a container appended to a volume in an earlier run is there when it runs again, so it must be reentrant. */
export function findsWhatItLeft(): Check {
  return eachRestart('each container finds on its volume what its earlier runs appended', (first, again) => ({
    text: `finds ${again.start.entry.earlierRuns} of ${first.length} earlier runs`,
    wrong:
      again.start.entry.earlierRuns === first.length
        ? undefined
        : 'what an earlier run appended is missing, or more is there',
  }));
}

/** The environment that each container sees is the one that it saw before. */
export function preservesEnvironment(): Check {
  return eachRestart('each container has the environment that it had', (first, again) => {
    const was = latest(first)?.start.entry.environment;
    const is = again.start.entry.environment;
    return {text: `environment ${is}`, wrong: was === is ? undefined : 'the environment changed'};
  });
}

/** Compares the first run after the exit of every container that had run with its runs before. */
function eachRestart(
  expected: string,
  compare: (before: readonly ContainerRun[], again: ContainerRun) => {text: string; wrong: string | undefined},
): Check {
  return timeline => {
    const hole = journalHole(timeline);
    if (hole !== undefined) return unknown(expected, hole);
    const trail: Evidence[] = [];
    for (const {name, before, again} of restarts(timeline)) {
      const {text, wrong} = compare(before, again);
      trail.push({index: again.start.index, atMs: again.start.atMs, text: `${name} starts: ${text}`});
      if (wrong !== undefined) return broken(expected, `${wrong} (${name})`, trail);
    }
    if (trail.length === 0) return unknown(expected, 'no container was seen to start again');
    return ofRestart(timeline, held(expected, trail));
  };
}

function restarts(timeline: Timeline): readonly {name: string; before: readonly ContainerRun[]; again: ContainerRun}[] {
  return timeline.hadRun.flatMap(name => {
    const {before, after} = runsAround(timeline, name);
    const [again] = after;
    return again === undefined || before.length === 0 ? [] : [{name, before, again}];
  });
}

function latest(runs: readonly ContainerRun[]): ContainerRun | undefined {
  return runs.at(-1);
}
