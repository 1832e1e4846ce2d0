import {hasEnded, statusOf, type Pod} from '../../recording/pod.ts';
import {status, type Edit} from '../edit.ts';
import type {Generator, Scene} from './scene.ts';

/** Requirements by which each container is started again exactly once. */
const once = [
  'toRestartEachOnce',
  'toRestartGroupOnce',
  'toComeThrough',
  'toRestartWithoutApiServer',
  'toRestartOnceKubeletIsBack',
  'toRestartEachPodOnce',
] as const;

/** What looks at counts of another step, or from another side. */
const anyCount = [
  ...once,
  'toCountEachRestart',
  'toCountRestart',
  'toRestartAlone',
  'toStayEnded',
  'toFailJobByRestarts',
  'toRestartInjected',
  'toRestartOnceOrTwice',
  'toStartUncounted',
  'toComeThroughEveryTime',
  'toLeaveAlone',
] as const;

function shift(scene: Scene, container: string, from: number, by: number): (e: Edit) => unknown {
  return e =>
    scene.versions(e, from, Infinity, pod => {
      const now = statusOf(pod, container);
      if (now !== undefined) now.restartCount += by;
    });
}

/** Whether the container is counted once more in the end; where the kubelet forgets to, one more is still right. */
function countsUp(scene: Scene, container: string): boolean {
  const last = scene.after.at(-1);
  return (
    last !== undefined &&
    (statusOf(last.pod, container)?.restartCount ?? 0) > (scene.before(container)?.restartCount ?? 0)
  );
}

const onceOf = (scene: Scene): readonly string[] => [
  ...scene.given(['toComeThrough'], ([, times]) => times === 'once'),
  ...scene.of(...once.filter(matcher => matcher !== 'toComeThrough')),
];

/** restartCount of a container goes up by one more than it should, or back, or not at all, from each version on. */
export const counts: Generator = function* (scene) {
  for (const {name} of scene.timeline.containers) {
    const ran = scene.timeline.hadRun.includes(name);
    const again = scene.renewed(name);
    const told = scene.timeline.sources.includes(name);
    const counted = (container: unknown): boolean => container === name;
    const last = scene.after.findLast(
      ({pod}) => idOf(pod, name) === (again === undefined ? '' : idOf(again.pod, name)),
    );
    for (const {index, at, pod} of scene.places()) {
      const byCount = scene.given(['toCountRestart'], ([container]) => counted(container));
      const kept = pod.metadata.deletionTimestamp === undefined;
      const isCounted = kept || !hasEnded(pod);
      const alone = [
        ...(isCounted
          ? scene.given(['toRestartAlone'], given => !(given.length === 0 ? told : given.includes(name)))
          : []),
        ...(told ? [] : scene.of('toStayEnded')),
      ];
      yield {
        kind: 'a restart count is one too high',
        at: `${name}, ${at}`,
        edit: shift(scene, name, index, 1),
        must: [
          ...onceOf(scene),
          ...(isCounted && countsUp(scene, name) ? scene.of('toRestartAlone') : []),
          ...alone,
          ...(last !== undefined && index <= last.index ? byCount : []),
          ...(!ran && index <= (scene.after.find(({pod}) => idOf(pod, name) !== undefined)?.index ?? -1)
            ? scene.of('toStartUncounted')
            : []),
          ...(again !== undefined && index <= again.index
            ? scene.given(['toRestartInjected'], ([container]) => counted(container))
            : []),
        ],
        mustNotPass: kept ? scene.of('toCountEachRestart') : [],
        may: [...scene.anywhere(anyCount)],
      };
      yield {
        kind: 'a restart count is one too low',
        at: `${name}, ${at}`,
        edit: shift(scene, name, index, -1),
        must: [...scene.of('toRestartEachOnce', 'toRestartGroupOnce', 'toRestartEachPodOnce'), ...alone],
        may: scene.anywhere(anyCount),
      };
    }
    if (ran && again !== undefined)
      yield {
        kind: 'a restart is not counted',
        at: scene.place(name),
        edit: e => {
          const was = scene.before(name)?.restartCount ?? 0;
          const counting = scene.after.find(({pod}) => (statusOf(pod, name)?.restartCount ?? 0) > was);
          return shift(scene, name, counting?.index ?? Infinity, -1)(e);
        },
        must: [
          ...scene.of('toRestartEachOnce', 'toRestartGroupOnce', 'toRestartEachPodOnce'),
          ...scene.given(['toCountRestart', 'toRestartInjected'], ([container]) => counted(container)),
        ],
        may: scene.anywhere(anyCount),
      };
  }
};

