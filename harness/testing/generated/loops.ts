import {statusOf} from '../../recording/pod.ts';
import type {Edit} from '../edit.ts';
import type {Generator} from './scene.ts';

/** A loop is held back in name only, at each version; or is, and then no longer, at each of its starts. */
export const backOffs: Generator = function* (scene) {
  const must = [...scene.of('toSlowDown'), ...scene.deviatingFrom(['toSlowDown'])];
  if (must.length === 0) return;
  const may = scene.anywhere(['toCountEachRestart', 'toEndByDeletion']);
  const {source, before} = scene.timeline;
  const alive = scene.places().filter(({pod}) => pod.metadata.deletionTimestamp === undefined);
  const backsOff = (e: Edit, name: string, index: number) =>
    scene.versions(e, index, index, pod => {
      const now = statusOf(pod, name);
      if (now !== undefined) now.state = {waiting: {reason: 'CrashLoopBackOff'}};
    });
  for (const {name} of scene.ran)
    for (const {index, at} of alive)
      yield {
        kind: 'a back-off is shown that delays nothing',
        at: `${name}, ${at}`,
        edit: e => backsOff(e, name, index),
        must,
        may,
      };
  const ids = new Set([statusOf(before.pod, source)?.containerID, undefined]);
  const starts = scene.after.filter(({pod}) => {
    const id = statusOf(pod, source)?.containerID;
    return !ids.has(id) && ids.add(id);
  });
  const [first, ...others] = starts;
  const [shown] = alive;
  if (first === undefined || shown === undefined) return;
  for (const place of others.keys()) {
    if (place === 0) continue; // the first time is what the next one is compared with
    yield {
      kind: 'a back-off does not grow any more',
      at: `start ${place + 2} of ${starts.length}`,
      edit: e => {
        backsOff(e, source, shown.index);
        let last = first.atMs;
        let late = 0;
        let wait = 10_000;
        for (const [each, {index, atMs}] of others.entries()) {
          if (each > 0 && each !== place) wait *= 2;
          const by = last + wait - (atMs + late);
          e.delay(index, by);
          late += by;
          last += wait;
        }
      },
      must,
      may,
    };
  }
};
