import {hasEnded, statusOf, type ContainerStatus} from '../../recording/pod.ts';
import type {Edit} from '../edit.ts';
import type {Generator, Scene} from './scene.ts';

/** What looks at how a Pod ends, or goes on. */
const ofEndings = [
  'toFailPod',
  'toFailPodByStartupProbe',
  'toStartNothingAfter',
  'toTryAgain',
  'toEndWhenDeleted',
  'toEndInFinalPhase',
  'toEndByDeletion',
  'toDeleteGracefully',
  'toKeepDeadline',
  'toStartNothing',
  'toStayEnded',
  'toExitOnlyWith',
  'toWaitForImage',
  'toShowExitCode',
  'toSlowDown',
  'toCompleteJob',
  'toRestartOneIndex',
] as const;

const started = (scene: Scene, name: string, from: number) => (e: Edit) =>
  scene.versions(e, from, Infinity, pod => {
    const now = statusOf(pod, name);
    if (now === undefined) return;
    now.containerID = 'containerd://second';
    // Of a deleted Pod it counts whether the kubelet must have heard of the deletion by then.
    const {deletionTimestamp} = pod.metadata;
    if (deletionTimestamp === undefined) return;
    const startedAt = new Date(Date.parse(deletionTimestamp) + 10_000).toISOString();
    now.state = {running: {startedAt}};
  });

/** A container is shown with another id in each version from one on. */
const startedEachTime = (scene: Scene, name: string, from: number) => (e: Edit) => {
  started(scene, name, from)(e);
  scene.versions(e, from, Infinity, pod => {
    const now = statusOf(pod, name);
    if (now !== undefined) now.containerID = `containerd://in-${pod.metadata.resourceVersion}`;
  });
};

/** A container is started that should not be any more, at each version. */
export const startedAfterTheEnd: Generator = function* (scene) {
  const {containers, sources} = scene.timeline;
  const may = scene.anywhere([...ofEndings, 'toRestartEachOnce', 'toComeThrough', 'toRestartAlone']);
  const deleted = scene.recording.observations.findIndex(o => o.kind === 'step' && o.does === 'delete');
  for (const [position, {name}] of containers.entries()) {
    const ended = scene.after.find(({pod}) => (statusOf(pod, name)?.state.terminated?.exitCode ?? 0) !== 0);
    for (const {index, at} of scene.places()) {
      const after = scene.given(['toStartNothingAfter'], ([its]) => {
        const place = containers.findIndex(each => each.name === its);
        return place !== -1 && position > place;
      });
      const again =
        ended === undefined || index <= ended.index
          ? []
          : scene.given(['toFailPod', 'toFailPodByStartupProbe'], ([its]) => its === name);
      yield {
        kind: 'a container is started that should not be any more',
        at: `${name}, ${at}`,
        edit: started(scene, name, index),
        must: [
          ...scene.of('toStartNothing'),
          ...after,
          ...again,
          ...(sources.includes(name) ? scene.of('toStayEnded') : []),
          ...(deleted !== -1 && index > deleted && scene.timeline.hadRun.includes(name)
            ? scene.of('toEndWhenDeleted')
            : []),
        ],
        may,
      };
      if (deleted !== -1 && index > deleted && name === scene.timeline.source)
        yield {
          kind: 'a loop goes on after the deletion',
          at,
          edit: startedEachTime(scene, name, index),
          must: scene.of('toEndByDeletion'),
          may,
        };
      if (sources.includes(name) && scene.of('toStayEnded').length > 0)
        yield {
          kind: 'a container that should stay ended waits for its start',
          at: `${name}, ${at}`,
          edit: e => change(scene, e, name, index, index, now => (now.state = {waiting: {reason: 'CrashLoopBackOff'}})),
          must: index === scene.after[0]?.index && scene.after.length === 1 ? [] : scene.of('toStayEnded'),
          mustNotPass: scene.of('toStayEnded'),
          may,
        };
    }
  }
};

