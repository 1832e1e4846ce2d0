import {conditionOf, hasEnded, statusOf, type Pod} from '../recording/pod.ts';
import type {PodVersion, Timeline} from '../recording/timeline.ts';
import {marks} from '../timeouts.ts';
import {broken, held, missing, unknown, unlessGap, type Check, type Evidence} from './finding.ts';
import {evidence, restartedIn, startedTwiceIn, stimulusEvidence} from './restart.ts';
import {lateProbe} from './slowness.ts';

const type = 'AllContainersRestarting';

/**
 * Containers are started again by their own policy, their own rule or their probe, each once, and no other container with
 * them (KEP-5307).
 *
 * @param names the containers; without any, those that were told to exit
 */
export function restartsAlone(...names: readonly string[]): Check {
  return timeline => {
    const wanted = names.length === 0 ? timeline.sources : names;
    const expected = `${wanted.join(', ')} alone started again once, and ${type} does not become True`;
    const trail: Evidence[] = [stimulusEvidence(timeline)];
    for (const version of timeline.after) {
      const wrong = triggered(timeline, version, wanted);
      if (wrong !== undefined) return broken(expected, wrong, [...trail, evidence(version, wrong)]);
      const often = isOver(version.pod)
        ? undefined
        : wanted.find(name => count(version.pod, name) > count(timeline.before.pod, name) + 1);
      if (often !== undefined) {
        const saw = `restartCount of ${often} went up by more than 1`;
        const seen = [...trail, evidence(version, often)];
        const late = lateProbe(timeline, often);
        return late === undefined ? broken(expected, saw, seen) : unknown(expected, `${saw}, ${late}`, seen);
      }
    }
    for (const name of wanted) {
      const again = restartedIn(timeline, name);
      if (again === undefined) return missing(timeline, expected, `${name} was not started again`, trail);
      trail.push(evidence(again, `${name} has a new container id`));
      const twice = startedTwiceIn(timeline, name);
      if (twice !== undefined)
        return broken(expected, `${name} was started more than once`, [
          ...trail,
          evidence(twice, `${name} has another new container id`),
        ]);
    }
    return unlessGap(timeline, held(expected, trail), 'presence');
  };
}

/** Containers that exit with a code for which neither a rule nor their policy starts them again stay ended (KEP-5307). */
export function staysEnded(): Check {
  return timeline => {
    const {sources, after, end} = timeline;
    const expected = `${sources.join(', ')} not started again, and ${type} does not become True`;
    const trail: Evidence[] = [stimulusEvidence(timeline)];
    for (const version of after) {
      const wrong = triggered(timeline, version, sources);
      if (wrong !== undefined) return broken(expected, wrong, [...trail, evidence(version, wrong)]);
    }
    for (const name of sources) {
      const again = restartedIn(timeline, name);
      if (again !== undefined)
        return broken(expected, `${name} was started again`, [
          ...trail,
          evidence(again, `${name} has a new container id`),
        ]);
      const ended = after.find(({pod}) => statusOf(pod, name)?.state.terminated !== undefined);
      if (ended === undefined) return unknown(expected, `${name} was not seen to end`, trail);
      trail.push(evidence(ended, `${name} terminated`));
      const waiting = after.find(({pod}) => statusOf(pod, name)?.state.waiting !== undefined);
      if (waiting !== undefined)
        return broken(expected, `${name} waited to be started again`, [...trail, evidence(waiting, `${name} waiting`)]);
      if (end.atMs - ended.atMs < marks.quietWatched.ms)
        return unknown(expected, `${name} was not watched for long enough after its end`, trail);
    }
    return unlessGap(timeline, held(expected, trail), 'presence');
  };
}

/**
 * Once a Pod's regular containers have ended for good it has done its work, and a sidecar that exits with a listed code when
 * it is ended then starts nothing (Kubernetes source, getPhase).
 *
 * @param code that the sidecar exits with; another one says nothing
 */
export function startsNothing(sidecar: string, code: number): Check {
  return timeline => {
    const {after, containers} = timeline;
    const expected = `${sidecar} exits with ${code} and no restart begins`;
    const trail: Evidence[] = [stimulusEvidence(timeline)];
    const begun = after.find(version => isRaised(timeline, version));
    if (begun !== undefined)
      return broken(expected, `${type} became True`, [...trail, evidence(begun, `${type} became True`)]);
    for (const {name} of containers) {
      const again = restartedIn(timeline, name);
      if (again === undefined) continue;
      return broken(expected, `${name} was started again`, [
        ...trail,
        evidence(again, `${name} has a new container id`),
      ]);
    }
    const exited = after.find(({pod}) => statusOf(pod, sidecar)?.state.terminated !== undefined);
    const ended = after.find(({pod}) => hasEnded(pod));
    if (ended === undefined) return missing(timeline, expected, 'the Pod did not end', trail);
    if (exited === undefined || statusOf(exited.pod, sidecar)?.state.terminated?.exitCode !== code)
      return unknown(expected, `${sidecar} was not seen to exit with ${code}`, trail);
    const seen = [...trail, evidence(exited, `${sidecar} exited with ${code}`), evidence(ended, 'the Pod ended')];
    return unlessGap(timeline, held(expected, seen), 'presence');
  };
}

/** Whether a Pod is deleted and has ended: the kubelet may then count a restart that does not come (docs/soak, run 49). */
function isOver(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined && hasEnded(pod);
}

/** What in that version tells that other containers were restarted too. */
function triggered(timeline: Timeline, version: PodVersion, alone: readonly string[]): string | undefined {
  const {before, containers, hadRun} = timeline;
  const {pod} = version;
  const others = containers.map(({name}) => name).filter(name => !alone.includes(name));
  const moved = others.find(name => {
    const [was, is] = [before.pod, pod].map(each => statusOf(each, name)?.restartCount);
    return is !== was && !(isOver(pod) && is !== undefined);
  });
  if (moved !== undefined) return `restartCount of ${moved} moved`;
  const renewed = others.find(name => hadRun.includes(name) && isAnother(before.pod, pod, name));
  if (renewed !== undefined) return `${renewed} was started again, and not counted`;
  return isRaised(timeline, version) ? `${type} became True` : undefined;
}

/** Whether the condition is True in that version, or was since the exit. */
function isRaised({before}: Timeline, {pod}: PodVersion): boolean {
  const [was, is] = [before.pod, pod].map(each => conditionOf(each, type));
  // The kubelet may report only the newer of two states that follow at once; then the time alone tells of the change.
  const dated = was !== undefined && is !== undefined && was.lastTransitionTime !== is.lastTransitionTime;
  return is?.status === 'True' || dated;
}

function isAnother(before: Pod, now: Pod, name: string): boolean {
  const id = statusOf(now, name)?.containerID;
  return id !== undefined && id !== statusOf(before, name)?.containerID;
}

function count(pod: Pod, name: string): number {
  return statusOf(pod, name)?.restartCount ?? 0;
}
