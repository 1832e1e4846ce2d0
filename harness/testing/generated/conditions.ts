import {conditionOf, type Pod, type PodCondition} from '../../recording/pod.ts';
import type {PodVersion} from '../../recording/timeline.ts';
import type {Edit} from '../edit.ts';
import type {Generator, Scene} from './scene.ts';

const type = 'AllContainersRestarting';

/** What speaks of the condition in any way: where it is wrong in one, others see it too. */
const ofCondition = [
  'toNotRaiseBefore',
  'toRaiseCondition',
  'toLowerCondition',
  'toRaiseOnce',
  'toDateTransitions',
  'toGiveReason',
  'toHaveConditionOnce',
  'toLowerConditionWithin',
  'toNeverContradict',
  'toEndLowered',
  'toInterruptReadiness',
  'toRestartAlone',
  'toStayEnded',
] as const;

function change(scene: Scene, from: number, to: number, edit: (condition: PodCondition, pod: Pod) => unknown) {
  return (e: Edit): unknown =>
    scene.versions(e, from, to, pod => {
      const condition = conditionOf(pod, type);
      if (condition !== undefined) edit(condition, pod);
    });
}

/** The condition as it is at another version. */
const as = (pod: Pod | undefined) => (condition: PodCondition) =>
  Object.assign(condition, pod === undefined ? {} : structuredClone(conditionOf(pod, type)));

const remove = (pod: Pod): unknown =>
  (pod.status.conditions = pod.status.conditions.filter(each => each.type !== type));

/** AllContainersRestarting comes late, or not, or too often, or stays. */
export const periods: Generator = function* (scene) {
  const [first] = scene.raised;
  const {lowered, timeline, after} = scene;
  const may = [...scene.anywhere(ofCondition), ...scene.deviating()];
  const {before} = timeline;
  if (first === undefined) return;
  const firstAgain = Math.min(...timeline.hadRun.map(name => scene.renewed(name)?.index ?? Infinity));
  for (const late of after.filter(({index}) => index > first.index)) {
    const isLast = late === after.at(-1);
    yield {
      kind: 'the condition comes late',
      at: scene.place(`at version ${after.indexOf(late) + 1}`),
      edit: e => {
        change(scene, first.index, late.index - 1, as(before.pod))(e);
        change(scene, late.index, late.index, as(first.pod))(e);
      },
      must: late.index >= firstAgain && !isLast ? scene.of('toRaiseCondition') : [],
      may,
    };
  }
  yield {
    kind: 'the condition never comes',
    at: scene.place('throughout'),
    edit: change(scene, first.index, Infinity, as(before.pod)),
    must: scene.of('toRaiseCondition', 'toRaiseOnce', 'toLowerCondition', 'toLowerConditionWithin'),
    mustNotPass: scene.of('toDateTransitions', 'toGiveReason', 'toHaveConditionOnce', 'toNeverContradict'),
    may,
  };
  yield {
    kind: 'the condition is not there',
    at: scene.place('throughout'),
    edit: e => scene.versions(e, 0, Infinity, remove),
    must: scene.of('toRaiseCondition', 'toRaiseOnce', 'toLowerCondition', 'toLowerConditionWithin'),
    mustNotPass: scene.of('toDateTransitions', 'toGiveReason', 'toHaveConditionOnce', 'toNeverContradict'),
    may,
  };
  if (lowered === undefined) return;
  yield {
    kind: 'the condition stays True',
    at: scene.place('from its begin on'),
    edit: change(scene, first.index, scene.last, as(first.pod)),
    must: scene.of('toLowerCondition', 'toEndLowered'),
    mustNotPass: scene.of('toLowerConditionWithin'),
    may,
  };
  yield {
    kind: 'the condition is True for more than a minute',
    at: scene.place('by its end'),
    edit: e => e.delay(lowered.index, 61_000),
    must: scene.of('toLowerConditionWithin'),
    may: scene.anywhere(['toEndWhenDeleted', 'toEndByDeletion', 'toKeepDeadline', 'toBeFasterThanRecreating']),
  };
  for (const again of after.filter(({index}) => index > lowered.index))
    yield {
      kind: 'the condition is True a second time',
      at: scene.place(`at version ${after.indexOf(again) + 1}`),
      edit: change(scene, again.index, again.index, as(first.pod)),
      must: scene.of('toRaiseOnce'),
      may,
    };
  for (const between of scene.raised.slice(1))
    yield {
      kind: 'the condition flaps',
      at: scene.place(`at version ${after.indexOf(between) + 1}`),
      edit: change(scene, between.index, between.index, as(before.pod)),
      must: between === scene.raised.at(-1) ? [] : scene.of('toRaiseOnce'),
      mustNotPass:
        between === scene.raised.at(-1) ? [] : scene.of('toLowerCondition').filter(() => someRuns(scene, between)),
      may,
    };
};

/** Whether some old container still runs in a version. */
function someRuns(scene: Scene, {pod}: PodVersion): boolean {
  return scene.ran.some(({name}) => {
    const now = [...pod.status.initContainerStatuses, ...pod.status.containerStatuses].find(each => each.name === name);
    return now?.state.running !== undefined && now.containerID === scene.before(name)?.containerID;
  });
}

