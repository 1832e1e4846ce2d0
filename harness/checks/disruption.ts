import {nameInApi} from '../recording/observation.ts';
import {conditionOf, containersOf, hasEnded, statusesOf, statusOf, type Pod} from '../recording/pod.ts';
import type {Recording} from '../recording/recording.ts';
import {kubeletSchema} from '../recording/runtime.ts';
import type {NodeAction} from '../recording/scenario.ts';
import {runsAround, timelineOf, type PodVersion, type Timeline} from '../recording/timeline.ts';
import {
  broken,
  held,
  journalHole,
  missing,
  unknown,
  type Check,
  type Evidence,
  type Finding,
  type RecordingCheck,
} from './finding.ts';
import {allRestarted, evidence, stimulusEvidence} from './restart.ts';
import {slowness} from './slowness.ts';
import {budgets} from '../timeouts.ts';

/** When, as the API knew it, something was done to a node. */
type Phase = 'the end of the containers' | 'their start';

/**
 * A restart during which something is done to the node is finished all the same: in the end every container that had run
 * runs again in the same Pod, which has not ended (KEP-5532, "Kubelet Restarts", "Node Restarts"). What counts is how the
 * Pod is in the end, so that versions which were not delivered meanwhile, as where the API server was restarted too, leave no
 * doubt: a Pod that has ended is not started again. They run again before the kubelet's periodic sync could have brought that
 * about.
 *
 * @param done what was done to the node, and when; where it came too late, nothing can be said
 * @param times how often each container may have been restarted
 */
export function comesThrough(
  {action, during}: {readonly action: NodeAction; readonly during?: Phase},
  times: 'once' | 'once or more',
): Check {
  return timeline => {
    const expected = `every container that had run is started again ${times}, and the Pod does not end`;
    const disturbed = done(timeline.recording, action, timeline.stimulusIndex);
    if (disturbed === undefined) return unknown(expected, `the node was not told to ${action}`);
    const trail = [stimulusEvidence(timeline), disturbed.evidence];
    const missed =
      during === undefined
        ? undefined
        : (outside(timeline, disturbed.begun, during) ?? startedBefore(timeline, during));
    if (missed !== undefined) return unknown(expected, missed, trail);
    const finding = inTheEnd(timeline, expected, trail, times);
    return finding.outcome === 'held' ? (cameBySync(timeline, expected, disturbed) ?? finding) : finding;
  };
}

/**
 * A restart that the kubelet did not take up by itself when it was back: it came so late that the kubelet's periodic sync of
 * the Pod explains it, which would hide that nothing else brings it about. The kubelet is back when it tells of the Pod.
 */
function cameBySync(timeline: Timeline, expected: string, disturbed: Done): Finding | undefined {
  const told = ({pod}: PodVersion): string =>
    JSON.stringify([
      statusesOf(pod),
      conditionOf(pod, 'AllContainersRestarting')?.status,
      conditionOf(pod, 'PodReadyToStartContainers')?.status,
    ]);
  const before = timeline.after.findLast(({index}) => index < disturbed.begun) ?? timeline.before;
  const back = timeline.after.find(each => each.index > disturbed.evidence.index && told(each) !== told(before));
  const up = timeline.after.find(
    ({index, pod}) => index > disturbed.begun && notRunningAgain(timeline, pod).length === 0,
  );
  if (back === undefined || up === undefined) return undefined;
  const boundMs = budgets().restart.ms;
  if (up.atMs - back.atMs <= boundMs) return undefined;
  const saw = `the containers did not run again within ${boundMs / 1000} s of the kubelet's return`;
  const trail = [disturbed.evidence, evidence(back, 'the kubelet is back'), evidence(up, 'all containers run again')];
  const slow = slowness(timeline);
  const lost = timeline.recording.observations
    .slice(back.index, up.index)
    .some(o => o.kind === 'gap' && o.resource === 'pods');
  if (lost) return unknown(expected, `${saw}, and the watch lost continuity meanwhile`, trail);
  return slow === undefined ? broken(expected, saw, trail, 2) : unknown(expected, `${saw}, ${slow}`, trail);
}

/** Something that was done to a node. */
interface Done {
  /** Index of the step's begin. */
  readonly begun: number;
  readonly evidence: Evidence;
}

