import {nameInApi} from '../recording/observation.ts';
import {conditionOf, statusesOf, statusOf, type ContainerStatus, type Pod} from '../recording/pod.ts';
import {runsAround, type PodVersion, type Timeline} from '../recording/timeline.ts';
import {marks} from '../timeouts.ts';
import {graceMs} from './containers.ts';
import {deletedAt, deletionOf, markedIn, startedAt, staysLonger, unheardMs} from './deletion.ts';
import {broken, held, journalHole, unknown, unlessGap, type Check, type Evidence, type Finding} from './finding.ts';
import {evidence, stimulusEvidence} from './restart.ts';
import {slowness} from './slowness.ts';

/** So many restarts, one right after the other, are a loop. */
const loopRestarts = 3;

/**
 * Each start comes later after the one before than that one did (KEP-5532, "Unintended Pod Restart Loops": exponential
 * back-off). The time since the last start counts where it is longer already.
 */
export function slowsDown(): Check {
  return timeline => {
    const expected = 'the time from one start of the source to the next grows by a third or more with each';
    const starts = startsOf(timeline);
    const trail = [
      stimulusEvidence(timeline),
      ...starts.map(version => evidence(version, `${timeline.source} starts`)),
    ];
    const times = starts.map(({atMs}) => atMs);
    const gaps = times.slice(1).map((atMs, before) => atMs - (times[before] ?? 0));
    const grows = (gap: number, before: number | undefined) => before === undefined || gap >= growth * before;
    const stalled = gaps.findIndex((gap, at) => !grows(gap, gaps[at - 1]));
    const backedOff = inLoop(timeline).some(({pod}) =>
      statusesOf(pod).some(({state}) => state.waiting?.reason === 'CrashLoopBackOff'),
    );
    if (stalled !== -1 && gaps.length > loopRestarts) {
      const saw = `the starts did not become rarer, ${backedOff ? 'though CrashLoopBackOff was shown' : 'and CrashLoopBackOff was never shown'}`;
      const slow = slowness(timeline);
      return slow === undefined
        ? unlessGap(timeline, broken(expected, saw, trail), 'absence')
        : unknown(expected, `${saw}, ${slow}`, trail);
    }
    const open = (deletionOf(timeline)?.atMs ?? timeline.end.atMs) - (times.at(-1) ?? 0);
    const last = gaps.at(-1);
    const slowed = stalled === -1 && last !== undefined && (gaps.length > 1 || open >= growth * last);
    if (!slowed) return unknown(expected, 'too few starts were seen to tell', trail);
    // A node that gets busier looks like a back-off; the kubelet says of a container that it holds one back.
    return backedOff
      ? unlessGap(timeline, held(expected, trail), 'presence')
      : unknown(expected, 'the starts became rarer, and CrashLoopBackOff was never shown', trail);
  };
}

/** Exponential back-off doubles; what the restart itself takes is added to it. */
const growth = 1.3;

/** The Pod does not get Failed or Succeeded for restarting again and again (KEP-5532, "Init Containers"; "Pod Phase"). */
export function keepsLooping(): Check {
  return ofLoop('the phase is Running or Pending as long as the loop goes on', timeline => {
    const ended = inLoop(timeline).find(({pod}) => !['Running', 'Pending'].includes(pod.status.phase ?? ''));
    if (ended === undefined) return undefined;
    const {phase = 'absent'} = ended.pod.status;
    return {saw: `the phase became ${phase}`, at: evidence(ended, `phase ${phase}`)};
  });
}

/** The kubelet sends the latest state only, so that a restart may come and go unseen where it has no time to send more. */
const more = 'more than the number of its restarts';

/** restartCount of each container only goes up, by one with each new container (KEP-5532, "API"). */
export function countsEachRestart(): Check {
  return timeline => {
    const finding = ofLoop('restartCount of each container goes up by one with each new container', () =>
      countedWrongly(timeline),
    )(timeline);
    const leftOut =
      finding.outcome === 'broken'
        ? ((finding.saw.endsWith(more) && !countsTwice(timeline)) ||
            (finding.saw.endsWith('more than one') && !alwaysByMore(timeline))) &&
          !countsPartWays(timeline)
        : timeline.hadRun.some(name => isCountedAhead(timeline, name));
    if (!leftOut) return finding;
    if (isToldByJournal(timeline)) {
      const last = inLoop(timeline).at(-1) ?? timeline.before;
      const starts = writtenStarts(timeline).length;
      const rise = `restartCount of ${timeline.source} up by ${riseOf(timeline, timeline.source)}, ${starts} starts in the journal`;
      return unlessGap(
        timeline,
        held(finding.expected, [stimulusEvidence(timeline), evidence(last, rise)]),
        'presence',
      );
    }
    return unknown(finding.expected, 'not every restart was seen on its own', finding.evidence);
  };
}

