import {conditionOf, hasEnded, statusOf} from '../recording/pod.ts';
import {eventsOf, type PodVersion, type Timeline} from '../recording/timeline.ts';
import {marks} from '../timeouts.ts';
import {graceMs} from './containers.ts';
import {deletedAt, deletionOf, markedIn, startedAt, staysLonger, unheardMs} from './deletion.ts';
import {broken, held, missing, unknown, unlessGap, type Check, type Evidence} from './finding.ts';
import {allRestarted, evidence, ofRestart, restartedIn, stimulusEvidence} from './restart.ts';
import {longest} from './slowness.ts';

/**
 * A container that fails when it runs again fails the Pod where no policy starts it once more (KEP-5532, "API", of init
 * containers; "Probes", of those whose startup probe fails).
 */
export function failsPod(container: string): Check {
  return timeline => {
    const expected = `${container} fails, is not started once more, and the phase becomes Failed`;
    const trail: Evidence[] = [stimulusEvidence(timeline)];
    const failed = failedBy(timeline, container);
    if (failed === undefined) return missing(timeline, expected, `${container} did not fail`, trail);
    const code = statusOf(failed.pod, container)?.state.terminated?.exitCode;
    trail.push(evidence(failed, `${container} terminated, exitCode ${code ?? 'absent'}`));
    const again = startedAfter(timeline, failed, container);
    if (again !== undefined) {
      return broken(expected, `${container} was started once more`, [...trail, evidence(again, 'a new container id')]);
    }
    const ended = timeline.after.find(({pod}) => hasEnded(pod));
    if (ended === undefined) return missing(timeline, expected, 'the phase did not become Failed', trail);
    trail.push(evidence(ended, `phase ${ended.pod.status.phase ?? 'absent'}`));
    if (ended.pod.status.phase !== 'Failed') return broken(expected, 'the phase became Succeeded', trail);
    return unlessGap(timeline, held(expected, trail), 'presence');
  };
}

/** A container whose startup probe fails when it runs again fails the Pod under Never (KEP-5532, "Probes"). */
export function failsPodByStartupProbe(container: string): Check {
  return timeline => {
    const finding = failsPod(container)(timeline);
    const failed = failedBy(timeline, container);
    const id = failed === undefined ? undefined : statusOf(failed.pod, container)?.containerID;
    const started = timeline.versions.find(({pod}) => {
      const status = statusOf(pod, container);
      return status?.started === true && (id === undefined || status.containerID === id);
    });
    return started === undefined || finding.outcome === 'broken'
      ? finding
      : unknown(finding.expected, `${container} had passed its startup probe`, [evidence(started, 'started')]);
  };
}

/** What follows an init container that failed for good is not started (KEP-5532, "Restart Phases": only after success). */
export function startsNothingAfter(container: string): Check {
  return timeline => {
    const expected = `no container after ${container} is started again`;
    const failed = failedIn(timeline, container);
    if (failed === undefined) return missing(timeline, expected, `${container} did not fail`);
    const at = timeline.containers.findIndex(({name}) => name === container);
    for (const {name} of timeline.containers.slice(at + 1)) {
      const again = restartedIn(timeline, name);
      if (again !== undefined)
        return broken(expected, `${name} was started again`, [evidence(again, `${name} has a new container id`)]);
    }
    const trail = [stimulusEvidence(timeline), evidence(failed, `${container} failed`)];
    return unlessGap(timeline, held(expected, trail), 'presence');
  };
}

/** An init container that fails when it runs again is tried once more under OnFailure and Always (KEP-5532, "e2e tests"). */
export function triesAgain(container: string): Check {
  return timeline => {
    const expected = `${container} fails, is started once more, and then every container runs again`;
    const trail: Evidence[] = [stimulusEvidence(timeline)];
    const failed = failedIn(timeline, container);
    // A kubelet that is busy tells of the failure and of the next start in one.
    const both = failed === undefined ? failedBefore(timeline, container) : undefined;
    const told = failed ?? both;
    if (told === undefined) return missing(timeline, expected, `${container} did not fail`, trail);
    trail.push(evidence(told, `${container} failed`));
    const deleted = deletionOf(timeline)?.index ?? Infinity;
    const ended = timeline.after.find(({index, pod}) => index < deleted && hasEnded(pod));
    if (ended !== undefined) {
      const {phase = 'absent'} = ended.pod.status;
      return broken(expected, `the phase became ${phase}`, [...trail, evidence(ended, `phase ${phase}`)]);
    }
    const again = both ?? startedAfter(timeline, told, container);
    if (again === undefined) return missing(timeline, expected, `${container} was not started once more`, trail);
    trail.push(evidence(again, `${container} has a new container id`));
    const never = timeline.hadRun.find(name => restartedIn(timeline, name) === undefined);
    if (never !== undefined) return missing(timeline, expected, `${never} was not started again`, trail);
    return unlessGap(timeline, held(expected, trail), 'presence');
  };
}