/** The one restart of a container that a requirement counts is counted more than once, or backwards, or not at all. */
export const countedAlone: Generator = function* (scene) {
  for (const {name} of scene.ran) {
    const isIt = ([its]: readonly unknown[]): boolean => its === name;
    const must = [...scene.given(['toCountRestart'], isIt), ...scene.deviatingFrom(['toCountRestart'], isIt)];
    const again = scene.renewed(name);
    if (must.length === 0 || again === undefined) continue;
    const its = scene.after.filter(({pod}) => idOf(pod, name) === idOf(again.pod, name));
    const was = scene.before(name)?.restartCount ?? 0;
    const rise = Math.max(...its.map(({pod}) => statusOf(pod, name)?.restartCount ?? 0)) - was;
    const may = scene.anywhere(anyCount);
    for (const {index, at} of scene.places().filter(each => each.index <= (its.at(-1)?.index ?? -1)))
      for (const times of [2, 3])
        yield {
          kind: 'the restart of a container counts more than once',
          at: `${name}, ${at}, ${times} times`,
          edit: shift(scene, name, index, times - rise),
          must,
          may,
        };
    for (const by of rise === 0 ? [-1] : [-1, -1 - rise])
      yield {
        kind:
          by === -1 - rise
            ? 'the restart of a container counts backwards'
            : 'the restart of a container does not count',
        at: scene.place(name),
        edit: shift(scene, name, scene.timeline.stimulusIndex, by),
        must,
        may,
      };
  }
};

/** A container is started a second time by the same exit, with or without being counted for it. */
export const startedTwice: Generator = function* (scene) {
  for (const {name} of scene.ran) {
    const again = scene.renewed(name);
    const [run] = scene.runs(name).after;
    if (again === undefined) continue;
    for (const {index, at} of scene.places().filter(each => each.index > again.index)) {
      const renew = (e: Edit): Edit =>
        scene.versions(e, index, scene.last, pod => {
          status(pod, name).containerID = 'containerd://second';
        });
      const write = (e: Edit): unknown =>
        run === undefined
          ? e
          : e.addJournal({
              ...run.start.entry,
              began: run.start.entry.began + 0.7,
              uptime: run.start.entry.uptime + 0.7,
              earlierRuns: run.start.entry.earlierRuns + 1,
            });
      const must = [...onceOf(scene), ...scene.of('toRestartAlone')];
      // In the journal the second start ends the first run, which then did not get ready.
      const may = scene.anywhere([
        ...anyCount,
        'toSlowDown',
        'toStartInTurn',
        'toStartFromTheFirst',
        'toWaitForBarrier',
      ]);
      yield {kind: 'a container is started twice', at: `${name}, ${at}`, must, may, edit: e => write(shift2(e))};
      yield {
        kind: 'a container is started twice, and counted once',
        at: `${name}, ${at}`,
        must,
        may,
        edit: e => write(renew(e)),
      };

      function shift2(e: Edit): Edit {
        shift(scene, name, index, 1)(e);
        return renew(e);
      }
    }
  }
};

/** A container that should go on as it is has another id, with or without being counted for it. */
export const strangersRestarted: Generator = function* (scene) {
  for (const {name} of scene.ran) {
    const alone = [
      ...scene.given(['toRestartAlone'], given =>
        given.length === 0 ? !scene.timeline.sources.includes(name) : !given.includes(name),
      ),
      ...(scene.timeline.sources.includes(name) ? [] : scene.of('toStayEnded')),
    ];
    if (alone.length === 0) continue;
    for (const {index, at} of scene.places())
      yield {
        kind: 'another container is restarted, and not counted',
        at: `${name}, ${at}`,
        edit: e =>
          scene.versions(e, index, scene.last, pod => {
            status(pod, name).containerID = 'containerd://second';
          }),
        must: alone,
        may: scene.anywhere(anyCount),
      };
  }
};

function idOf(pod: Pod, container: string): string | undefined {
  return statusOf(pod, container)?.containerID;
}
