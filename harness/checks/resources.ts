import {statusOf, type Pod} from '../recording/pod.ts';
import {runsAround} from '../recording/timeline.ts';
import {broken, held, journalHole, unknown, unlessGap, type Check, type Evidence} from './finding.ts';
import {evidence, ofRestart, restartedIn} from './restart.ts';

/**
 * Requests and limits of each container are the same after the restart as before it in its spec and its status, and those
 * of its cgroup fit them (KEP-5532, Restart Phases).
 *
 * @param resized a container that must have been resized in place before; where it was not, nothing is said
 */
export function preservesResources(resized?: string): Check {
  return timeline => {
    const {before, versions, hadRun} = timeline;
    const expected = 'each container has the requests and limits that it had, in its spec, its status and its cgroup';
    const hole = journalHole(timeline);
    if (hole !== undefined) return unknown(expected, hole);
    const [first] = versions;
    const last = hadRun.flatMap(name => restartedIn(timeline, name) ?? []).toSorted((a, b) => b.index - a.index)[0];
    if (first === undefined || last === undefined) return unknown(expected, 'no restart of all containers was seen');
    const same = resized !== undefined && inSpec(first.pod, resized) === inSpec(before.pod, resized);
    if (same) return unknown(expected, `${resized} was not resized`);
    const trail: Evidence[] = [];
    for (const name of hadRun) {
      const again = restartedIn(timeline, name);
      const started = runsAround(timeline, name).after[0]?.start;
      if (again === undefined || started === undefined)
        return unknown(expected, `${name} was not seen to start again`, trail);
      trail.push(evidence(last, `${name} ${inSpec(last.pod, name)}`));
      if (inSpec(before.pod, name) !== inSpec(last.pod, name))
        return broken(expected, `the spec of ${name} has other resources`, trail);
      if (inStatus(before.pod, name) !== inStatus(last.pod, name))
        return broken(expected, `the status of ${name} has other resources`, trail);
      const read = started.entry.volumes['limits']?.origin ?? '';
      trail.push({index: started.index, atMs: started.atMs, text: `${name} starts: its cgroup has ${read}`});
      const limits = limitsOf(last.pod, name);
      const found = cgroupLimits(read);
      if (found === undefined || limits === undefined)
        return unknown(expected, `the limits of ${name} could not be read`, trail);
      if (found.memory !== limits.memory || Math.abs(found.cpu - limits.cpu) > 0.001)
        return broken(expected, `the cgroup of ${name} has other limits`, trail);
    }
    return ofRestart(timeline, unlessGap(timeline, held(expected, trail), 'presence'));
  };
}

function inSpec(pod: Pod, name: string): string {
  return JSON.stringify(pod.spec.containers.find(container => container.name === name)?.resources ?? {});
}

function inStatus(pod: Pod, name: string): string {
  return JSON.stringify(statusOf(pod, name)?.resources ?? {});
}

interface Limits {
  /** Bytes. */
  readonly memory: number;
  /** Of one CPU. */
  readonly cpu: number;
}

function limitsOf(pod: Pod, name: string): Limits | undefined {
  const limits = pod.spec.containers.find(container => container.name === name)?.resources?.limits;
  const [memory, cpu] = [limits?.['memory'], limits?.['cpu']].map(quantity);
  return memory === undefined || cpu === undefined ? undefined : {memory, cpu};
}

/** What a container reads of its cgroup: bytes of memory, then microseconds of CPU in so many of time. */
function cgroupLimits(text: string): Limits | undefined {
  const [memory, quota, period] = text.split(' ').map(Number);
  if (memory === undefined || quota === undefined || period === undefined) return undefined;
  return [memory, quota, period].some(Number.isNaN) ? undefined : {memory, cpu: quota / period};
}

const units: Readonly<Record<string, number>> = {'': 1, m: 0.001, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30};

/** A quantity as Kubernetes writes it, in the units that the manifests use. */
function quantity(text: string | undefined): number | undefined {
  const [, number, unit = ''] = /^([0-9.]+)([A-Za-z]*)$/.exec(text ?? '') ?? [];
  const factor = units[unit];
  return number === undefined || factor === undefined ? undefined : Number(number) * factor;
}
