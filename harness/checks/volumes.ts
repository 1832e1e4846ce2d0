import {runsAround, type ContainerRun} from '../recording/timeline.ts';
import {broken, held, journalHole, unknown, type Check, type Evidence} from './finding.ts';
import {ofRestart} from './restart.ts';

/** The volume is the same mount (device, inode) with the same content when containers start again (KEP-5532, Volumes). */
export function preservesVolume(name: string): Check {
  const expected = `volume ${name} keeps its mount and its content`;
  return eachRestart(expected, (first, again) => {
    const was = first.at(-1)?.start.entry.volumes[name];
    const is = again.start.entry.volumes[name];
    const text = `${name} ${is?.mount ?? 'absent'} ${JSON.stringify(is?.origin ?? '')}, was ${was?.mount ?? 'absent'} ${JSON.stringify(was?.origin ?? '')}`;
    if (was === undefined || is === undefined) return {text, wrong: `volume ${name} is not mounted`};
    if (was.mount === '' || is.mount === '') return {text, hole: `the mount of volume ${name} could not be read`};
    if (was.mount !== is.mount) return {text, wrong: `volume ${name} is another mount`};
    // A container that began before the content was written has nothing to compare.
    if (was.origin === '') return {text};
    return was.origin === is.origin ? {text, compared: true} : {text, wrong: `the content of volume ${name} changed`};
  });
}

/** What a container wrote outside its volumes is gone when it starts again: it is a new container (KEP-5532). */
export function renewsWritableLayers(): Check {
  return eachRestart('each container starts again with a new writable layer', (_first, again) => ({
    compared: true,
    text: `writable layer ${again.start.entry.layer}`,
    wrong: again.start.entry.layer === 'new' ? undefined : 'what an earlier run wrote is still in the writable layer',
  }));
}

/** What a container appended to a volume in an earlier run is there when it runs again, so it must be reentrant. */
export function findsWhatItLeft(): Check {
  return eachRestart('each container finds on its volume what its earlier runs appended', (first, again) => ({
    compared: true,
    text: `finds ${again.start.entry.earlierRuns} of ${first.length} earlier runs`,
    wrong:
      again.start.entry.earlierRuns === first.length
        ? undefined
        : 'what an earlier run appended is missing, or more is there',
  }));
}

/**
 * An init container sets right what a regular container spoilt on a volume before that one starts again (KEP-5532, Story 1).
 *
 * @param spoilt what the regular container leaves on the volume
 */
export function findsMended(volume: string, spoilt: string, container: string): Check {
  return timeline => {
    const expected = `${container} finds volume ${volume} as it was when it first started, though it had spoilt it`;
    const hole = journalHole(timeline);
    if (hole !== undefined) return unknown(expected, hole);
    const init = timeline.containers.find(({kind}) => kind === 'init')?.name ?? '';
    const mends = runsAround(timeline, init).after[0]?.start;
    const {before, after} = runsAround(timeline, container);
    const [was, again] = [before.at(-1)?.start, after[0]?.start];
    if (mends === undefined || was === undefined || again === undefined)
      return unknown(expected, `the journal has no new start of ${init} and ${container}`);
    const trail = [was, mends, again].map(({index, atMs, entry}) => ({
      index,
      atMs,
      text: `${entry.container} starts: ${volume} ${JSON.stringify(entry.volumes[volume]?.origin ?? '')}`,
    }));
    if (mends.entry.volumes[volume]?.origin !== spoilt)
      return unknown(expected, `volume ${volume} was not spoilt when ${init} started`, trail);
    if (again.entry.volumes[volume]?.origin !== was.entry.volumes[volume]?.origin)
      return broken(expected, `${container} found volume ${volume} spoilt`, trail);
    return ofRestart(timeline, held(expected, trail));
  };
}

/** The environment that each container sees is the one that it saw before. */
export function preservesEnvironment(): Check {
  return eachRestart('each container has the environment that it had', (first, again) => {
    const was = first.at(-1)?.start.entry.environment;
    const is = again.start.entry.environment;
    return {compared: true, text: `environment ${is}`, wrong: was === is ? undefined : 'the environment changed'};
  });
}

/** What one container's new start says next to its earlier ones. */
interface Comparison {
  readonly text: string;
  /** What breaks the requirement. */
  readonly wrong?: string | undefined;
  /** Why nothing can be said. */
  readonly hole?: string;
  /** Whether there was something to compare; a requirement in which no container had that is undecided. */
  readonly compared?: boolean;
}

/** Compares the first run after the exit of every container that had run with its runs before. */
function eachRestart(
  expected: string,
  compare: (before: readonly ContainerRun[], again: ContainerRun) => Comparison,
): Check {
  return timeline => {
    const hole = journalHole(timeline);
    if (hole !== undefined) return unknown(expected, hole);
    const trail: Evidence[] = [];
    let compared = false;
    for (const name of timeline.hadRun) {
      const {before, after} = runsAround(timeline, name);
      const [again] = after;
      if (again === undefined || before.length === 0)
        return unknown(expected, `the journal has no new start of ${name}`, trail);
      const comparison = compare(before, again);
      trail.push({index: again.start.index, atMs: again.start.atMs, text: `${name} starts: ${comparison.text}`});
      if (comparison.wrong !== undefined) return broken(expected, `${comparison.wrong} (${name})`, trail);
      if (comparison.hole !== undefined) return unknown(expected, `${comparison.hole} (${name})`, trail);
      compared ||= comparison.compared ?? false;
    }
    if (!compared) return unknown(expected, 'no container had anything to compare', trail);
    return ofRestart(timeline, held(expected, trail));
  };
}