/** The first time that an action was taken after a place in the recording. */
function done({observations}: Recording, action: NodeAction, after: number): Done | undefined {
  const index = observations.findIndex((o, at) => at > after && o.kind === 'node' && o.action === action);
  const found = observations[index];
  if (found === undefined) return undefined;
  const begun = observations.findLastIndex((o, at) => at < index && o.kind === 'step');
  return {begun, evidence: {index, atMs: found.atMs, text: action}};
}

/** Why something that was done at a place in the recording was not done in a phase of the restart. */
function outside(timeline: Timeline, index: number, during: Phase): string | undefined {
  const last = timeline.after.findLast(version => version.index < index) ?? timeline.before;
  const raised = conditionOf(last.pod, 'AllContainersRestarting')?.status === 'True';
  if (during === 'the end of the containers')
    return raised ? undefined : 'AllContainersRestarting was not True when the node was disturbed';
  if (raised || notRunningAgain(timeline, last.pod).length === 0)
    return 'the containers were not about to start when the node was disturbed';
  return undefined;
}

/**
 * A node that goes down takes containers with it that had started again, which the API may not have known yet: they are shown
 * later, under their new ids, as ended by nobody knows what.
 */
function startedBefore({before, after, hadRun}: Timeline, during: Phase): string | undefined {
  const last = (after.at(-1) ?? before).pod;
  const again = hadRun.every(name => {
    const id = statusOf(last, name)?.containerID;
    return id !== undefined && id !== statusOf(before.pod, name)?.containerID;
  });
  // The last one starts when all the others have.
  const taken = statusOf(last, hadRun.at(-1) ?? '')?.state.terminated?.reason === 'Unknown';
  return during === 'their start' && again && taken
    ? 'every container had started again when the node was disturbed'
    : undefined;
}

/** The containers that had run before and don't run again, or have not ended well again. */
function notRunningAgain({before, hadRun}: Timeline, pod: Pod): readonly string[] {
  const inits = containersOf(pod).filter(({kind}) => kind === 'init');
  return hadRun.filter(name => {
    const now = statusOf(pod, name);
    const isInit = inits.some(each => each.name === name);
    const up = isInit ? now?.state.terminated?.exitCode === 0 : now?.state.running !== undefined;
    return !up || now?.containerID === statusOf(before.pod, name)?.containerID;
  });
}

/** How the Pod is in the end. */
function inTheEnd(
  timeline: Timeline,
  expected: string,
  trail: readonly Evidence[],
  times: 'once' | 'once or more',
): Finding {
  const {before, after, hadRun} = timeline;
  const ended = after.find(({pod}) => hasEnded(pod));
  if (ended !== undefined) {
    const saw = `${endOf(ended.pod)}${failedInit(ended.pod)}`;
    return broken(expected, saw, [...trail, evidence(ended, saw)]);
  }
  const replaced = after.find(({pod}) => pod.metadata.uid !== before.pod.metadata.uid);
  if (replaced !== undefined)
    return broken(expected, 'the Pod was replaced', [...trail, evidence(replaced, replaced.pod.metadata.uid)]);
  const last = after.at(-1) ?? before;
  const idle = notRunningAgain(timeline, last.pod);
  const failed = failedByRuntime(last.pod, idle);
  if (failed !== undefined) return unknown(expected, `the runtime could not start ${failed}`, trail);
  if (idle.length > 0) {
    const seen = [...trail, evidence(last, `not running again: ${idle.join(', ')}`)];
    return missing(withoutClosedGap(timeline), expected, `containers did not run again${why(last.pod, idle)}`, seen);
  }
  const counted = hadRun.map(name => ({name, times: restartsOf(timeline, name)}));
  const shown = counted.map(({name, times: often}) => `${name} started ${often} times`).join(', ');
  const seen = [...trail, evidence(last, shown)];
  const most = Math.max(...counted.map(({times: often}) => often));
  return times === 'once' && most > 1
    ? broken(expected, `containers were restarted ${most === 2 ? 'twice' : 'more than twice'}`, seen)
    : held(expected, seen);
}

