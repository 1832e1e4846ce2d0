import {hasEnded, statusOf} from '../recording/pod.ts';
import {runtimeSchema, type RuntimeReading} from '../recording/runtime.ts';
import type {Timeline} from '../recording/timeline.ts';
import {broken, held, missing, unknown, type Check, type Evidence} from './finding.ts';
import {evidence, ofRestart, restartedIn, stimulusEvidence} from './restart.ts';

/** A reading of the node, as evidence. */
interface Reading extends Evidence {
  readonly says: RuntimeReading;
}

/** The last reading before the stimulus, and the first after it. */
function readings({recording, stimulusIndex}: Timeline): {before: Reading | undefined; after: Reading | undefined} {
  const all = recording.observations.flatMap((o, index): Reading[] => {
    if (o.kind !== 'node' || o.action !== 'read runtime') return [];
    return [{index, atMs: o.atMs, text: o.node, says: runtimeSchema.parse(JSON.parse(o.text))}];
  });
  return {
    before: all.findLast(({index}) => index < stimulusIndex),
    after: all.find(({index}) => index > stimulusIndex),
  };
}

/**
 * Compares what the node had of the Pod before and after a restart.
 *
 * @param look gives what it shows of a reading, and what is wrong with the later one; `hole` where nothing can be said
 */
function onNode(
  expected: string,
  look: (
    before: RuntimeReading,
    after: RuntimeReading,
  ) => {shows: readonly [string, string]; wrong?: string; hole?: string},
): Check {
  return timeline => {
    const {before, after} = readings(timeline);
    if (before === undefined || after === undefined) return unknown(expected, 'the node was not read');
    const {shows, wrong, hole} = look(before.says, after.says);
    const trail = [{...before, text: shows[0]}, stimulusEvidence(timeline), {...after, text: shows[1]}];
    if (hole !== undefined) return unknown(expected, hole, trail);
    return wrong === undefined ? ofRestart(timeline, held(expected, trail)) : broken(expected, wrong, trail);
  };
}

/** The directories of the Pod's cgroup are the same ones before and after (KEP-5532, "Restart Phases"). */
export function keepsCgroup(): Check {
  return onNode("the Pod's cgroup is the same before and after", (before, after) => {
    const show = ({cgroups}: RuntimeReading) => cgroups.map(({inode}) => inode).join(' ');
    const shows = [`inodes ${show(before)}`, `inodes ${show(after)}`] as const;
    if (before.cgroups.length === 0) return {shows, hole: 'the cgroup was not found'};
    const kept = before.cgroups.every(({path, inode}) =>
      after.cgroups.some(now => now.path === path && now.inode === inode),
    );
    return kept ? {shows} : {shows, wrong: 'it is another, or gone'};
  });
}

/** The runtime has one sandbox of the Pod, the same before and after (KEP-5532, "Sandbox"). */
export function keepsSandbox(): Check {
  return onNode('the runtime has one sandbox, the same before and after', (before, after) => {
    const shows = [`sandbox ${before.sandboxes.join(' ')}`, `sandbox ${after.sandboxes.join(' ')}`] as const;
    if (before.sandboxes.length !== 1) return {shows, hole: 'there was not one sandbox before'};
    if (!after.sandboxes.some(id => before.sandboxes.includes(id))) return {shows, wrong: 'it is another, or gone'};
    return after.sandboxes.length === 1 ? {shows} : {shows, wrong: 'there is more than one'};
  });
}

/**
 * After the restart the runtime has none of the containers that it had before (KEP-5532, "Containers in Runtime"). That it
 * has others of their names shows that it was read.
 */
export function removesOldContainers(): Check {
  return onNode('the runtime has none of the containers that it had before', (before, after) => {
    const show = ({containers}: RuntimeReading) =>
      containers.map(({name, id}) => `${name} ${id.slice(0, 12)}`).join(', ');
    const shows = [show(before), show(after)] as const;
    if (before.containers.length === 0) return {shows, hole: 'there was none before'};
    const unread = before.containers.find(({name}) => !after.containers.some(now => now.name === name));
    if (unread !== undefined) return {shows, hole: `${unread.name} was not found afterwards`};
    const left = after.containers.filter(({id}) => before.containers.some(old => old.id === id));
    return left.length === 0
      ? {shows}
      : {
          shows,
          wrong: `still there: ${left
            .map(({name}) => name)
            .toSorted()
            .join(', ')}`,
        };
  });
}

/** The log files of earlier runs are still on the node after the restart, beside one of each container's new run. */
export function keepsLogFiles(): Check {
  return onNode(
    'every log file that was there is there, and the new run of each container has one of its own',
    (before, after) => {
      const shows = [before.logs.join(', '), after.logs.join(', ')] as const;
      if (before.logs.length === 0) return {shows, hole: 'there was none before'};
      const gone = before.logs.filter(file => !after.logs.includes(file));
      if (gone.length > 0) return {shows, wrong: `gone: ${gone.toSorted().join(', ')}`};
      const folderOf = (file: string) => file.slice(0, file.lastIndexOf('/'));
      const fresh = new Set(after.logs.filter(file => !before.logs.includes(file)).map(folderOf));
      const without = [...new Set(before.logs.map(folderOf))].filter(name => !fresh.has(name)).toSorted();
      return without.length === 0 ? {shows} : {shows, wrong: `no file of the new run: ${without.join(', ')}`};
    },
  );
}

const pulling = ['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull'];

/** A container whose image can't be had again waits, with a reason that says so, and the Pod does not end (Images). */
export function waitsForImage(container: string): Check {
  return timeline => {
    const expected = `${container} waits for its image with a reason, and the Pod does not end`;
    const trail = [stimulusEvidence(timeline)];
    for (const version of timeline.after) {
      const {phase = 'absent'} = version.pod.status;
      if (hasEnded(version.pod))
        return broken(expected, `phase became ${phase}`, [...trail, evidence(version, `phase ${phase}`)]);
    }
    const others = timeline.hadRun.filter(name => name !== container);
    if (!others.every(name => restartedIn(timeline, name) !== undefined))
      return unknown(expected, 'no restart of all containers was seen', trail);
    const last = timeline.after.at(-1) ?? timeline.before;
    const reason = statusOf(last.pod, container)?.state.waiting?.reason;
    if (reason === undefined) return missing(timeline, expected, `${container} did not wait`, trail);
    const seen = [...trail, evidence(last, `${container} waiting: ${reason}`)];
    return pulling.includes(reason) ? held(expected, seen) : broken(expected, `it waited for another reason`, seen);
  };
}