/** Its fields are wrong in one version. */
export const conditionFields: Generator = function* (scene) {
  const may = [...scene.anywhere(ofCondition), ...scene.deviating()];
  const [first] = scene.raised;
  if (first === undefined) return;
  for (const {index, at, pod} of scene.places()) {
    const now = conditionOf(pod, type);
    if (now === undefined) continue;
    yield {
      kind: 'the condition is there twice',
      at,
      edit: change(scene, index, index, (condition, each) => each.status.conditions.push({...condition})),
      must: scene.of('toHaveConditionOnce'),
    };
    yield {
      kind: 'lastTransitionTime goes back',
      at,
      edit: change(scene, index, Infinity, condition => (condition.lastTransitionTime = '2020-01-01T00:00:00Z')),
      must: scene.of('toDateTransitions'),
      may,
    };
    yield {
      kind: 'lastTransitionTime is gone',
      at,
      edit: change(scene, index, index, condition => delete condition.lastTransitionTime),
      must: scene.of('toDateTransitions'),
      may,
    };
    if (now.status !== 'True') continue;
    for (const field of ['reason', 'message'] as const)
      yield {
        kind: `the condition has no ${field}`,
        at,
        edit: change(scene, index, index, condition => (condition[field] = '')),
        must: scene.of('toGiveReason'),
        may: scene.deviating(),
      };
  }
  if (!scene.isFirst) return;
  const earlier = scene.timeline.versions.filter(({index}) => index < scene.timeline.stimulusIndex);
  for (const [place, {index}] of earlier.entries())
    yield {
      kind: 'the condition is True before any trigger',
      at: `version ${place + 1} of ${earlier.length} before it`,
      edit: e =>
        scene.versions(e, index, index, pod => {
          remove(pod);
          pod.status.conditions.push({...structuredClone(conditionOf(first.pod, type)), type, status: 'True'});
        }),
      must: scene.of('toNotRaiseBefore'),
      may,
    };
};

/** The Pod's other conditions and its phase are wrong in one version. */
export const otherConditions: Generator = function* (scene) {
  const raised = new Set(scene.raised.map(({index}) => index));
  const set = (name: string, status: PodCondition['status'], from: number, to: number) => (e: Edit) =>
    scene.versions(e, from, to, pod => {
      const condition = conditionOf(pod, name);
      if (condition !== undefined) condition.status = status;
    });
  const wasTrue = (name: string, place: number): boolean =>
    conditionOf((scene.after[place - 1] ?? scene.timeline.before).pod, name)?.status === 'True';
  for (const [place, {index, at}] of scene.places().entries()) {
    for (const name of ['PodScheduled', 'PodReadyToStartContainers', 'Initialized']) {
      const kept = scene.given(['toKeepTrue'], given => given.includes(name));
      const lowered = wasTrue(name, place) ? scene.given(['toNeverLower'], given => given.includes(name)) : [];
      yield {
        kind: `${name} is False for a moment`,
        at,
        edit: set(name, 'False', index, index),
        must: [...kept, ...lowered],
      };
    }
    for (const name of ['Ready', 'ContainersReady']) {
      const may = scene.anywhere(['toKeepEndpoint', 'toHaveNoReadyEndpoint', 'toInterruptReadiness']);
      if (raised.has(index))
        yield {
          kind: `${name} is True while the containers are ended`,
          at,
          edit: set(name, 'True', index, index),
          must: scene.of('toInterruptReadiness'),
          may,
        };
    }
  }
  const [first] = scene.raised;
  if (first !== undefined)
    for (const name of ['Ready', 'ContainersReady'])
      yield {
        kind: `${name} does not come back`,
        at: scene.place('to the end'),
        edit: set(name, 'False', first.index, scene.last),
        must: scene.of('toInterruptReadiness'),
        mustNotPass: name === 'Ready' ? scene.of('toHaveNoReadyEndpoint') : [],
        may: scene.anywhere(['toInterruptReadiness']),
      };
};

/** What looks at the phase, from one side or another. */
const ofPhase = [
  'toStayInPhase',
  'toBePendingMeanwhile',
  'toComeThrough',
  'toComeThroughEveryTime',
  'toRestartWithoutApiServer',
  'toRestartOnceKubeletIsBack',
  'toKeepLooping',
  'toWaitForImage',
  'toEndLowered',
  'toFailPod',
  'toFailPodByStartupProbe',
  'toTryAgain',
  'toKeepDeadline',
  'toEndInFinalPhase',
  'toGoOnWithoutRule',
] as const;

/** The Pod ends, or seems to, at one version. */
export const phases: Generator = function* (scene) {
  const may = [...scene.anywhere(ofPhase), ...scene.deviating()];
  const meanwhile = new Set(scene.raised.map(({index}) => index));
  for (const {index, at, pod} of scene.places()) {
    const ended = ['Failed', 'Succeeded'].includes(pod.status.phase ?? '');
    const going = pod.metadata.deletionTimestamp !== undefined;
    for (const phase of ['Failed', 'Succeeded', 'Unknown'].filter(each => each !== pod.status.phase))
      yield {
        kind: `the phase is ${phase} for a moment`,
        at,
        edit: e => scene.versions(e, index, index, each => (each.status.phase = phase)),
        must: [
          ...scene.of('toStayInPhase'),
          ...(meanwhile.has(index) ? scene.of('toBePendingMeanwhile') : []),
          ...(phase === 'Unknown' || ended
            ? []
            : scene.of('toComeThrough', 'toRestartWithoutApiServer', 'toRestartOnceKubeletIsBack', 'toWaitForImage')),
          ...(going ? [] : scene.of('toKeepLooping')),
          ...(going || phase === 'Unknown' ? [] : scene.of('toTryAgain')),
        ],
        may,
      };
    const condition = conditionOf(scene.raised[0]?.pod ?? pod, type);
    if (ended && condition !== undefined)
      yield {
        kind: 'the condition is True when the Pod has ended',
        at,
        edit: e =>
          scene.versions(e, index, index, each => {
            remove(each);
            each.status.conditions.push({...structuredClone(condition), status: 'True'});
          }),
        must: scene.of('toEndLowered'),
        may: [...scene.anywhere(ofCondition), ...scene.deviating()],
      };
  }
};