/**
 * Whether the journal has a start of the source for each restart that is counted, and each start is counted; of all containers
 * alike. Statuses that were left out hide starts from the statuses, not from it. Another container may be ended before it has
 * written a line; the source is not, since it is what ends them.
 */
function isToldByJournal(timeline: Timeline): boolean {
  const {before, hadRun, source} = timeline;
  const rise = (pod: Pod, name: string): number =>
    (statusOf(pod, name)?.restartCount ?? NaN) - (statusOf(before.pod, name)?.restartCount ?? NaN);
  return (
    journalHole(timeline) === undefined &&
    writtenStarts(timeline).length >= loopRestarts &&
    isCountedAsWritten(timeline) &&
    inLoop(timeline).every(({pod}) => hadRun.every(name => rise(pod, name) === rise(pod, source)))
  );
}

/** When the source began to run again, each time, by what it wrote, ms. */
function writtenStarts(timeline: Timeline): readonly number[] {
  return runsAround(timeline, timeline.source).after.map(({start}) => start.atMs);
}

/**
 * Whether each status of the source counts as many starts as it had written of by then, as far as the two clocks tell. A status
 * may come after the next start, and so be one behind, but for the last one that is clear of any start.
 */
function isCountedAsWritten(timeline: Timeline): boolean {
  const {before, clockErrorMs, recording, source} = timeline;
  const starts = writtenStarts(timeline);
  if (starts.some((atMs, at) => atMs - (starts[at - 1] ?? -Infinity) <= 2 * clockErrorMs)) return false;
  const startsBy = (ms: number): number => starts.filter(atMs => atMs <= ms).length;
  const readAtMs = recording.observations.findLast(({kind}) => kind === 'clock')?.atMs ?? 0;
  const first = statusOf(before.pod, source);
  const ids = new Set([first?.containerID, undefined]);
  const known = ids.size;
  let was = first;
  let ran = first;
  let exact = false;
  for (const {atMs, pod} of inLoop(timeline)) {
    const is = statusOf(pod, source);
    if (is === undefined || was === undefined || ran === undefined || first === undefined) return false;
    const rise = is.restartCount - first.restartCount;
    // A container that waits is counted for the start that comes.
    const begun = rise - (is.state.waiting === undefined ? 0 : 1);
    if (is.restartCount < was.restartCount || risesAlone(was, is)) return false;
    if (rise < ids.add(is.containerID).size - known) return false;
    if (is.state.waiting === undefined) {
      if (is.containerID !== ran.containerID && is.restartCount <= ran.restartCount) return false;
      ran = is;
    }
    if (begun > startsBy(atMs + clockErrorMs) || begun < startsBy(atMs - clockErrorMs) - 1) return false;
    if (atMs <= readAtMs && starts.every(start => Math.abs(start - atMs) > clockErrorMs))
      exact = begun === startsBy(atMs);
    was = is;
  }
  return exact;
}

/** Whether a count went up though the same container runs on. */
function risesAlone(was: ContainerStatus, is: ContainerStatus): boolean {
  return is.restartCount > was.restartCount && is.state.running !== undefined && is.containerID === was.containerID;
}

/**
 * Whether a container was counted more often at some time than it was seen to start; one that waits is counted for the start
 * that comes. A version may have been left out.
 */
function isCountedAhead(timeline: Timeline, name: string): boolean {
  const first = statusOf(timeline.before.pod, name);
  const ids = new Set([first?.containerID, undefined]);
  const known = ids.size;
  return inLoop(timeline).some(({pod}) => {
    const now = statusOf(pod, name);
    const starts = ids.add(now?.containerID).size - known + (now?.state.waiting === undefined ? 0 : 1);
    return (now?.restartCount ?? 0) - (first?.restartCount ?? 0) > starts;
  });
}

function countedWrongly(timeline: Timeline): Wrong | undefined {
  for (const name of timeline.hadRun) {
    let {pod} = timeline.before;
    for (const version of inLoop(timeline)) {
      const [was, is] = [statusOf(pod, name), statusOf(version.pod, name)];
      ({pod} = version);
      if (was === undefined || is === undefined) continue;
      const by = is.restartCount - was.restartCount;
      const at = evidence(version, `${name} restartCount ${was.restartCount} -> ${is.restartCount}`);
      if (by < 0) return {saw: `restartCount of ${name} went down`, at};
      if (by > 1) return {saw: `restartCount of ${name} went up by more than one`, at};
      if (risesAlone(was, is)) return {saw: `restartCount of ${name} went up without a new container`, at};
    }
    const starts = idsOf(timeline, name).length - 1;
    const last = inLoop(timeline).at(-1) ?? timeline.before;
    const rise = riseOf(timeline, name);
    // A container that waits is counted for the start that comes.
    const comes = statusOf(last.pod, name)?.state.waiting === undefined ? 0 : 1;
    const at = evidence(last, `${name} restartCount up by ${rise}, ${starts} new container ids`);
    if (rise < starts) return {saw: `restartCount of ${name} is less than the number of its restarts`, at};
    if (rise > starts + comes) return {saw: `restartCount of ${name} is ${more}`, at};
  }
  return undefined;
}

