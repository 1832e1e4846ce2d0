import {statusOf} from '../recording/pod.ts';
import type {Timeline} from '../recording/timeline.ts';
import {broken, held, missing, unknown, unlessGap, type Check, type Evidence} from './finding.ts';
import {allRestarted, evidence, ofRestart, restartedIn, stimulusEvidence} from './restart.ts';

/** A running ephemeral container is ended by the restart (announcement of v1.35, in so many words). */
export function terminatesEphemeral(name: string): Check {
  return timeline => {
    const expected = `${name} is terminated before the other containers run again`;
    const old = statusOf(timeline.before.pod, name);
    if (old?.state.running === undefined)
      return unknown(expected, `${name} did not run when the source was told to exit`);
    const trail = [
      evidence(timeline.before, `${name} running, ${old.containerID ?? 'no id'}`),
      stimulusEvidence(timeline),
    ];
    if (!allRestarted(timeline)) return unknown(expected, 'no restart of all containers was seen', trail);
    const again = timeline.hadRun
      .flatMap(other => restartedIn(timeline, other) ?? [])
      .toSorted((a, b) => a.index - b.index);
    const [first, last] = [again.at(0), again.at(-1)];
    if (first === undefined || last === undefined) return unknown(expected, 'no restart was seen', trail);
    const ended = timeline.after.find(({pod}) => statusOf(pod, name)?.state.terminated !== undefined);
    if (ended !== undefined && ended.index <= first.index) {
      return held(expected, [...trail, evidence(ended, `${name} terminated`)]);
    }
    const now = statusOf(last.pod, name);
    const same = now?.containerID === old.containerID && now?.state.running !== undefined;
    const saw = same
      ? `${name} was running, under the same container id, after the others had been started again`
      : ended === undefined
        ? `${name} was not terminated`
        : `${name} was terminated only after others had been started again`;
    const state = `${name} ${now?.state.running === undefined ? 'not running' : 'running'}, ${now?.containerID ?? 'no id'}`;
    return unlessGap(timeline, broken(expected, saw, [...trail, evidence(last, state)]), 'absence');
  };
}

/** An ephemeral container is not started again by the restart (KEP-5532, announcement). */
export function doesNotStartEphemeral(name: string): Check {
  return throughout(name, `${name} is not started again`, timeline => {
    const old = statusOf(timeline.before.pod, name);
    return pod => {
      const now = statusOf(pod, name);
      if (now === undefined) return undefined; // whether it stays is another requirement
      if (now.restartCount !== old?.restartCount) return `restartCount of ${name} moved`;
      if (old.state.terminated !== undefined && now.state.terminated === undefined)
        return `${name} had ended and did not stay so`;
      return now.containerID === old.containerID ? undefined : `${name} has another container id`;
    };
  });
}

/** Spec and status of an ephemeral container stay in the API (KEP-5532). */
export function keepsEphemeral(name: string): Check {
  return throughout(
    name,
    `${name} stays in spec.ephemeralContainers and status.ephemeralContainerStatuses`,
    () => pod => {
      if (!pod.spec.ephemeralContainers.some(container => container.name === name)) return `${name} left the spec`;
      return pod.status.ephemeralContainerStatuses.some(status => status.name === name)
        ? undefined
        : `${name} left the status`;
    },
  );
}

/** A new ephemeral container can be added after the restart, and runs (Ephemeral Containers). */
export function addsEphemeral(name: string): Check {
  return timeline => {
    const expected = `${name}, added after the restart, runs`;
    const trail: Evidence[] = [stimulusEvidence(timeline)];
    if (!allRestarted(timeline)) return unknown(expected, 'no restart of all containers was seen', trail);
    if (statusOf(timeline.before.pod, name) !== undefined)
      return unknown(expected, `${name} had been there before`, trail);
    const runs = timeline.after.find(({pod}) => statusOf(pod, name)?.state.running !== undefined);
    if (runs === undefined) return missing(timeline, expected, `${name} did not run`, trail);
    return held(expected, [...trail, evidence(runs, `${name} running`)]);
  };
}

function throughout(
  name: string,
  expected: string,
  rule: (timeline: Timeline) => (pod: Timeline['before']['pod']) => string | undefined,
): Check {
  return timeline => {
    if (statusOf(timeline.before.pod, name) === undefined)
      return unknown(expected, `${name} was not there when the source was told to exit`);
    const wrong = rule(timeline);
    const trail: Evidence[] = [evidence(timeline.before, `${name} there`), stimulusEvidence(timeline)];
    for (const version of timeline.after) {
      const saw = wrong(version.pod);
      if (saw !== undefined) return broken(expected, saw, [...trail, evidence(version, saw)]);
    }
    const last = timeline.after.at(-1);
    const end = last === undefined ? trail : [...trail, evidence(last, `${name} as before`)];
    return ofRestart(timeline, unlessGap(timeline, held(expected, end), 'presence'));
  };
}