/**
 * A Pod that is deleted while its containers are being ended is not started again, and is gone when its grace period is
 * over (KEP-5532, "Troubleshooting"; pod-lifecycle, "Termination of Pods").
 */
export function endsWhenDeleted(): Check {
  return timeline => {
    const expected = 'no container is started again after the deletion, and the Pod goes';
    const deletion = deletionOf(timeline);
    if (deletion === undefined) return unknown(expected, 'the Pod was not deleted');
    const trail: Evidence[] = [stimulusEvidence(timeline), deletion];
    const marked = markedIn(timeline);
    const raised = marked === undefined ? undefined : conditionOf(marked.pod, 'AllContainersRestarting')?.status;
    const early = timeline.after.some(
      version => version.index < deletion.index && timeline.hadRun.some(name => isNew(timeline, version, name)),
    );
    if (marked === undefined || raised !== 'True' || early)
      return unknown(expected, 'the restart was over when the Pod was deleted', trail);
    trail.push(evidence(marked, 'deletionTimestamp is set, AllContainersRestarting=True'));
    const again = timeline.hadRun.flatMap(name => {
      const version = restartedIn(timeline, name);
      return version === undefined ? [] : [{name, seen: [...trail, evidence(version, 'a new container id')], version}];
    });
    const late = again.find(({name, version}) => !mayBeUnheard(timeline, marked, version, name));
    if (late !== undefined) return broken(expected, `${late.name} was started again`, late.seen);
    const [first] = again;
    if (first !== undefined) {
      const saw = `${first.name} was started again, and the kubelet may not have heard of the deletion by then`;
      return unknown(expected, saw, first.seen);
    }
    const boundMs = graceMs(timeline) + marks.podGone.ms;
    return (
      staysLonger(timeline, deletion, boundMs, {expected, evidence: trail}) ??
      unlessGap(timeline, held(expected, trail), 'presence')
    );
  };
}

/**
 * Whether the kubelet may not have heard of the deletion when it began to start a container: by its own times, which go by the
 * second, or by when its events came.
 *
 * @param deleted the first version with a deletionTimestamp
 * @param started the first version with the new container
 */
function mayBeUnheard(timeline: Timeline, deleted: PodVersion, started: PodVersion, name: string): boolean {
  const ms = unheardMs(timeline);
  const lastMs = deletedAt(deleted) + ms;
  const startedBefore = startedAt(timeline.before, name);
  const events = eventsOf(timeline.recording, name)
    .filter(({object: {reason}}) => reason === 'Pulled' || reason === 'Created')
    .map(({atMs, object}) => ({atMs, time: Date.parse(object.lastTimestamp ?? '')}))
    .filter(event => event.time > startedBefore);
  const time = startedAt(started, name);
  return (
    events.some(event => event.time <= lastMs || event.atMs <= deleted.atMs + ms) ||
    (time > startedBefore && time <= lastMs)
  );
}

/** The last that is seen of a deleted Pod is a phase that is final (pod-lifecycle, "Pod phase"), whatever its rules match. */
export function endsInFinalPhase(): Check {
  return timeline => {
    const expected = 'phase is Failed or Succeeded when the Pod goes';
    const deletion = deletionOf(timeline);
    if (deletion === undefined) return unknown(expected, 'the Pod was not deleted');
    if (deletion.goneAtMs === undefined) return missing(timeline, expected, 'the Pod was still there', [deletion]);
    const last = timeline.after.at(-1);
    if (last === undefined) return unknown(expected, 'no version of the Pod came after the deletion', [deletion]);
    const {phase = 'absent'} = last.pod.status;
    const trail = [deletion, evidence(last, `phase ${phase}`)];
    if (!hasEnded(last.pod)) return broken(expected, `phase was ${phase}`, trail);
    const code = statusOf(last.pod, timeline.source)?.state.terminated?.exitCode ?? 0;
    if (code === 0) return unknown(expected, `${timeline.source} was not seen to end by what its rule matches`, trail);
    return unlessGap(timeline, held(expected, trail), 'absence');
  };
}

