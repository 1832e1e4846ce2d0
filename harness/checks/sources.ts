import {statusOf, type ContainerStatus} from '../recording/pod.ts';
import {runsAround, type JournalLine, type Timeline} from '../recording/timeline.ts';
import {marks} from '../timeouts.ts';
import {broken, held, journalHole, missing, unknown, unlessGap, type Check, type Evidence} from './finding.ts';
import {
  byBackOff,
  evidence,
  idleBefore,
  ofRestart,
  restartedIn,
  restartsAll,
  soonestOwnStart,
  stimulusEvidence,
} from './restart.ts';
import {longest, slowness} from './slowness.ts';

const line = ({index, atMs}: JournalLine, text: string): Evidence => ({index, atMs, text});

/** Several sources that exit within a second cause one restart of all containers, or two in a row, never a loop (KEP-5532). */
export function restartsOnceOrTwice(): Check {
  return timeline => {
    const {sources, before, after, containers, hadRun, end} = timeline;
    const expected = 'every container is started again once or twice, and runs in the end';
    const hole = journalHole(timeline);
    if (hole !== undefined) return unknown(expected, hole);
    const trail: Evidence[] = [];
    const exits = sources.flatMap(name => exitOf(timeline, name) ?? []);
    trail.push(...exits.map(each => line(each, `${each.entry.container} exit`)));
    const uptimes = exits.map(({entry}) => entry.uptime);
    if (exits.length < sources.length || Math.max(...uptimes) - Math.min(...uptimes) > 1)
      return unknown(expected, 'they did not exit within a second', trail);
    for (const {name, kind} of containers.filter(each => hadRun.includes(each.name))) {
      const first = statusOf(before.pod, name)?.restartCount ?? 0;
      const counts = after.map(({pod}) => statusOf(pod, name)?.restartCount ?? first);
      if (counts.some(count => count > first + 2))
        return broken(expected, `restartCount of ${name} went up by more than 2`, trail);
      const last = after.at(-1);
      if (last === undefined || restartedIn(timeline, name) === undefined || Math.max(...counts) === first)
        return missing(timeline, expected, `${name} was not started again`, trail);
      trail.push(evidence(last, `${name} restartCount ${first} -> ${counts.at(-1) ?? first}`));
      const {running, terminated} = statusOf(last.pod, name)?.state ?? {};
      if (running === undefined && (kind !== 'init' || terminated?.exitCode !== 0))
        return missing(timeline, expected, `${name} did not run in the end`, trail);
      if (end.atMs - last.atMs < marks.quietWatched.ms)
        return unknown(expected, 'the Pod was not watched for long enough afterwards', trail);
    }
    return ofRestart(timeline, unlessGap(timeline, held(expected, trail), 'presence'));
  };
}

function exitOf({journal, stimulusAtMs, clockErrorMs}: Timeline, container: string): JournalLine | undefined {
  return journal.findLast(
    ({entry, atMs}) => entry.what === 'exit' && entry.container === container && atMs > stimulusAtMs - clockErrorMs,
  );
}

/**
 * A source that exits before the regular containers have started makes all that is in front of it start again, from the
 * first init container (KEP-5532, "e2e tests").
 */
export function startsFromTheFirst(): Check {
  return timeline => {
    const {containers, hadRun, source} = timeline;
    const expected = `all that is in front of ${source} starts again before it does`;
    const hole = journalHole(timeline);
    if (hole !== undefined) return unknown(expected, hole);
    const early = containers.find(({name, kind}) => kind === 'regular' && hadRun.includes(name));
    if (early !== undefined) return unknown(expected, `${early.name} had run when ${source} was told to exit`);
    const position = containers.findIndex(({name}) => name === source);
    const front = containers.slice(0, position);
    if (front.length === 0) return unknown(expected, `nothing is in front of ${source}`);
    const again = runsAround(timeline, source).after[0]?.start;
    if (again === undefined) return missing(timeline, expected, `${source} did not start again`);
    const trail: Evidence[] = [];
    for (const {name} of front) {
      const start = runsAround(timeline, name).after[0]?.start;
      if (start === undefined) return missing(timeline, expected, `${name} did not start again`, trail);
      trail.push(line(start, `${name} starts`));
      if (start.entry.began > again.entry.began)
        return broken(expected, `${source} started before ${name}`, [...trail, line(again, `${source} starts`)]);
    }
    return ofRestart(timeline, held(expected, [...trail, line(again, `${source} starts`)]));
  };
}