/** The init container for whose failure a Pod has ended. */
function failedInit(pod: Pod): string {
  const failed = containersOf(pod)
    .filter(({kind}) => kind === 'init')
    .map(({name}) => ({name, code: statusOf(pod, name)?.state.terminated?.exitCode ?? 0}))
    .find(({code}) => code !== 0);
  return failed === undefined ? '' : `, ${failed.name} exited with ${failed.code}`;
}

/** What holds up containers that do not run again, where that is one of the ways in which kubelets are known to leave them. */
function why(pod: Pod, idle: readonly string[]): string {
  if (idle.every(name => wasCancelled(pod, name))) return ': their start was cancelled';
  const bare = conditionOf(pod, 'PodReadyToStartContainers')?.status === 'False';
  return bare ? ': the Pod has no sandbox' : '';
}

/** Whether the start of a container broke off since the kubelet went away meanwhile. */
function wasCancelled(pod: Pod, name: string): boolean {
  return isCancelled(statusOf(pod, name)?.state.terminated);
}

/** The ids of containers whose start broke off so, the one that is and the one before it. */
function cancelledOf(pod: Pod, name: string): readonly string[] {
  const {state, lastState} = statusOf(pod, name) ?? {};
  return [state?.terminated, lastState?.terminated].flatMap(ended =>
    isCancelled(ended) ? (ended?.containerID ?? []) : [],
  );
}

function isCancelled(ended: {reason?: string | undefined; message?: string | undefined} | undefined): boolean {
  return ended?.reason === 'StartError' && ended.message?.includes('context canceled') === true;
}

/**
 * How often a container was started again, by its ids and by its restartCount, whichever says more. A start that was cancelled
 * since the kubelet went away meanwhile is made up for, and is none.
 */
function restartsOf({before, after}: Timeline, name: string): number {
  const idOf = ({pod}: PodVersion) => statusOf(pod, name)?.containerID ?? [];
  const cancelled = new Set(after.flatMap(({pod}) => cancelledOf(pod, name)));
  const ids = new Set([before, ...after].flatMap(idOf)).union(cancelled);
  return Math.max(ids.size - 1, countOf(after.at(-1) ?? before, name) - countOf(before, name)) - cancelled.size;
}

/** The timeline without a gap after which the Pod was listed: how it is in the end is known all the same. */
function withoutClosedGap(timeline: Timeline): Timeline {
  const last = timeline.after.at(-1)?.index ?? -1;
  const open = timeline.recording.observations.some(
    (o, index) => o.kind === 'gap' && o.resource === 'pods' && index > last && o.atMs <= timeline.end.atMs,
  );
  return open ? timeline : {...timeline, podGap: undefined};
}

/**
 * A container that the runtime could not start, for another reason than that the kubelet went away meanwhile: a fault of the
 * machine, of which nothing follows.
 */
function failedByRuntime(pod: Pod, names: readonly string[]): string | undefined {
  return names.find(name => {
    return statusOf(pod, name)?.state.terminated?.reason === 'StartError' && !wasCancelled(pod, name);
  });
}

function countOf({pod}: PodVersion, name: string): number {
  return statusOf(pod, name)?.restartCount ?? 0;
}

function endOf({status}: Pod): string {
  const {phase = 'absent', reason} = status;
  return `phase became ${phase}${reason === undefined ? '' : ` (${reason})`}`;
}

/** Fewer disturbed starts than this say nothing of a fault that shows only at times. */
const enoughStarts = 15;

/**
 * As comesThrough, for every Pod of the recording and every time that its containers were told to exit, where the kubelet was
 * restarted while they started again. How many of them did is in the evidence.
 */
export function comesThroughEveryTime(): RecordingCheck {
  return recording => {
    const expected = 'every container is started again in every Pod, and none of the Pods ends';
    const findings = startsOf(recording).flatMap(timeline => {
      const disturbed = done(recording, 'restart kubelet', timeline.stimulusIndex);
      if (disturbed === undefined || outside(timeline, disturbed.begun, 'their start') !== undefined) return [];
      return [inTheEnd(timeline, expected, [stimulusEvidence(timeline), disturbed.evidence], 'once or more')];
    });
    const good = findings.filter(({outcome}) => outcome === 'held').length;
    const wrong = findings.find(({outcome}) => outcome === 'broken');
    const end = recording.observations.length - 1;
    const rate = {
      index: end,
      atMs: recording.observations[end]?.atMs ?? 0,
      text: `${good} of ${findings.length} starts came through`,
    };
    if (wrong !== undefined) return broken(expected, wrong.saw, [...wrong.evidence, rate], wrong.decisive);
    const open = findings.find(({outcome}) => outcome === 'unknown');
    if (open !== undefined) return unknown(expected, open.saw, [...open.evidence, rate]);
    return good < enoughStarts
      ? unknown(expected, `fewer than ${enoughStarts} starts were disturbed`, [rate])
      : held(expected, [rate]);
  };
}

