import {conditionOf, hasEnded, statusOf, type Pod, type PodCondition} from '../recording/pod.ts';
import {
  restartedVersion,
  restartingVersions,
  runsAround,
  type PodVersion,
  type Timeline,
} from '../recording/timeline.ts';
import {marks} from '../timeouts.ts';
import {broken, held, missing, unknown, unlessGap, type Check, type Evidence, type Finding} from './finding.ts';
import {evidence, restartedIn, stimulusEvidence} from './restart.ts';
import {slowness} from './slowness.ts';

const type = 'AllContainersRestarting';

/** Before any trigger the condition is absent or False. */
export function isNotRaisedBefore(): Check {
  return timeline => {
    const expected = `${type} is absent or False until a container triggers`;
    const early = timeline.versions.filter(({index}) => index < timeline.stimulusIndex);
    const trail = [evidence(timeline.before, `${type} ${statusText(timeline.before.pod)}`)];
    const raised = early.find(({pod}) => conditionOf(pod, type)?.status === 'True');
    if (raised !== undefined) return broken(expected, `${type} was True before`, [evidence(raised, `${type}=True`)]);
    const {podGapBefore} = timeline;
    return podGapBefore === undefined
      ? held(expected, trail)
      : unknown(expected, `the watch lost continuity: ${podGapBefore.why}`, trail);
  };
}

/** The condition becomes True when the source has exited, before any container is started again (KEP-5532, "Pod Status"). */
export function raisesCondition(): Check {
  return timeline => {
    const expected = `${type} becomes True after the source's exit, before any container is started again`;
    const trail: Evidence[] = [stimulusEvidence(timeline)];
    const [raised] = restartingVersions(timeline);
    if (raised === undefined) return neverRaised(timeline, expected, trail);
    trail.push(evidence(raised, `${type}=True`));
    for (const name of timeline.hadRun) {
      const again = restartedIn(timeline, name);
      if (again !== undefined && again.index <= raised.index) {
        return broken(expected, `${name} had been started again before`, [
          ...trail,
          evidence(again, `${name} has a new container id`),
        ]);
      }
    }
    return held(expected, trail);
  };
}

/**
 * The condition becomes False, or is removed, once the old containers are terminated and the Pod is ready to start again
 * (KEP-5532, "Pod Status" and "e2e tests").
 */
export function lowersCondition(): Check {
  return timeline => {
    const expected = `${type} becomes False, or is removed, once every old container is terminated`;
    const [raised] = restartingVersions(timeline);
    if (raised === undefined) return neverRaised(timeline, expected);
    const trail = [evidence(raised, `${type}=True`)];
    const lowered = restartedVersion(timeline);
    if (lowered === undefined) return missing(timeline, expected, `${type} stayed True`, trail);
    trail.push(evidence(lowered, `${type} ${statusText(lowered.pod)}`));
    const still = runsOn(timeline, lowered);
    if (still !== undefined) return broken(expected, `${still} was still running when ${type} went False`, trail);
    return held(expected, trail);
  };
}

/** One period of True for each trigger. */
export function raisesOnce(): Check {
  return timeline => {
    const expected = `${type} is True in one period`;
    const trail: Evidence[] = [stimulusEvidence(timeline)];
    let status = conditionOf(timeline.before.pod, type)?.status ?? 'False';
    for (const version of timeline.after) {
      const now = conditionOf(version.pod, type)?.status ?? 'False';
      if (now !== status) trail.push(evidence(version, `${type} ${status} -> ${now}`));
      status = now;
    }
    const periods = trail.filter(({text}) => text.endsWith('-> True'));
    if (periods.length === 0) return neverRaised(timeline, expected, trail);
    if (periods.length > 1) return broken(expected, `${type} became True more than once`, trail);
    return unlessGap(timeline, held(expected, trail), 'presence');
  };
}