/** A source whose startup probe has not passed yet restarts all containers too (KEP-5532, "e2e tests"). */
export function triggersBeforeStarted(): Check {
  return timeline => {
    const {source, before} = timeline;
    const finding = restartsAll()(timeline);
    return statusOf(before.pod, source)?.started === true
      ? unknown(finding.expected, `the startup probe of ${source} had passed`, [evidence(before, `${source} started`)])
      : finding;
  };
}

/** That the restart ended a container by SIGTERM, so that it exited with 143; where it did not, nothing is said. */
export function endsBySignal(container: string): Check {
  return timeline => {
    const expected = `the restart ends ${container} by SIGTERM`;
    const hole = journalHole(timeline);
    if (hole !== undefined) return unknown(expected, hole);
    const told = timeline.journal.find(
      ({entry}) =>
        entry.container === container && entry.what === 'SIGTERM' && entry.uptime >= (timeline.exit?.entry.uptime ?? 0),
    );
    return told === undefined
      ? unknown(expected, `${container} was not seen to get SIGTERM`, [stimulusEvidence(timeline)])
      : held(expected, [line(told, `${container} SIGTERM`)]);
  };
}

/** That the kernel ended the source for its memory; where it did not, nothing is said. */
export function endsForItsMemory(): Check {
  return timeline => {
    const {source, after} = timeline;
    const expected = `${source} is ended for its memory`;
    const shown = after.find(({pod}) => statusOf(pod, source)?.state.terminated !== undefined);
    const reason = shown === undefined ? undefined : statusOf(shown.pod, source)?.state.terminated?.reason;
    return shown === undefined || reason !== 'OOMKilled'
      ? unknown(expected, `${source} was not shown to be ended for its memory`, [stimulusEvidence(timeline)])
      : held(expected, [evidence(shown, `${source} terminated, ${reason}`)]);
  };
}

/** That a container's liveness probe failed while the restart ended it; where it did not, nothing is said. */
export function failsProbe(container: string): Check {
  return timeline => {
    const expected = `the liveness probe of ${container} fails while it is being ended`;
    const hole = journalHole(timeline);
    if (hole !== undefined) return unknown(expected, hole);
    const [again] = runsAround(timeline, container).after;
    const failed = timeline.journal.find(
      ({entry}) =>
        entry.container === container &&
        entry.what === 'livenessProbe' &&
        entry.uptime > (timeline.exit?.entry.uptime ?? Infinity) &&
        entry.uptime < (again?.start.entry.began ?? Infinity),
    );
    return failed === undefined
      ? unknown(expected, 'no probe failed during the restart', [stimulusEvidence(timeline)])
      : held(expected, [line(failed, `${container} liveness probe fails`)]);
  };
}

/** Reason of the last state that a restart of all leaves, with the code 137, however the container ended. */
const ofEarlierRestart = 'RestartingAllContainers';

/** That a container was ended with that code, as its probe's failure does; where it was not, nothing is said. */
export function endsWith(container: string, code: number): Check {
  return timeline => {
    const expected = `${container} ends with ${code}`;
    const ended = timeline.after.find(({pod}) =>
      [statusOf(pod, container)?.state.terminated, statusOf(pod, container)?.lastState.terminated].some(
        terminated =>
          terminated?.exitCode === code &&
          terminated.reason !== ofEarlierRestart &&
          restartedIn(timeline, container) !== undefined,
      ),
    );
    return ended === undefined
      ? unknown(expected, `${container} was not seen to end with ${code}`, [stimulusEvidence(timeline)])
      : held(expected, [evidence(ended, `${container} ended with ${code}`)]);
  };
}