/** A timeline for each step in which containers were told to exit, and each Pod that they were told in. */
function startsOf(recording: Recording): readonly Timeline[] {
  const told = recording.observations.flatMap(o => (o.kind === 'stimulus' ? [{step: o.step, pod: o.pod}] : []));
  const each = new Map(told.map(one => [`${one.step}/${one.pod ?? ''}`, one]));
  return [...each.values()].flatMap(({step, pod}) => timelineOf(recording, step, pod) ?? []);
}

/** A restart goes on while the node can't reach the API server, and the status catches up (KEP-5532, "Troubleshooting"). */
export function restartsWithoutApiServer(): Check {
  return timeline => {
    const expected =
      'every container starts again once while the API server is away, and the status tells it afterwards';
    const {recording, stimulusIndex} = timeline;
    const blocked = done(recording, 'block API server', stimulusIndex);
    const unblocked = done(recording, 'unblock API server', stimulusIndex);
    if (blocked === undefined || unblocked === undefined) return unknown(expected, 'the API server was not away');
    const trail = [stimulusEvidence(timeline), blocked.evidence, unblocked.evidence];
    const meanwhile = timeline.after.find(({index}) => index > blocked.evidence.index && index < unblocked.begun);
    if (meanwhile !== undefined) return unknown(expected, 'the kubelet reached the API server all the same', trail);
    const hole = journalHole(timeline);
    if (hole !== undefined) return unknown(expected, hole, trail);
    const starts = timeline.hadRun.flatMap(name => runsAround(timeline, name).after.slice(0, 1));
    const meantime = starts.filter(({start}) => start.atMs < unblocked.evidence.atMs);
    const shown = starts.map(({start}) => ({
      index: start.index,
      atMs: start.atMs,
      text: `${start.entry.container} starts`,
    }));
    const seen = [...trail, ...shown].toSorted((a, b) => a.atMs - b.atMs);
    if (meantime.length === 0) return missing(timeline, expected, 'no container started while it was away', seen);
    if (meantime.length < timeline.hadRun.length)
      return unknown(expected, 'the restart was not over when the API server came back', seen);
    return inTheEnd(timeline, expected, seen, 'once');
  };
}

/** What happened while the kubelet was stopped is made up for once it is back (KEP-5532, "Kubelet Restarts"). */
export function restartsOnceKubeletIsBack(): Check {
  return timeline => {
    const expected = 'the source exits while the kubelet is stopped, and every container starts again once it is back';
    const stopped = done(timeline.recording, 'stop kubelet', timeline.stimulusIndex);
    const started = done(timeline.recording, 'start kubelet', timeline.stimulusIndex);
    if (stopped === undefined || started === undefined) return unknown(expected, 'the kubelet was not stopped');
    const hole = journalHole(timeline);
    const {exit} = timeline;
    if (hole !== undefined || exit === undefined) return unknown(expected, hole ?? 'the source did not exit');
    const trail = [
      stopped.evidence,
      {index: exit.index, atMs: exit.atMs, text: `${timeline.source} exits`},
      started.evidence,
    ];
    if (exit.atMs < stopped.evidence.atMs || exit.atMs > started.evidence.atMs)
      return unknown(expected, 'the source did not exit while the kubelet was stopped', trail);
    return inTheEnd(timeline, expected, trail, 'once');
  };
}

