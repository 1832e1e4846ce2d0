import {hasEnded, statusOf, type ContainerStatus, type Pod} from '../../recording/pod.ts';
import type {Edit} from '../edit.ts';
import type {Generator} from './scene.ts';

/**
 * A restart that was disturbed ends otherwise than it does by a deviation that is known: in place of that, and in what would be
 * right. What is right already is edited with every other restart.
 */
export const disturbed: Generator = function* (scene) {
  const must = scene.deviatingFrom(['toComeThrough']);
  if (must.length === 0) return;
  const once = scene.deviatingFrom(['toComeThrough'], ([, times]) => times === 'once');
  const {recording, timeline, after, last} = scene;
  const {before} = timeline;
  const done = recording.observations.findLastIndex(
    (o, index) => o.kind === 'node' && index > timeline.stimulusIndex && index < last,
  );
  const later = after.filter(({index}) => index > done);
  const [back] = later;
  const end = after.find(({pod}) => hasEnded(pod));

  /** Whether some container that ran does not run again. */
  const waiting = (pod: Pod): boolean =>
    scene.ran.some(({name}) => {
      const [now, old] = [statusOf(pod, name), scene.before(name)];
      const runs = now?.state.running !== undefined && now.containerID !== old?.containerID;
      return old?.state.running !== undefined && !runs;
    });

  /** Every container runs again once in the last version, and of those after the disturbance no other is there but `kept`. */
  const mended = (e: Edit, change: (pod: Pod) => unknown = () => undefined, kept?: number): Edit => {
    const others = new Set(later.flatMap(({index}) => (index === kept ? [] : (e.recording.observations[index] ?? []))));
    const final = e.recording.observations[last];
    if (final !== undefined) others.delete(final);
    e.drop(observation => others.has(observation));
    const place = final === undefined ? NaN : e.recording.observations.indexOf(final);
    return scene.versions(e, place, place, pod => {
      pod.status = structuredClone(before.pod.status);
      for (const {name} of scene.ran) {
        const now = statusOf(pod, name);
        if (now === undefined) continue;
        now.containerID = `containerd://again-${name}`;
        now.restartCount += 1;
      }
      change(pod);
    });
  };

  for (const {index, at, pod} of scene.places()) {
    const failed = pod.status.initContainerStatuses.some(({state}) => (state.terminated?.exitCode ?? 0) !== 0);
    for (const phase of ['Failed', 'Succeeded'].filter(each => each !== 'Failed' || !failed))
      if (end === undefined || index <= end.index)
        yield {
          kind: 'a Pod ends whose restart was disturbed',
          at: `${at}, ${phase}`,
          edit: e => scene.versions(e, index, index, each => (each.status.phase = phase)),
          must,
        };
  }
  for (const phase of ['Failed', 'Succeeded'])
    yield {
      kind: 'a Pod ends whose restart was disturbed',
      at: scene.place(`in the end, ${phase}`),
      edit: e => mended(e, pod => (pod.status.phase = phase)),
      must,
    };
  yield {
    kind: 'a Pod is replaced whose restart was disturbed',
    at: scene.place('in the end'),
    edit: e => mended(e, pod => (pod.metadata.uid = 'another')),
    must,
  };
  yield {
    kind: 'a restart is not disturbed',
    at: scene.place('throughout'),
    edit: e => e.drop(o => o.kind === 'node'),
    must: [],
    undecided: must,
    may: scene.all(),
  };
  if (back !== undefined && back.index !== last && waiting(back.pod))
    yield {
      kind: 'a disturbed restart is taken up by the periodic sync alone',
      at: scene.place('in the end'),
      edit: e => mended(e.delay(last, 60_000), undefined, back.index),
      must,
    };
  for (const {name} of scene.ran) {
    const differs = (kind: string, change: (now: ContainerStatus, old: ContainerStatus) => unknown) => ({
      kind,
      at: scene.place(name),
      edit: (e: Edit) =>
        mended(e, pod => {
          const [now, old] = [statusOf(pod, name), scene.before(name)];
          if (now !== undefined && old !== undefined) change(now, old);
        }),
      must,
    });
    yield differs('a container waits after a disturbed restart', now => (now.state = {waiting: {}}));
    yield differs('a container ends after a disturbed restart', now => (now.state = {terminated: {exitCode: 137}}));
    yield differs('a disturbed restart spares a container', (now, old) => Object.assign(now, structuredClone(old)));
    yield {...differs('a disturbed restart is made three times', now => (now.restartCount += 2)), must: once};
  }
};
