import {statusOf} from '../recording/pod.ts';
import {eventsOf, runsAround, type JournalLine} from '../recording/timeline.ts';
import {marks} from '../timeouts.ts';
import {graceMs} from './containers.ts';
import {broken, held, journalHole, unknown, type Check, type Evidence} from './finding.ts';
import {evidence, ofRestart} from './restart.ts';
import {longest, slowness} from './slowness.ts';

const of = ({index, atMs, entry}: JournalLine): Evidence => ({index, atMs, text: `${entry.container} ${entry.what}`});

/** What a container's script writes; hooks and probes are processes of their own, which may write before it does. */
const ofItsOwn: ReadonlySet<string> = new Set(['start', 'ready', 'done', 'exit', 'SIGTERM', 'alive']);

/** A container's old run is over before its new one begins: no container runs twice at a time (KEP-5532, Restart Phases). */
export function runsNoneTwice(): Check {
  return timeline => {
    const expected = 'the old run of each container is over before the new one begins';
    const hole = journalHole(timeline);
    if (hole !== undefined) return unknown(expected, hole);
    const trail: Evidence[] = [];
    for (const name of timeline.hadRun) {
      const {before, after} = runsAround(timeline, name);
      const [old, again] = [before.at(-1), after[0]];
      const last = old?.lines.findLast(({entry}) => ofItsOwn.has(entry.what));
      if (last === undefined || again === undefined)
        return unknown(expected, `the journal has no new start of ${name}`, trail);
      trail.push(of(last), of(again.start));
      const saw = `${name} ran twice at a time`;
      if (last.entry.uptime > again.start.entry.began) return broken(expected, saw, trail);
      // Only a run that got SIGTERM writes that it is alive; one of the old run's lines may follow the start of the new one.
      const [alive, told] = (['alive', 'SIGTERM'] as const).map(what =>
        again.lines.find(({entry}) => entry.what === what),
      );
      if (alive !== undefined && alive.entry.uptime < (told?.entry.uptime ?? Infinity))
        return broken(expected, saw, [...trail, of(alive)]);
    }
    return ofRestart(timeline, held(expected, trail));
  };
}

/**
 * Each container that runs gets its stop signal before it is killed, though its grace period is not waited for (Kubernetes
 * source, killContainer). A container that was not started again was not ended, and says nothing.
 */
export function signalsFirst(): Check {
  return timeline => {
    const expected = 'each container that ran gets SIGTERM before its end';
    const hole = journalHole(timeline);
    if (hole !== undefined) return unknown(expected, hole);
    const {exit, before, hadRun, source} = timeline;
    const trail: Evidence[] = [];
    for (const name of hadRun) {
      const {before: old, after} = runsAround(timeline, name);
      if (name === source || statusOf(before.pod, name)?.state.running === undefined) continue;
      const [again] = after;
      if (again === undefined) return unknown(expected, `the journal has no new start of ${name}`, trail);
      const told = old
        .at(-1)
        ?.lines.find(({entry}) => entry.what === 'SIGTERM' && entry.uptime > (exit?.entry.uptime ?? Infinity));
      trail.push(of(told ?? again.start));
      if (told !== undefined) continue;
      const saw = `${name} did not get SIGTERM`;
      const slow = slowness(timeline);
      return slow === undefined ? broken(expected, saw, trail) : unknown(expected, `${saw}, ${slow}`, trail);
    }
    return trail.length === 0
      ? unknown(expected, 'no container ran beside the source')
      : ofRestart(timeline, held(expected, trail));
  };
}

/**
 * The containers are ended side by side, or one after the other within 2 s each (KEP-5532, Monitoring Requirements).
 *
 * @param ownMs the kubelet's minimum for one container; what the node needs beyond it comes from the calibration
 */