/** Whether no count went up by one alone, so that what is missing is not a version that was left out. */
function alwaysByMore(timeline: Timeline): boolean {
  return timeline.hadRun.every(name => {
    const counts = [timeline.before, ...inLoop(timeline)].map(({pod}) => statusOf(pod, name)?.restartCount ?? 0);
    return counts.every((count, at) => count - (counts[at - 1] ?? count) !== 1);
  });
}

/** Whether every count rose by twice what was seen of starts, which is more than a kubelet leaves out by being busy. */
function countsTwice(timeline: Timeline): boolean {
  return timeline.hadRun.every(name => riseOf(timeline, name) >= 2 * (idsOf(timeline, name).length - 1));
}

/** By how much the count of a container went up from before the stimulus until the deletion. */
function riseOf(timeline: Timeline, name: string): number {
  const {before} = timeline;
  const last = inLoop(timeline).at(-1) ?? before;
  return (statusOf(last.pod, name)?.restartCount ?? 0) - (statusOf(before.pod, name)?.restartCount ?? 0);
}

/**
 * Whether counts of containers that were seen to start equally often went up by different numbers: a version that was left out
 * is left out of all of them.
 */
function countsPartWays(timeline: Timeline): boolean {
  const {hadRun} = timeline;
  const rises = hadRun.map(name => riseOf(timeline, name));
  return new Set(hadRun.map(name => idsOf(timeline, name).length)).size === 1 && new Set(rises).size > 1;
}

/** Another Pod on the node goes on as it is (KEP-5532, "Feature Enablement and Rollback": existing workloads are unaffected). */
export function leavesAlone(neighbour: string): Check {
  return timeline => {
    const expected = `the containers of ${neighbour} go on as they are, ready, with their ids and restart counts`;
    const [first, ...rest] = neighbourVersions(timeline, neighbour);
    if (first === undefined) return unknown(expected, `${neighbour} was not seen to run`);
    if (first.pod.spec.nodeName !== timeline.before.pod.spec.nodeName)
      return unknown(expected, `${neighbour} ran on another node`);
    const trail = [evidence(first, `${neighbour} ready`), stimulusEvidence(timeline)];
    for (const version of rest) {
      const saw = differenceOf(first.pod, version.pod);
      if (saw !== undefined)
        return broken(expected, `${neighbour} ${saw}`, [...trail, evidence(version, `${neighbour} ${saw}`)]);
    }
    const gone = timeline.recording.observations.findIndex(
      o =>
        o.kind === 'pod' && o.type === 'DELETED' && o.object.metadata.name === nameInApi(timeline.recording, neighbour),
    );
    if (gone !== -1) return broken(expected, `${neighbour} was deleted`, trail);
    const beside = startsOf(timeline).filter(({index}) => index > first.index).length;
    if (beside < loopRestarts) return unknown(expected, 'no loop was seen beside it', trail);
    return unlessGap(timeline, held(expected, trail), 'presence');
  };
}

/**
 * A Pod without the action never has the condition (KEP-5532, "Feature Enablement and Rollback": it is opt-in). That the Pod
 * beside it has it shows that the kubelet of that node gives it at all.
 */
export function hasNoCondition(neighbour: string): Check {
  return timeline => {
    const type = 'AllContainersRestarting';
    const expected = `${neighbour}, without the action, never has the condition ${type}`;
    const versions = versionsOf(timeline, neighbour);
    const ran = neighbourVersions(timeline, neighbour)[0];
    const with_ = versions.find(({pod}) => conditionOf(pod, type) !== undefined);
    if (with_ !== undefined) return broken(expected, `${neighbour} had it`, [evidence(with_, type)]);
    if (ran === undefined) return unknown(expected, `${neighbour} was not seen to run`);
    if (ran.pod.spec.nodeName !== timeline.before.pod.spec.nodeName)
      return unknown(expected, `${neighbour} ran on another node`);
    const beside = timeline.versions.find(({pod}) => conditionOf(pod, type)?.status === 'True');
    if (beside === undefined) return unknown(expected, 'the Pod beside it was not seen to have it');
    const trail = [evidence(beside, `${type}=True`), evidence(ran, `${neighbour} ready, without the condition`)];
    return unlessGap(timeline, held(expected, trail), 'presence');
  };
}