/** lastTransitionTime moves when the status does, and only then, and never back (API conventions, "Typical status properties"). */
export function datesTransitions(): Check {
  return timeline => {
    const expected = `lastTransitionTime of ${type} moves with its status, never back`;
    const trail: Evidence[] = [];
    // A restart that fell between two versions has left its mark on the containers.
    const containersIn = ({pod}: PodVersion) =>
      JSON.stringify(
        timeline.containers.map(({name}) => ({...statusOf(pod, name), ready: undefined, started: undefined})),
      );
    let previous: PodCondition | undefined;
    let beforeThat: PodVersion | undefined;
    for (const version of timeline.versions) {
      const now = conditionOf(version.pod, type);
      if (now === undefined) continue;
      const [was, is] = [previous?.lastTransitionTime ?? '', now.lastTransitionTime ?? ''];
      if (previous?.status !== now.status || was !== is)
        trail.push(evidence(version, `${type}=${now.status} since ${is}`));
      if (is === '') return broken(expected, 'lastTransitionTime is absent', trail);
      if (previous !== undefined && Date.parse(is) < Date.parse(was))
        return broken(expected, 'lastTransitionTime went back', trail);
      if (previous?.status === now.status && was !== is) {
        return beforeThat !== undefined && containersIn(beforeThat) === containersIn(version)
          ? broken(expected, 'lastTransitionTime moved though the status did not', trail)
          : unknown(expected, 'lastTransitionTime tells of a change that was not delivered', trail);
      }
      previous = now;
      beforeThat = version;
    }
    const [raised] = restartingVersions(timeline);
    const since = raised === undefined ? undefined : conditionOf(raised.pod, type)?.lastTransitionTime;
    if (since === undefined) return notRaised(expected);
    if (since === conditionOf(timeline.before.pod, type)?.lastTransitionTime) {
      return unknown(expected, 'the status moved within the second in which it had moved before', trail);
    }
    return held(expected, trail);
  };
}

/** While True the condition has a reason and a message (API conventions; KEP-5532, "Pod Status"). */
export function givesReason(): Check {
  return whileRaised(`${type} has a reason and a message while it is True`, ({reason, message}) =>
    (reason ?? '') === '' || (message ?? '') === '' ? 'reason or message is empty' : undefined,
  );
}

/** Reason and message say which container exited, and with which code (KEP-5532, "Pod Status"). */
export function namesSource(): Check {
  const expected = 'reason is ContainerExited, and the message names the container and its exit code';
  return timeline =>
    whileRaised(expected, ({reason, message = ''}) => {
      const code = String(timeline.code);
      if (reason === 'ContainerExited' && message.includes(timeline.source) && message.includes(code)) return undefined;
      return `reason is ${reason ?? 'absent'}, message is "${message}"`;
    })(timeline);
}

function whileRaised(expected: string, wrong: (condition: PodCondition) => string | undefined): Check {
  return timeline => {
    const raised = restartingVersions(timeline);
    if (raised.length === 0) return notRaised(expected);
    const trail: Evidence[] = [];
    for (const version of raised) {
      const condition = conditionOf(version.pod, type);
      if (condition === undefined) continue;
      trail.push(evidence(version, `reason ${condition.reason ?? 'absent'}, message ${condition.message ?? 'absent'}`));
      const saw = wrong(condition);
      if (saw !== undefined) return broken(expected, saw, trail);
    }
    return unlessGap(timeline, held(expected, trail), 'presence');
  };
}

/** Once the condition went False, no version shows a container running under the id that it had before the trigger. */
export function isNeverContradictory(): Check {
  return timeline => {
    const expected = `no container runs under its old id after ${type} went False`;
    const lowered = restartedVersion(timeline);
    if (lowered === undefined) return unknown(expected, `${type} did not go True and then False`);
    for (const version of timeline.after.filter(({index}) => index >= lowered.index)) {
      const name = runsOn(timeline, version);
      if (name !== undefined)
        return broken(expected, `${name} was shown running under its old id`, [evidence(version, `${name} running`)]);
    }
    const trail = [evidence(lowered, `${type} ${statusText(lowered.pod)}`)];
    return unlessGap(timeline, held(expected, trail), 'presence');
  };
}

/** The condition is in the Pod's list at most once (API reference, PodStatus: conditions are a list by type). */
export function isUnique(): Check {
  return timeline => {
    const expected = `no version of the Pod has ${type} more than once`;
    const [raised] = restartingVersions(timeline);
    const twice = timeline.versions.find(
      ({pod}) => pod.status.conditions.filter(each => each.type === type).length > 1,
    );
    if (twice !== undefined) return broken(expected, `${type} was there more than once`, [evidence(twice, type)]);
    return raised === undefined
      ? notRaised(expected)
      : unlessGap(timeline, held(expected, [evidence(raised, type)]), 'presence');
  };
}