/**
 * Containers that did not run when the source exited run again with the others (KEP-5532, "Regular Containers").
 *
 * @param state how they were: ended for good, or waiting for their back-off, which may be shown as ended until it is nearly over
 */
export function runsAgain(state: 'terminated' | 'waiting'): Check {
  return timeline => {
    const {before, hadRun} = timeline;
    const stateOf = (name: string): ContainerStatus['state'] => statusOf(before.pod, name)?.state ?? {};
    const idle = hadRun.filter(name => isIdle(stateOf(name), state));
    const expected = `${idle.join(', ')} run again, though they were ${state}`;
    if (idle.length === 0) return unknown(expected, `no container was ${state}`);
    const trail: Evidence[] = idle.map(name => evidence(before, `${name} ${Object.keys(stateOf(name)).join()}`));
    for (const name of idle) {
      const again = restartedIn(timeline, name);
      if (again === undefined) return missing(timeline, expected, `${name} did not run again`, trail);
      trail.push(evidence(again, `${name} has a new container id`));
      const hole = state === 'waiting' ? byBackOff(timeline, name) : undefined;
      if (hole !== undefined) return unknown(expected, hole, trail);
      const lateMs = state === 'waiting' ? lateness(timeline, name) : 0;
      if (lateMs <= marks.furtherContainer.ms) continue;
      const saw = `${name} waited for its back-off`;
      const boundMs = longest(timeline, marks.furtherContainer.ms, marks.furtherContainer.ms + marks.leastBackOff.ms);
      const slow = boundMs === undefined ? 'on a node that is too slow to tell' : slowness(timeline);
      if (slow !== undefined) return unknown(expected, `${saw}, ${slow}`, trail);
      if (lateMs > (boundMs ?? 0)) return broken(expected, saw, trail);
    }
    return ofRestart(timeline, held(expected, trail));
  };
}

/** Whether a container has ended for good, or waits for its back-off, which may be shown late. */
function isIdle({terminated, waiting}: ContainerStatus['state'], as: 'terminated' | 'waiting'): boolean {
  if (as === 'terminated') return terminated !== undefined;
  return waiting !== undefined || (terminated !== undefined && terminated.exitCode !== 0);
}

/**
 * How long after the others a container was started, ms, where the back-off was over by then in which it was; a further
 * container may take 5 s (KEP-5532, "Monitoring Requirements").
 */
function lateness(timeline: Timeline, name: string): number {
  if ((idleBefore(timeline, name) ?? 0) < soonestOwnStart(timeline, name)) return 0;
  const began = (container: string): number => runsAround(timeline, container).after[0]?.start.entry.began ?? -Infinity;
  const others = timeline.hadRun.filter(other => other !== name);
  return (began(name) - Math.max(...others.map(began))) * 1000;
}

/**
 * Containers whose rules restart all for any other code are never shown to have exited with one (KEP-5307).
 *
 * @param count how many containers must be shown to have exited with `code`, so that anything is said
 */
export function exitsOnlyWith(code: number, count: number): Check {
  return timeline => {
    const {before, sources, containers, versions} = timeline;
    const expected = `${count} containers exit with ${code}, and never with another code`;
    const ranOn = (name: string) => statusOf(before.pod, name)?.state.running !== undefined; // until the restart ended it
    const others = containers.map(({name}) => name).filter(name => !sources.includes(name) && !ranOn(name));
    const seen = new Map<string, Evidence>();
    for (const version of versions) {
      for (const name of others) {
        const ended = statusOf(version.pod, name)?.state.terminated;
        if (ended === undefined) continue;
        const shown = evidence(version, `${name} exited with ${ended.exitCode}`);
        if (ended.exitCode !== code) return broken(expected, `${name} exited with ${ended.exitCode}`, [shown]);
        seen.set(name, shown);
      }
    }
    const trail = [...seen.values()];
    if (seen.size < count) return unknown(expected, `${seen.size} containers were seen to exit`, trail);
    return ofRestart(timeline, unlessGap(timeline, held(expected, trail), 'presence'));
  };
}