/** Deleting the Pod ends its loop: it is gone when its grace period is over, and starts no more than what it is at (KEP-5532, "Troubleshooting"). */
export function endsByDeletion(): Check {
  return timeline => {
    const expected = 'the deleted Pod goes, and none of its containers is started any more';
    const deletion = deletionOf(timeline);
    if (deletion === undefined) return unknown(expected, 'the Pod was not deleted');
    const starts = startsOf(timeline);
    const trail: Evidence[] = [stimulusEvidence(timeline), deletion];
    if (starts.length < loopRestarts) return unknown(expected, 'no loop was seen', trail);
    const roundsMs = starts
      .filter(({atMs}) => atMs <= deletion.atMs)
      .map(({atMs}, at) => atMs - (starts[at - 1]?.atMs ?? timeline.stimulusAtMs));
    const boundMs = graceMs(timeline) + marks.podGone.ms + Math.max(0, ...roundsMs);
    const told = starts.filter(({atMs}) => atMs > deletion.atMs);
    for (const version of told.slice(0, 3)) trail.push(evidence(version, `${timeline.source} starts`));
    const marked = markedIn(timeline);
    if (told.length > 0 && marked === undefined) return unknown(expected, 'the Pod was not seen to be deleted', trail);
    const unheardUntilMs = marked === undefined ? Infinity : deletedAt(marked) + unheardMs(timeline);
    // The first may be the start that the kubelet was at.
    if (told.slice(1).some(version => !(startedAt(version, timeline.source) <= unheardUntilMs)))
      return broken(expected, `${timeline.source} was started again`, trail);
    const late = staysLonger(timeline, deletion, boundMs, {expected, evidence: trail});
    if (late !== undefined) return late;
    return told.length <= 1
      ? unlessGap(timeline, held(expected, trail), 'presence')
      : unknown(expected, 'it was started again, and the kubelet may not have heard of the deletion by then', trail);
  };
}

/** What is wrong in a loop, and where it is seen. */
interface Wrong {
  readonly saw: string;
  readonly at: Evidence;
}

/** Held where a loop was seen and nothing was wrong in it. */
function ofLoop(expected: string, wrong: (timeline: Timeline) => Wrong | undefined): Check {
  return (timeline): Finding => {
    const trail = [stimulusEvidence(timeline)];
    const found = wrong(timeline);
    if (found !== undefined) return broken(expected, found.saw, [...trail, found.at]);
    const starts = startsOf(timeline);
    if (starts.length < loopRestarts) return unknown(expected, 'no loop was seen', trail);
    const seen = starts.map(version => evidence(version, `${timeline.source} starts`));
    return unlessGap(timeline, held(expected, [...trail, ...seen]), 'presence');
  };
}

/** Versions from the stimulus until the Pod is deleted. */
function inLoop(timeline: Timeline): readonly PodVersion[] {
  const deleted = deletionOf(timeline)?.index ?? Infinity;
  return timeline.after.filter(({index, pod}) => index < deleted && pod.metadata.deletionTimestamp === undefined);
}

/** The first version with each new container id of the source. */
function startsOf(timeline: Timeline): readonly PodVersion[] {
  const ids = new Set([statusOf(timeline.before.pod, timeline.source)?.containerID, undefined]);
  return timeline.after.filter(({pod}) => {
    const id = statusOf(pod, timeline.source)?.containerID;
    const isNew = !ids.has(id);
    ids.add(id);
    return isNew;
  });
}

/** The container ids that a container had from before the stimulus until the deletion. */
function idsOf(timeline: Timeline, container: string): readonly string[] {
  const ids = [timeline.before, ...inLoop(timeline)].map(({pod}) => statusOf(pod, container)?.containerID);
  return [...new Set(ids)].filter(id => id !== undefined);
}

function versionsOf({recording}: Timeline, name: string): readonly PodVersion[] {
  const known = nameInApi(recording, name);
  return recording.observations.flatMap((o, index) =>
    o.kind === 'pod' && o.object.metadata.name === known ? [{index, atMs: o.atMs, pod: o.object}] : [],
  );
}

/** The versions of a neighbour from the first in which all of it is ready. */
function neighbourVersions(timeline: Timeline, name: string): readonly PodVersion[] {
  const versions = versionsOf(timeline, name);
  const first = versions.findIndex(
    ({pod}) => pod.status.phase === 'Running' && statusesOf(pod).every(({ready}) => ready),
  );
  return first === -1 ? [] : versions.slice(first);
}

function differenceOf(was: Pod, is: Pod): string | undefined {
  if (is.status.phase !== was.status.phase) return `became ${is.status.phase ?? 'without a phase'}`;
  for (const {name, containerID, restartCount} of statusesOf(was)) {
    const now = statusOf(is, name);
    if (now?.containerID !== containerID || now?.restartCount !== restartCount) return 'was restarted';
    if (!now.ready) return 'was not ready';
  }
  return undefined;
}
