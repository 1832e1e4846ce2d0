import {conditionOf, statusOf, type Pod, type PodCondition} from '../recording/pod.ts';
import {restartedVersion, restartingVersions, type PodVersion, type Timeline} from '../recording/timeline.ts';
import {broken, held, missing, unknown, unlessGap, type Check, type Evidence, type Finding} from './finding.ts';
import {evidence, ofRestart, restartedIn, stimulusEvidence} from './restart.ts';

const type = 'AllContainersRestarting';

/** Before any trigger the condition is absent or False. */
export function isNotRaisedBefore(): Check {
  return timeline => {
    const expected = `${type} is absent or False until a container triggers`;
    const early = timeline.versions.filter(({index}) => index < timeline.stimulusIndex);
    const trail = [evidence(timeline.before, `${type} ${statusText(timeline.before.pod)}`)];
    const raised = early.find(({pod}) => conditionOf(pod, type)?.status === 'True');
    return raised === undefined
      ? held(expected, trail)
      : broken(expected, `${type} was True before`, [evidence(raised, `${type}=True`)]);
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

/** The condition becomes False once the old containers are terminated and the Pod is ready to start again (KEP-5532). */
export function lowersCondition(): Check {
  return timeline => {
    const expected = `${type} becomes False once every old container is terminated`;
    const [raised] = restartingVersions(timeline);
    if (raised === undefined) return neverRaised(timeline, expected);
    const trail = [evidence(raised, `${type}=True`)];
    const lowered = restartedVersion(timeline);
    if (lowered === undefined) return missing(timeline, expected, `${type} stayed True`, trail);
    trail.push(evidence(lowered, `${type}=False`));
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
    let previous: PodCondition | undefined;
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
        return broken(expected, 'lastTransitionTime moved without the status', trail);
      }
      previous = now;
    }
    const [raised] = restartingVersions(timeline);
    const since = raised === undefined ? undefined : conditionOf(raised.pod, type)?.lastTransitionTime;
    if (since === undefined) return neverRaised(timeline, expected, trail);
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
      const code = String(timeline.recording.header.scenario.stimulus.code);
      if (reason === 'ContainerExited' && message.includes(timeline.source) && message.includes(code)) return undefined;
      return `reason is ${reason ?? 'absent'}, message is "${message}"`;
    })(timeline);
}

function whileRaised(expected: string, wrong: (condition: PodCondition) => string | undefined): Check {
  return timeline => {
    const raised = restartingVersions(timeline);
    if (raised.length === 0) return neverRaised(timeline, expected);
    const trail: Evidence[] = [];
    for (const version of raised) {
      const condition = conditionOf(version.pod, type);
      if (condition === undefined) continue;
      trail.push(evidence(version, `reason ${condition.reason ?? 'absent'}, message ${condition.message ?? 'absent'}`));
      const saw = wrong(condition);
      if (saw !== undefined) return broken(expected, saw, trail);
    }
    return held(expected, trail);
  };
}

/** Ready and ContainersReady are False while the containers are ended, and True in the end (KEP-5532; pod-lifecycle). */
export function interruptsReadiness(): Check {
  return timeline => {
    const expected = `Ready and ContainersReady are False while ${type} is True, and True in the end`;
    const types = ['Ready', 'ContainersReady'];
    const [raised] = restartingVersions(timeline);
    const last = timeline.after.at(-1);
    if (raised === undefined || last === undefined) {
      return neverRaised(timeline, expected);
    }
    const show = (version: PodVersion) =>
      evidence(version, types.map(each => `${each}=${conditionOf(version.pod, each)?.status ?? 'absent'}`).join(' '));
    const wrong = types.find(each => conditionOf(raised.pod, each)?.status !== 'False');
    if (wrong !== undefined) return broken(expected, `${wrong} was not False while ${type} was True`, [show(raised)]);
    const down = types.find(each => conditionOf(last.pod, each)?.status !== 'True');
    if (down !== undefined)
      return missing(timeline, expected, `${down} did not become True again`, [show(raised), show(last)]);
    return held(expected, [show(raised), show(last)]);
  };
}

/** Conditions that are True when the source exits stay True, since the sandbox and the node stay (KEP-5532, "Pod Status"). */
export function keepsTrue(...types: readonly [string, ...string[]]): Check {
  return timeline => {
    const expected = `${types.join(' and ')} stay${types.length === 1 ? 's' : ''} True`;
    const show = (version: PodVersion) =>
      evidence(version, types.map(each => `${each}=${conditionOf(version.pod, each)?.status ?? 'absent'}`).join(' '));
    const trail = [show(timeline.before), stimulusEvidence(timeline)];
    const tracked = types.filter(each => conditionOf(timeline.before.pod, each)?.status === 'True');
    if (tracked.length < types.length) return unknown(expected, 'not True yet when the source was told to exit', trail);
    return throughoutAfter(timeline, expected, trail, version => {
      const wrong = tracked.find(each => conditionOf(version.pod, each)?.status !== 'True');
      return wrong === undefined ? undefined : {saw: `${wrong} was not True`, at: show(version)};
    });
  };
}

