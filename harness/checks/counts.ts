import {statusOf} from '../recording/pod.ts';
import {marks} from '../timeouts.ts';
import {broken, held, missing, unknown, unlessGap, type Check, type Evidence} from './finding.ts';
import {byBackOff, evidence, idleBefore, ofRestart, restartedIn, startedTwiceIn, stimulusEvidence} from './restart.ts';
import {lateProbe} from './slowness.ts';

/**
 * restartCount of each container that had run goes up by exactly one, and of the others not at all (KEP-5532); none is
 * started twice without being counted for it, or counted without being started again.
 */
export function restartsEachOnce(): Check {
  return timeline => {
    const {before, after, containers, hadRun} = timeline;
    const expected = 'restartCount of each container that had run goes up by exactly one, of the others not at all';
    const trail: Evidence[] = [stimulusEvidence(timeline)];
    for (const {name} of containers) {
      const first = statusOf(before.pod, name)?.restartCount ?? 0;
      const wanted = first + (hadRun.includes(name) ? 1 : 0);
      let count = first;
      for (const version of after) {
        const now = statusOf(version.pod, name)?.restartCount ?? count;
        if (now === count) continue;
        trail.push(evidence(version, `${name} restartCount ${count} -> ${now}`));
        if (now < count) return broken(expected, `restartCount of ${name} went down`, trail);
        if (now > wanted) {
          const saw = `restartCount of ${name} went up by more than ${wanted - first}`;
          const late = lateProbe(timeline, name);
          return late === undefined ? broken(expected, saw, trail) : unknown(expected, `${saw}, ${late}`, trail);
        }
        count = now;
      }
      const twice = startedTwiceIn(timeline, name);
      if (twice !== undefined)
        return broken(expected, `${name} was started more than once`, [
          ...trail,
          evidence(twice, `${name} has another new container id`),
        ]);
      if (count < wanted) return missing(timeline, expected, `restartCount of ${name} did not go up`, trail);
      if (hadRun.includes(name) && restartedIn(timeline, name) === undefined)
        return missing(timeline, expected, `${name} was counted, and not started again`, trail);
    }
    return ofRestart(timeline, unlessGap(timeline, held(expected, trail), 'presence'));
  };
}

/**
 * restartCount of one container goes up by one when it is started again (KEP-5532, API; API reference, ContainerStatus).
 *
 * @param by whether a restart of all starts it, or its own policy
 */
export function countsRestart(container: string, by: 'restart of all' | 'own policy' = 'restart of all'): Check {
  return timeline => {
    const expected = `restartCount of ${container} goes up by one when it is started again`;
    const again = restartedIn(timeline, container);
    if (again === undefined) return unknown(expected, `${container} was not seen to start again`);
    const was = statusOf(timeline.before.pod, container)?.restartCount ?? 0;
    const id = statusOf(again.pod, container)?.containerID;
    const counts = timeline.after
      .filter(({pod}) => statusOf(pod, container)?.containerID === id)
      .map(({pod}) => statusOf(pod, container)?.restartCount ?? 0);
    const is = Math.max(...counts);
    const trail = [stimulusEvidence(timeline), evidence(again, `${container} restartCount ${was} -> ${is}`)];
    const waited = statusOf(timeline.before.pod, container)?.state.running === undefined; // for its back-off, shown or not
    const hole = waited && by === 'restart of all' ? byBackOff(timeline, container) : undefined;
    if (hole !== undefined) return unknown(expected, hole, trail);
    if (is > was + 1) return broken(expected, `restartCount of ${container} went up by more than 1`, trail);
    if (is < was) return broken(expected, `restartCount of ${container} went down`, trail);
    if (is === was) {
      const backedOff = timeline.after.some(
        ({index, pod}) => index < again.index && statusOf(pod, container)?.state.waiting?.reason === 'CrashLoopBackOff',
      );
      // A kubelet that starts it in the same moment may not have had time to show that.
      const waitedLong = (idleBefore(timeline, container) ?? 0) >= marks.leastBackOff.ms;
      const then = by === 'own policy' && (backedOff || waitedLong) ? ' after CrashLoopBackOff' : '';
      return broken(expected, `restartCount of ${container} did not go up${then}`, trail);
    }
    return by === 'own policy' ? held(expected, trail) : ofRestart(timeline, held(expected, trail));
  };
}

/** A container that had not run when the source exited starts with a restart count of 0 (KEP-5532, API). */
export function startsUncounted(): Check {
  return timeline => {
    const {containers, hadRun, after} = timeline;
    const expected = 'each container that had not run before starts with a restart count of 0';
    const fresh = containers.map(({name}) => name).filter(name => !hadRun.includes(name));
    if (fresh.length === 0) return unknown(expected, 'every container had run');
    const trail: Evidence[] = [stimulusEvidence(timeline)];
    for (const name of fresh) {
      const first = after.find(({pod}) => statusOf(pod, name)?.containerID !== undefined);
      if (first === undefined) return missing(timeline, expected, `${name} did not start`, trail);
      const count = statusOf(first.pod, name)?.restartCount ?? 0;
      trail.push(evidence(first, `${name} starts, restartCount ${count}`));
      if (count !== 0) return broken(expected, `restartCount of ${name} was not 0 when it started`, trail);
    }
    return ofRestart(timeline, held(expected, trail));
  };
}