/** A Pod that loses its sandbox during a restart is not left between: it is restarted, or it ends (pod-lifecycle). */
export function restartsOrEnds(): Check {
  return timeline => {
    const expected = 'every container that had run is started again, or the Pod ends';
    const lost = done(timeline.recording, 'end sandbox', timeline.stimulusIndex);
    if (lost === undefined) return unknown(expected, 'the sandbox was not lost');
    const trail = [stimulusEvidence(timeline), lost.evidence];
    const missed = outside(timeline, lost.begun, 'the end of the containers');
    if (missed !== undefined) return unknown(expected, missed, trail);
    const last = timeline.after.at(-1) ?? timeline.before;
    if (hasEnded(last.pod)) return held(expected, [...trail, evidence(last, endOf(last.pod))]);
    const idle = notRunningAgain(timeline, last.pod);
    return idle.length === 0
      ? held(expected, [...trail, evidence(last, 'every container runs again')])
      : missing(withoutClosedGap(timeline), expected, 'the Pod neither ended nor runs again', trail);
  };
}

/**
 * After a restart of the node every init container of a Pod runs again, each after the end of the one before (Init
 * Containers, "Pod restart reasons").
 *
 * @param pod which need not be the one that was told anything
 */
export function runsInitContainersAgain(pod: string): RecordingCheck {
  return recording => {
    const expected = `every init container of ${pod} runs again after the restart of the node, in order`;
    const restarted = done(recording, 'restart node', -1);
    if (restarted === undefined) return unknown(expected, 'the node was not restarted');
    const {index: from} = restarted.evidence;
    const over = done(recording, 'restart node', from)?.begun ?? Infinity;
    const name = nameInApi(recording, pod);
    const versions = recording.observations.flatMap((o, index) =>
      o.kind === 'pod' && o.object.metadata.name === name && index < over ? [{index, atMs: o.atMs, pod: o.object}] : [],
    );
    const before = versions.findLast(({index}) => index < restarted.begun);
    const last = versions.at(-1);
    if (before === undefined || last === undefined) return unknown(expected, `${pod} was not seen`);
    const inits = containersOf(last.pod).filter(({kind}) => kind === 'init');
    const regular = containersOf(last.pod).filter(({kind}) => kind === 'regular');
    const isAnother = (name: string) =>
      statusOf(last.pod, name)?.containerID !== statusOf(before.pod, name)?.containerID;
    const trail = [restarted.evidence];
    if (!regular.every(({name}) => isAnother(name) && statusOf(last.pod, name)?.state.running !== undefined))
      return unknown(expected, `${pod} was not seen to run again`, [...trail, evidence(last, 'last version')]);
    let ended = '';
    for (const {name} of inits) {
      const {startedAt, finishedAt} = statusOf(last.pod, name)?.state.terminated ?? {};
      trail.push(evidence(last, `${name} ran from ${startedAt ?? 'never'} to ${finishedAt ?? 'now'}`));
      if (!isAnother(name)) return broken(expected, `${name} did not run again`, trail);
      if ((startedAt ?? '') < ended)
        return broken(expected, `${name} started before the one before it had ended`, trail);
      ended = finishedAt ?? '';
    }
    return held(expected, trail);
  };
}

/**
 * With the feature turned off on its node a Pod runs on, and the restart policy of a container decides, as if the rule were
 * not there (KEP-5532, "Upgrade / Downgrade Strategy", "Version Skew Strategy").
 *
 * @param action by which it was turned off
 * @param beforehand name of the step in which the source exits while it is on
 * @param afterwards and of the one in which it exits then
 */