/** The condition is not True for longer than a whole restart may take (KEP-5532, "Goals": within a minute). */
export function isLoweredWithin(boundMs: number): Check {
  return timeline => {
    const expected = `${type} is True for ${boundMs / 1000} s at most`;
    const [raised] = restartingVersions(timeline);
    if (raised === undefined) return neverRaised(timeline, expected);
    const trail = [evidence(raised, `${type}=True`)];
    const lowered = restartedVersion(timeline);
    if (lowered === undefined) {
      return timeline.end.atMs - raised.atMs <= boundMs
        ? unknown(expected, `${type} stayed True, and was not watched for so long`, trail)
        : missing(timeline, expected, `${type} stayed True`, trail);
    }
    trail.push(evidence(lowered, `${type} ${statusText(lowered.pod)}`));
    if (lowered.atMs - raised.atMs <= boundMs) return held(expected, trail);
    const saw = `${type} was True for longer`;
    const slow = slowness(timeline, boundMs);
    return slow === undefined
      ? unlessGap(timeline, broken(expected, saw, trail), 'absence')
      : unknown(expected, `${saw}, ${slow}`, trail);
  };
}

/** When the Pod has ended for good the condition is not True (Kubernetes source; a condition that is absent is not). */
export function isLoweredInTheEnd(): Check {
  return timeline => {
    const expected = `${type} is not True once the phase is Failed or Succeeded`;
    const ended = timeline.versions.filter(({pod}) => hasEnded(pod));
    const [first] = ended;
    if (!wasRaised(timeline)) return notRaised(expected);
    if (first === undefined) return unknown(expected, 'the Pod did not end');
    const raised = ended.find(({pod}) => conditionOf(pod, type)?.status === 'True');
    if (raised !== undefined) return broken(expected, `${type} was True`, [evidence(raised, `${type}=True`)]);
    const trail = [evidence(first, `phase ${first.pod.status.phase ?? ''}, ${type} ${statusText(first.pod)}`)];
    return unlessGap(timeline, held(expected, trail), 'presence');
  };
}

/** A container that runs in that version under the id that it had before the stimulus. */
function runsOn({before, hadRun}: Timeline, {pod}: PodVersion): string | undefined {
  return hadRun.find(name => {
    const now = statusOf(pod, name);
    return now?.state.running !== undefined && now.containerID === statusOf(before.pod, name)?.containerID;
  });
}

function statusText(pod: Pod): string {
  return conditionOf(pod, type)?.status ?? 'absent';
}

/**
 * The condition was not seen True. The kubelet may report only the newer of two states that follow at once, so where
 * lastTransitionTime tells of a change that was not delivered, that is a hole in the evidence; unless the kubelet reported the
 * source's end without it, and took long to end the others.
 */
function neverRaised(
  timeline: Timeline,
  expected: string,
  trail: readonly Evidence[] = [stimulusEvidence(timeline)],
): Finding {
  const [was, is] = [timeline.before, timeline.after.at(-1)].map(version =>
    version === undefined ? undefined : conditionOf(version.pod, type)?.lastTransitionTime,
  );
  if (is === undefined || is === was) return missing(timeline, expected, `${type} never became True`, trail);
  const {after, source} = timeline;
  const told = after.find(({pod}) => statusOf(pod, source)?.state.terminated?.exitCode === timeline.code);
  if (told === undefined || endedForMs(timeline) < marks.reported.ms || slowness(timeline) !== undefined)
    return unknown(expected, `${type} was not seen True, though its lastTransitionTime moved`, trail);
  const saw = `${type} was not reported as True while containers were ended`;
  return broken(expected, saw, [...trail, evidence(told, `${source} terminated, ${type} ${statusText(told.pod)}`)]);
}

/** How long the restart was about to end the containers, as far as they wrote of it. */
function endedForMs(timeline: Timeline): number {
  const since = timeline.exit?.entry.uptime ?? Infinity;
  const times = timeline.hadRun
    .flatMap(name => runsAround(timeline, name).before.at(-1)?.lines ?? [])
    .filter(({entry}) => ['SIGTERM', 'alive'].includes(entry.what) && entry.uptime > since)
    .map(({entry}) => entry.uptime);
  return times.length === 0 ? 0 : (Math.max(...times) - Math.min(...times)) * 1000;
}

/**
 * Whether the condition has been True at any time, as versions show or the time of its last change tells: the kubelet may
 * report only the newer of two states that follow at once.
 */
function wasRaised({versions}: Timeline): boolean {
  const conditions = versions.flatMap(({pod}) => conditionOf(pod, type) ?? []);
  const changes = new Set(conditions.map(({lastTransitionTime}) => lastTransitionTime));
  return changes.size > 1 || conditions.some(({status}) => status === 'True');
}

/** For what can be said only of a condition that was True; that it must become True is another requirement. */
export function notRaised(expected: string): Finding {
  return unknown(expected, `${type} never became True`);
}
