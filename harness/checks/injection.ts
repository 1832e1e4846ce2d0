import {statusOf} from '../recording/pod.ts';
import {broken, held, missing, unknown, type Check} from './finding.ts';
import {evidence, restartedIn, stimulusEvidence} from './restart.ts';

/** A sidecar that admission added is ended and started again like every other container (KEP-5532, Restart Phases). */
export function restartsInjected(name: string): Check {
  return timeline => {
    const {before} = timeline;
    const expected = `${name}, which the manifest does not have, gets a new container id and one more restart`;
    const injected = before.pod.spec.initContainers.some(container => container.name === name);
    const was = statusOf(before.pod, name);
    if (!injected || was?.state.running === undefined)
      return unknown(expected, `${name} did not run when the source was told to exit`);
    const trail = [evidence(before, `${name} running, ${was.containerID ?? 'no id'}`), stimulusEvidence(timeline)];
    const again = restartedIn(timeline, name);
    if (again === undefined) return missing(timeline, expected, `${name} was not started again`, trail);
    const now = statusOf(again.pod, name);
    trail.push(evidence(again, `${name} ${now?.containerID ?? 'no id'}, restartCount ${now?.restartCount ?? 0}`));
    return now?.restartCount === was.restartCount + 1
      ? held(expected, trail)
      : broken(expected, `restartCount of ${name} did not go up by one`, trail);
  };
}