/** A condition never goes from True to False; one that was not True yet may become it. */
export function neverLowers(name: string): Check {
  return timeline => {
    const expected = `${name} does not go from True to False`;
    const show = (version: PodVersion) =>
      evidence(version, `${name}=${conditionOf(version.pod, name)?.status ?? 'absent'}`);
    let wasTrue = conditionOf(timeline.before.pod, name)?.status === 'True';
    return throughoutAfter(timeline, expected, [show(timeline.before), stimulusEvidence(timeline)], version => {
      const isTrue = conditionOf(version.pod, name)?.status === 'True';
      if (wasTrue && !isTrue) return {saw: `${name} went from True to False`, at: show(version)};
      wasTrue = isTrue;
      return undefined;
    });
  };
}

/** The phase is one of these throughout. */
export function staysInPhase(...phases: readonly [string, ...string[]]): Check {
  return timeline => {
    const show = (version: PodVersion) => evidence(version, `phase ${version.pod.status.phase ?? 'absent'}`);
    const trail = [show(timeline.before), stimulusEvidence(timeline)];
    return throughoutAfter(timeline, `phase is ${phases.join(' or ')} throughout`, trail, version => {
      const {phase = 'absent'} = version.pod.status;
      return phases.includes(phase) ? undefined : {saw: `phase became ${phase}`, at: show(version)};
    });
  };
}

/** Between its end and its new start a container waits, with a reason (pod-lifecycle, "Container states"). */
export function waitsWithReason(): Check {
  return timeline => {
    const expected = 'a container that is to be started again waits with a reason';
    const trail: Evidence[] = [];
    for (const version of timeline.after) {
      for (const name of timeline.hadRun) {
        const waiting = statusOf(version.pod, name)?.state.waiting;
        if (waiting === undefined) continue;
        if ((waiting.reason ?? '') === '')
          return broken(expected, `${name} waited without a reason`, [...trail, evidence(version, `${name} waiting`)]);
        if (trail.at(-1)?.text.endsWith(`${name} waiting: ${waiting.reason ?? ''}`) !== true) {
          trail.push(evidence(version, `${name} waiting: ${waiting.reason ?? ''}`));
        }
      }
    }
    return trail.length === 0 ? missing(timeline, expected, 'no container was seen to wait') : held(expected, trail);
  };
}

/** Once the condition went False, no version shows a container running under the id that it had before the trigger. */
export function isNeverContradictory(): Check {
  return timeline => {
    const expected = `no container runs under its old id after ${type} went False`;
    const lowered = restartedVersion(timeline);
    if (lowered === undefined)
      return missing(timeline, expected, `${type} did not go True and then False`, [stimulusEvidence(timeline)]);
    for (const version of timeline.after.filter(({index}) => index >= lowered.index)) {
      const name = runsOn(timeline, version);
      if (name !== undefined)
        return broken(expected, `${name} was shown running under its old id`, [evidence(version, `${name} running`)]);
    }
    return held(expected, [evidence(lowered, `${type}=False`)]);
  };
}

/** A container that runs in that version under the id that it had before the stimulus. */
function runsOn({before, hadRun}: Timeline, {pod}: PodVersion): string | undefined {
  return hadRun.find(name => {
    const now = statusOf(pod, name);
    return now?.state.running !== undefined && now.containerID === statusOf(before.pod, name)?.containerID;
  });
}

function throughoutAfter(
  timeline: Timeline,
  expected: string,
  trail: readonly Evidence[],
  wrong: (version: PodVersion) => {saw: string; at: Evidence} | undefined,
): Finding {
  for (const version of timeline.after) {
    const found = wrong(version);
    if (found !== undefined) return broken(expected, found.saw, [...trail, found.at]);
  }
  return ofRestart(timeline, unlessGap(timeline, held(expected, trail), 'presence'));
}

function statusText(pod: Pod): string {
  return conditionOf(pod, type)?.status ?? 'absent';
}

/**
 * The condition was not seen True. The kubelet may report only the newer of two states that follow at once, so where
 * lastTransitionTime tells of a change that was not delivered, that is a hole in the evidence.
 */
function neverRaised(
  timeline: Timeline,
  expected: string,
  trail: readonly Evidence[] = [stimulusEvidence(timeline)],
): Finding {
  const [was, is] = [timeline.before, timeline.after.at(-1)].map(version =>
    version === undefined ? undefined : conditionOf(version.pod, type)?.lastTransitionTime,
  );
  if (is !== undefined && is !== was) {
    return unknown(expected, `${type} was not seen True, though its lastTransitionTime moved`, trail);
  }
  return missing(timeline, expected, `${type} never became True`, trail);
}