/** activeDeadlineSeconds counts from the Pod's startTime, which a restart keeps (API reference, PodSpec). */
export function keepsDeadline(): Check {
  return timeline => {
    const expected = 'the Pod fails when activeDeadlineSeconds have passed since its startTime, not since the restart';
    const deadlineS = timeline.before.pod.spec['activeDeadlineSeconds'];
    const started = timeline.versions.find(({pod}) => (pod.status.startTime ?? '') !== '');
    if (typeof deadlineS !== 'number' || started === undefined)
      return unknown(expected, 'the Pod has no deadline or no startTime');
    const trail: Evidence[] = [evidence(started, 'startTime is set'), stimulusEvidence(timeline)];
    if (!allRestarted(timeline)) return unknown(expected, 'no restart of all containers was seen', trail);
    const failed = timeline.after.find(({pod}) => pod.status.phase === 'Failed');
    if (failed === undefined) return missing(timeline, expected, 'the Pod did not fail', trail);
    trail.push(evidence(failed, `phase Failed, ${failed.pod.status.reason ?? 'no reason'}`));
    if (failed.pod.status.reason !== 'DeadlineExceeded')
      return broken(expected, 'the Pod failed for another reason', trail);
    if (failed.atMs - timeline.stimulusAtMs > deadlineS * 1000) {
      const saw = 'the deadline was counted from the restart';
      const anewMs = timeline.stimulusAtMs - started.atMs + deadlineS * 1000;
      return longest(timeline, deadlineS * 1000, anewMs) === undefined
        ? unknown(expected, `${saw}, or the node is slow`, trail)
        : broken(expected, saw, trail);
    }
    // The first version with startTime may come late; the Pod was made before.
    const madeAtMs = (timeline.versions[0] ?? started).atMs;
    if (failed.atMs - madeAtMs < (deadlineS - 2) * 1000)
      return broken(expected, 'the Pod failed before its deadline', trail);
    return ofRestart(timeline, held(expected, trail));
  };
}

/** The first version in which a container has ended with another code than 0, in a run that was not over before. */
function failedIn({before, after}: Timeline, container: string): PodVersion | undefined {
  const was = statusOf(before.pod, container);
  return after.find(({pod}) => {
    const now = statusOf(pod, container);
    const {terminated} = now?.state ?? {};
    if (terminated === undefined || terminated.exitCode === 0) return false;
    return was?.state.running !== undefined || now?.containerID !== was?.containerID;
  });
}

/** The first version that tells in its last state that a container failed which was started after the stimulus. */
function failedBefore({before, after}: Timeline, container: string): PodVersion | undefined {
  const known = statusOf(before.pod, container)?.containerID;
  return after.find(({pod}) => {
    const {containerID, lastState} = statusOf(pod, container) ?? {};
    const {containerID: ended, exitCode = 0} = lastState?.terminated ?? {};
    return exitCode !== 0 && ended !== undefined && ended !== known && ended !== containerID;
  });
}

/** As failedIn, or the version before the stimulus where the container had failed by then. */
function failedBy(timeline: Timeline, container: string): PodVersion | undefined {
  const {before} = timeline;
  const code = statusOf(before.pod, container)?.state.terminated?.exitCode ?? 0;
  return code === 0 ? failedIn(timeline, container) : before;
}

/** The first version after that one in which the container has another id. */
function startedAfter({after}: Timeline, {index, pod}: PodVersion, container: string): PodVersion | undefined {
  const old = statusOf(pod, container)?.containerID;
  return after.find(version => {
    const id = statusOf(version.pod, container)?.containerID;
    return version.index > index && id !== undefined && id !== old;
  });
}

function isNew({before}: Timeline, {pod}: PodVersion, container: string): boolean {
  const id = statusOf(pod, container)?.containerID;
  return id !== undefined && id !== statusOf(before.pod, container)?.containerID;
}