/** A container ends otherwise than it should, or the Pod does. */
export const endedOtherwise: Generator = function* (scene) {
  const may = [...scene.anywhere(ofEndings), ...scene.deviating()];
  const deleted = scene.recording.observations.findIndex(o => o.kind === 'step' && o.does === 'delete');
  const end = scene.after.find(({pod}) => hasEnded(pod));
  for (const {name} of scene.timeline.containers) {
    for (const {index, at, pod} of scene.places()) {
      const ended = statusOf(pod, name)?.state.terminated;
      if (ended === undefined || scene.timeline.sources.includes(name)) continue;
      const only = scene.given(['toExitOnlyWith'], ([code]) => code === ended.exitCode);
      yield {
        kind: 'a container is shown with another exit code',
        at: `${name}, ${at}`,
        edit: e =>
          change(scene, e, name, index, index, now => Object.assign(now.state.terminated ?? {}, {exitCode: 2})),
        must: only,
        may,
      };
    }
    if (deleted === -1) continue;
    const hooked = scene.given(['toDeleteGracefully'], ([its]) => its === name);
    const stubborn = scene.given(['toDeleteGracefully'], ([, , its]) => its === name);
    yield {
      kind: 'a preStop hook does not run when the Pod is deleted',
      at: scene.place(name),
      edit: e =>
        change(scene, e, name, deleted, Infinity, now => Object.assign(now.state.terminated ?? {}, {exitCode: 143})),
      must: hooked,
      may,
    };
    yield {
      kind: 'the grace period is not waited for when the Pod is deleted',
      at: scene.place(name),
      edit: e =>
        e.pods(deleted, Infinity, pod => {
          const other = scene.timeline.containers.find(each => each.name !== name);
          const first = other === undefined ? undefined : statusOf(pod, other.name)?.state.terminated?.finishedAt;
          const own = statusOf(pod, name)?.state.terminated;
          if (own !== undefined && first !== undefined) own.finishedAt = first;
        }),
      must: stubborn,
      may,
    };
  }
  if (deleted !== -1) {
    const deletion = scene.of('toEndWhenDeleted', 'toEndByDeletion', 'toEndInFinalPhase');
    yield {
      kind: 'a deleted Pod stays',
      at: scene.place('to the end'),
      edit: e => e.drop(o => o.kind === 'pod' && o.type === 'DELETED' && o.object.metadata.name === scene.pod),
      must: deletion,
      may,
    };
    const gone = scene.recording.observations.findIndex(
      o => o.kind === 'pod' && o.type === 'DELETED' && o.object.metadata.name === scene.pod,
    );
    yield {
      kind: 'a deleted Pod goes long after its grace period',
      at: scene.place('by its end'),
      edit: e => e.delay(gone === -1 ? Infinity : gone, 120_000),
      must: [],
      // A node that took long to start the Pod may take as long to end it.
      mustNotPass: gone === -1 ? [] : scene.of('toEndWhenDeleted', 'toEndByDeletion'),
      may,
    };
    yield {
      kind: 'a deleted Pod goes in a phase that is not final',
      at: scene.place('at its end'),
      edit: e => scene.versions(e, deleted, Infinity, pod => (pod.status.phase = 'Running')),
      must: scene.of('toEndInFinalPhase'),
      may,
    };
  }
  if (end === undefined || deleted !== -1) return;
  const other = end.pod.status.phase === 'Failed' ? 'Succeeded' : 'Failed';
  yield {
    kind: `the Pod ends ${other} where it should not`,
    at: scene.place('at its end'),
    edit: e => scene.versions(e, end.index, scene.last, pod => (pod.status.phase = other)),
    must: [...(other === 'Succeeded' ? scene.of('toFailPod', 'toFailPodByStartupProbe', 'toKeepDeadline') : [])],
    may: scene.anywhere([...ofEndings]),
  };
  yield {
    kind: 'the Pod does not end',
    at: scene.place('to the end'),
    edit: e => scene.versions(e, end.index, scene.last, pod => (pod.status.phase = 'Running')),
    must: scene.of('toFailPod', 'toFailPodByStartupProbe', 'toKeepDeadline', 'toStartNothing'),
    mustNotPass: scene.of('toEndLowered'),
    may,
  };
  yield {
    kind: 'the Pod fails for another reason than its deadline',
    at: scene.place('at its end'),
    edit: e => scene.versions(e, end.index, scene.last, pod => (pod.status.reason = 'Evicted')),
    must: scene.of('toKeepDeadline'),
  };
  yield {
    kind: 'the deadline is counted anew',
    at: scene.place('at its end'),
    edit: e => e.delay(end.index, 25_000),
    must: scene.of('toKeepDeadline'),
  };
};

/** A Pod that lost its sandbox is left between, by each of its containers; and a new ephemeral container does not run. */
export const leftBetween: Generator = function* (scene) {
  for (const {name} of scene.ran)
    yield {
      kind: 'a Pod that lost its sandbox is left between',
      at: scene.place(name),
      edit: e =>
        scene.versions(e, scene.last, scene.last, pod => {
          pod.status.phase = 'Running';
          const now = statusOf(pod, name);
          if (now !== undefined) now.state = {waiting: {reason: 'ContainerCreating'}};
        }),
      must: scene.of('toRestartOrEnd'),
    };
  for (const {name} of scene.after.at(-1)?.pod.spec.ephemeralContainers ?? [])
    yield {
      kind: 'an ephemeral container that is added does not run',
      at: scene.place(name),
      edit: e => change(scene, e, name, scene.timeline.stimulusIndex, Infinity, now => (now.state = {waiting: {}})),
      must: scene.given(['toAddEphemeral'], ([its]) => its === name),
      may: scene.deviating(),
    };
};

/** A container whose image is gone waits for another reason, or not. */
export const imagesGone: Generator = function* (scene) {
  for (const {name} of scene.timeline.containers) {
    const waits = scene.given(['toWaitForImage'], ([its]) => its === name);
    for (const [kind, state] of [
      ['a container waits for another reason than its image', {waiting: {reason: 'ContainerCreating'}}],
      ['a container runs whose image is gone', {running: {}}],
    ] as const)
      yield {
        kind,
        at: scene.place(name),
        edit: e => change(scene, e, name, scene.last, scene.last, now => (now.state = {...state})),
        must: waits,
      };
  }
};

function change(
  scene: Scene,
  e: Edit,
  name: string,
  from: number,
  to: number,
  edit: (now: ContainerStatus) => unknown,
): Edit {
  return scene.versions(e, from, to, pod => {
    const now = statusOf(pod, name);
    if (now !== undefined) edit(now);
  });
}
