import {conditionOf, statusOf} from '../recording/pod.ts';
import {restartingVersions, type PodVersion, type Timeline} from '../recording/timeline.ts';
import {notRaised} from './conditions.ts';
import {broken, held, missing, unknown, unlessGap, type Check, type Evidence, type Finding} from './finding.ts';
import {allRestarted, evidence, ofRestart, restartedIn, stimulusEvidence} from './restart.ts';

const type = 'AllContainersRestarting';

/** Ready and ContainersReady are False while the containers are ended, and True in the end (KEP-5532; pod-lifecycle). */
export function interruptsReadiness(): Check {
  return timeline => {
    const expected = `Ready and ContainersReady are False while ${type} is True, and True in the end`;
    const types = ['Ready', 'ContainersReady'];
    const again = Math.min(...timeline.hadRun.map(name => restartedIn(timeline, name)?.index ?? Infinity));
    const versions = restartingVersions(timeline);
    const [raised] = versions;
    const last = timeline.after.at(-1);
    if (raised === undefined || last === undefined) return notRaised(expected);
    const show = (version: PodVersion) =>
      evidence(version, types.map(each => `${each}=${conditionOf(version.pod, each)?.status ?? 'absent'}`).join(' '));
    for (const version of versions.filter(({index}) => index === raised.index || index < again)) {
      const wrong = types.find(each => conditionOf(version.pod, each)?.status !== 'False');
      if (wrong !== undefined)
        return broken(expected, `${wrong} was not False while ${type} was True`, [show(version)]);
    }
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
    return trail.length === 0 ? unknown(expected, 'no container was seen to wait') : held(expected, trail);
  };
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

/** From the trigger until every container that had run is started again the phase is Pending (KEP-5532, "Pod Phase"). */
export function isPendingMeanwhile(): Check {
  return timeline => {
    const expected = `phase is Pending from ${type}=True until every container runs again`;
    const [raised] = restartingVersions(timeline);
    if (raised === undefined) return notRaised(expected);
    if (!allRestarted(timeline)) return unknown(expected, 'no restart of all containers was seen');
    const over = Math.max(...timeline.hadRun.map(name => restartedIn(timeline, name)?.index ?? Infinity));
    const wrong = timeline.after.filter(
      ({index, pod}) => index >= raised.index && index < over && pod.status.phase !== 'Pending',
    );
    const inits = timeline.containers.filter(({kind}) => kind === 'init');
    const initRuns = ({pod}: PodVersion) => inits.some(({name}) => statusOf(pod, name)?.state.running !== undefined);
    const first = wrong.find(({pod}) => pod.status.phase !== 'Running') ?? wrong.find(initRuns) ?? wrong[0];
    if (first !== undefined) {
      const {phase = 'absent'} = first.pod.status;
      const saw = `phase was ${phase}${phase === 'Running' && initRuns(first) ? ' while an init container ran' : ''}`;
      return broken(expected, saw, [evidence(first, `phase ${phase}`)]);
    }
    return unlessGap(timeline, held(expected, [evidence(raised, 'phase Pending')]), 'presence');
  };
}