export function endsSideBySide(ownMs: number): Check {
  return timeline => {
    const hole = journalHole(timeline);
    const {exit, before, hadRun, source} = timeline;
    const victims = hadRun.filter(name => name !== source && statusOf(before.pod, name)?.state.running !== undefined);
    const allMs = ownMs * victims.length;
    const expected = `all containers are gone within ${ownMs / 1000} s for each that ran`;
    if (hole !== undefined) return unknown(expected, hole);
    const lines = victims
      .flatMap(name => runsAround(timeline, name).before.at(-1)?.lines ?? [])
      .filter(({entry}) => ['SIGTERM', 'alive'].includes(entry.what) && entry.uptime > (exit?.entry.uptime ?? Infinity))
      .toSorted((a, b) => a.entry.uptime - b.entry.uptime);
    const [first, last] = [lines[0], lines.at(-1)];
    if (first === undefined || last === undefined) return unknown(expected, 'no container was seen to get SIGTERM');
    const trail = [of(first), of(last)];
    const tookMs = (last.entry.uptime - first.entry.uptime) * 1000;
    if (tookMs > allMs + marks.leastTolerance.ms) {
      const saw = 'they took longer';
      const boundMs = longest(timeline, allMs, graceMs(timeline));
      const slow = boundMs === undefined ? 'on a node that is too slow to tell' : slowness(timeline);
      if (slow !== undefined) return unknown(expected, `${saw}, ${slow}`, trail);
      if (tookMs > (boundMs ?? Infinity)) return broken(expected, saw, trail);
    }
    return ofRestart(timeline, held(expected, trail));
  };
}

/**
 * When a Pod is deleted after a restart, its preStop hook runs and its grace period is waited for (KEP-5532, "Termination
 * Grace Periods": they are left out in the restart alone).
 *
 * @param hooked a container whose preStop hook makes it exit with `code`
 * @param stubborn a container that goes on after SIGTERM
 */
export function deletesGracefully(hooked: string, code: number, stubborn: string): Check {
  return timeline => {
    const {recording, versions} = timeline;
    const expected = `the preStop hook of ${hooked} runs, and ${stubborn} is ended after its grace period`;
    const deleted = recording.observations.findIndex(o => o.kind === 'step' && o.does === 'delete');
    if (deleted === -1) return unknown(expected, 'the Pod was not deleted');
    const endOf = (name: string) => {
      const version = versions.find(
        ({index, pod}) => index > deleted && statusOf(pod, name)?.state.terminated !== undefined,
      );
      const ended = version === undefined ? undefined : statusOf(version.pod, name)?.state.terminated;
      return version === undefined || ended === undefined ? undefined : {version, ...ended};
    };
    const [first, second] = [endOf(hooked), endOf(stubborn)];
    if (first === undefined || second === undefined)
      return unknown(expected, 'the containers were not shown terminated before the Pod was gone');
    // From the kubelet's own word where it is there: a hook may take long on a busy node.
    const killing = eventsOf(recording, stubborn).find(
      ({index, object}) => index > deleted && object.reason === 'Killing',
    )?.object.lastTimestamp;
    const lastedMs = Date.parse(second.finishedAt ?? '') - Date.parse(killing ?? first.finishedAt ?? '');
    const from = killing == null ? 'that' : 'it was to be ended';
    const trail = [
      evidence(first.version, `${hooked} exited with ${first.exitCode}`),
      evidence(second.version, `${stubborn} ended ${lastedMs / 1000} s after ${from}, with ${second.exitCode}`),
    ];
    if (first.exitCode !== code) return broken(expected, `the preStop hook of ${hooked} did not run`, trail, 0);
    if (Number.isNaN(lastedMs)) return unknown(expected, 'the containers have no time of their end', trail);
    // Times are whole seconds, and the hook takes some of the grace period.
    if (lastedMs < graceMs(timeline) - 2_000)
      return broken(expected, `${stubborn} was ended before its grace period was over`, trail);
    return ofRestart(timeline, held(expected, trail));
  };
}