export function goesOnWithoutRule(
  action: 'turn gate off' | 'turn both gates off',
  beforehand: string,
  afterwards: string,
): RecordingCheck {
  return recording => {
    const expected = 'the Pod runs with the feature turned off, and its source is started again alone when it exits';
    const off = done(recording, action, -1);
    if (off === undefined) return unknown(expected, 'the feature was not turned off');
    const control = timelineOf(recording, beforehand);
    if (control === undefined || !allRestarted(control))
      return unknown(expected, 'no restart of all containers was seen while the feature was on');
    const after = versionsAfter(recording, off.begun);
    const ended = after.find(({pod}) => hasEnded(pod));
    if (ended !== undefined)
      return broken(expected, endOf(ended.pod), [off.evidence, evidence(ended, endOf(ended.pod))]);
    const timeline = timelineOf(recording, afterwards);
    if (timeline === undefined) return unknown(expected, 'the source was not told to exit');
    const others = timeline.hadRun.filter(name => name !== timeline.source);
    const last = timeline.after.at(-1) ?? timeline.before;
    const on = control.after.findLast(({index}) => index < off.begun) ?? control.before;
    const idIn = ({pod}: PodVersion, name: string) => statusOf(pod, name)?.containerID;
    const turned = others.find(name => idIn(on, name) !== idIn(timeline.before, name));
    if (turned !== undefined) {
      const saw = `${turned} was restarted when the feature was turned off`;
      return broken(expected, saw, [off.evidence, evidence(timeline.before, saw)]);
    }
    const moved = others.find(name => restartsOf(timeline, name) > 0);
    if (moved !== undefined)
      return broken(expected, `${moved} was restarted too`, [off.evidence, evidence(last, `${moved} restarted`)]);
    for (const version of timeline.after) {
      const ends = others.find(
        name =>
          statusOf(timeline.before.pod, name)?.state.running !== undefined &&
          statusOf(version.pod, name)?.state.terminated !== undefined,
      );
      if (ends !== undefined)
        return broken(expected, `${ends} was ended too`, [off.evidence, evidence(version, `${ends} ended`)]);
    }
    return notRunningAgain(timeline, last.pod).includes(timeline.source)
      ? missing(timeline, expected, `${timeline.source} was not started again`, [off.evidence])
      : held(expected, [off.evidence, evidence(last, `${timeline.source} restarted`)]);
  };
}

function versionsAfter({header, observations}: Recording, from: number): readonly PodVersion[] {
  return observations.flatMap((o, index) =>
    o.kind === 'pod' && o.object.metadata.name === header.pod && index > from
      ? [{index, atMs: o.atMs, pod: o.object}]
      : [],
  );
}

/** Another manifest of a static Pod does not bring the kubelet down (Create static Pods, "Dynamic addition and removal"). */
export function sparesKubelet(): RecordingCheck {
  return recording => {
    const expected = 'the kubelet takes the edited manifest and goes on';
    const edited = done(recording, 'edit static Pod', -1);
    if (edited === undefined) return unknown(expected, 'the manifest was not edited');
    const readings = recording.observations.flatMap((o, index) => {
      if (o.kind !== 'node' || o.action !== 'read kubelet') return [];
      const {restarts} = kubeletSchema.parse(JSON.parse(o.text));
      return [{index, atMs: o.atMs, restarts, text: `the kubelet had ended ${restarts} times by itself`}];
    });
    const [before, after] = readings;
    if (before === undefined || after === undefined) return unknown(expected, 'the kubelet was not asked');
    const trail = [before, edited.evidence, after];
    if (after.restarts !== before.restarts) return broken(expected, 'the kubelet ended and was started again', trail);
    const taken = recording.observations.some(
      (o, index) => index > edited.begun && o.kind === 'event' && o.object.reason === 'Killing',
    );
    return taken ? held(expected, trail) : unknown(expected, 'the kubelet did not take the edited manifest', trail);
  };
}

/**
 * A node that does not declare the feature refuses a Pod that is bound to it: phase Failed, and an event that names what is
 * missing (KEP-5328, "Kubelet Changes").
 *
 * @param feature the name that nodes declare it by
 */
export function isRefusedByNode(feature: string): RecordingCheck {
  return recording => {
    const expected = `the Pod is Failed, with an event that names ${feature}`;
    const off = done(recording, 'turn gate off', -1);
    if (off === undefined) return unknown(expected, 'the feature was not turned off');
    const versions = versionsAfter(recording, off.begun);
    const last = versions.at(-1);
    if (last === undefined) return unknown(expected, 'the Pod was not seen', [off.evidence]);
    const trail = [off.evidence, evidence(last, endOf(last.pod))];
    const started = versions.find(({pod}) =>
      pod.status.containerStatuses.some(({containerID}) => containerID !== undefined),
    );
    if (started !== undefined) return broken(expected, 'its containers were started', trail);
    if (last.pod.status.phase !== 'Failed') return broken(expected, `phase was ${last.pod.status.phase ?? ''}`, trail);
    const {observations} = recording;
    const named = observations.findIndex(o => o.kind === 'event' && o.object.message?.includes(feature) === true);
    const event = observations[named];
    if (event?.kind !== 'event') return broken(expected, `no event named ${feature}`, trail);
    return held(expected, [...trail, {index: named, atMs: event.atMs, text: event.object.message ?? ''}]);
  };
}
