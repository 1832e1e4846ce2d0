import {statusesOf, statusOf, type Pod} from '../../recording/pod.ts';
import type {JournalLine} from '../../recording/timeline.ts';
import type {Edit} from '../edit.ts';
import type {Generator, Scene} from './scene.ts';

/** What rests on how each container is started again. */
const ofStarts = [
  'toStartInTurn',
  'toStartFromTheFirst',
  'toWaitForBarrier',
  'toRunNoneTwiceAtATime',
  'toRepeatPostStart',
  'toRestartOnceOrTwice',
  'toDelayProbesAnew',
  'toProbeNewContainers',
  'toStartOverStartupProbe',
  'toStartOverReadinessProbe',
  'toStartOverLivenessProbe',
  'toRunInitContainersAgain',
] as const;

/** What is red where one container of a restart does not come. */
const ofAll = [
  'toRestartAllContainers',
  'toRestartEachOnce',
  'toRestartGroupOnce',
  'toTriggerBeforeStarted',
  'toLeaveBudgetAlone',
  'toComeThrough',
] as const;

const ofService = [
  'toRestartInTime',
  'toRestartEachPodOnce',
  'toStartFirstContainerInTime',
  'toRestartBeforeResync',
  'toAddLittlePerContainer',
  'toBeFasterThanRecreating',
] as const;

/** Whatever else looks at a container that is not there as it should be. */
const mayFollow = [
  ...ofStarts,
  ...ofAll,
  ...ofService,
  'toRenewContainerIds',
  'toRestartWithoutApiServer',
  'toRestartOnceKubeletIsBack',
  'toCountRestart',
  'toRunAgain',
  'toRestartInjected',
  'toTryAgain',
  'toComeThroughEveryTime',
  'toNeverContradict',
  'toLowerCondition',
  'toInterruptReadiness',
  'toStartUncounted',
  'toRestartAlone',
  'toFailPod',
  'toFailPodByStartupProbe',
  'toStartNothingAfter',
  'toStayEnded',
  'toKeepLooping',
  'toCountEachRestart',
  'toFailJobByRestarts',
  'toWaitForImage',
  'toEndContainersWithin',
  'toForgetLivenessFailures',
] as const;

/** A container that the restart spares: it goes on under its id, and is not counted, and writes of no new start. */
export const spared: Generator = function* (scene) {
  for (const {name, kind} of scene.ran) {
    const was = scene.before(name);
    const again = scene.renewed(name);
    if (was === undefined || again === undefined) continue;
    const last = scene.after.at(-1);
    const anew = last === undefined ? undefined : statusOf(last.pod, name)?.containerID;
    const isSource = scene.timeline.sources.includes(name);
    if (scene.of('toRestartAlone').length > 0) continue;
    // What these wait for before they say anything may not come where a container is spared.
    const guarded = scene.of('toEndBySignal', 'toFailProbe');
    const unread = scene.recording.observations.some(o => o.kind === 'gap' && o.resource === 'journal');
    const open = new Set([...guarded, ...(unread ? scene.anywhere(ofService) : [])]);
    const lines = scene.linesAfter(name).filter(({entry}) => !isSource || entry.what !== 'exit');
    yield {
      kind: isSource ? 'the source is not started again' : 'a container is spared',
      at: scene.place(name),
      edit: e => {
        scene.versions(e, again.index, scene.last, pod => {
          if (isSource) putEnded(pod, name, was.containerID, scene.timeline.code);
          else put(pod, was);
        });
        scene.versions(e, scene.last + 1, Infinity, pod => {
          const now = statusOf(pod, name);
          if (now === undefined) return;
          now.restartCount -= 1;
          if (now.containerID === anew && was.containerID !== undefined) now.containerID = was.containerID;
        });
        dropLines(e, lines);
      },
      must: [
        ...scene.of('toRestartAllContainers', 'toRestartEachOnce', 'toRestartGroupOnce', 'toTriggerBeforeStarted'),
        ...scene.of('toRenewContainerIds', 'toLeaveBudgetAlone', 'toRestartInTime', 'toRestartEachPodOnce'),
        ...scene.of('toComeThrough', 'toRestartOnceOrTwice'),
        ...(was.state.running === undefined ? [] : scene.of('toNeverContradict')).filter(() => !isSource),
        ...scene.given(['toStartInTurn'], ([its]) => its === kind),
        ...scene.given(['toRunAgain'], ([state]) =>
          state === 'waiting' ? was.state.running === undefined : was.state.terminated !== undefined,
        ),
        ...scene.given(['toRestartInjected'], ([its]) => its === name),
        ...(scene.runs(name).after[0]?.lines.some(({entry}) => entry.what === 'postStart') === true
          ? scene.of('toRepeatPostStart')
          : []),
      ].filter(id => !open.has(id)),
      mustNotPass: open,
      may: [...scene.anywhere(mayFollow), ...scene.deviating()],
    };
  }
};

/** Nothing more comes after a version, though the Pod is watched for long. */
export const standstill: Generator = function* (scene) {
  if (!scene.isFirst) return;
  for (const {index, at} of scene.places()) {
    const waiting = scene.ran.filter(({name}) => (scene.renewed(name)?.index ?? Infinity) > index);
    const all = scene.of('toRestartAllContainers', 'toRestartEachOnce', 'toRestartGroupOnce', 'toRenewContainerIds');
    const guarded = scene.of('toEndBySignal', 'toFailProbe', 'toExitOnlyWith'); // they wait for more before they say anything
    const raised = scene.raised.some(version => version.index <= index);
    const lowered = (scene.lowered?.index ?? Infinity) <= index;
    yield {
      kind: 'the Pod stands still',
      at: `after ${at}`,
      edit: e => e.stopAfter(index),
      must: [
        ...(waiting.length > 0 ? all.filter(id => !guarded.includes(id)) : []),
        ...(raised && !lowered ? scene.of('toLowerCondition') : []),
      ],
      mustNotPass: [
        ...(waiting.length > 0 ? guarded.filter(id => all.includes(id)) : []),
        ...(raised && !lowered ? scene.of('toLowerConditionWithin') : []),
      ],
      may: scene.all(),
    };
  }
};

/** A container starts before what it has to wait for is up. */
export const early: Generator = function* (scene) {
  const containers = scene.timeline.containers;
  for (const [position, {name, kind}] of containers.entries()) {
    const [run] = scene.runs(name).after;
    if (run === undefined || kind === 'ephemeral') continue;
    for (const earlier of containers.slice(0, position).filter(each => each.kind !== 'regular')) {
      const up = scene
        .runs(earlier.name)
        .after[0]?.lines.find(({entry}) => entry.what === (earlier.kind === 'init' ? 'done' : 'ready'));
      if (up === undefined || up.entry.uptime > run.start.entry.began) continue;
      yield {
        kind: `a container starts before ${earlier.kind === 'init' ? 'an init container is done' : 'a sidecar is ready'}`,
        at: scene.place(`${name} before ${earlier.name}`),
        edit: e =>
          e.each(
            'journal',
            ({entry}) => {
              if (entry.what === 'start') entry.began = up.entry.uptime - 0.05;
            },
            run.start.index,
            run.start.index,
          ),
        must: scene.given(['toStartInTurn'], ([its]) => its === kind),
        may: scene.anywhere(ofStarts),
      };
    }
  }
};

/** A container starts again while its old run goes on. */
export const overlapping: Generator = function* (scene) {
  for (const {name} of scene.ran) {
    const {before, after} = scene.runs(name);
    const exited = scene.timeline.exit?.entry.uptime ?? Infinity;
    const last = before.at(-1)?.lines.findLast(({entry}) => ['SIGTERM', 'alive', 'exit'].includes(entry.what));
    const [again] = after;
    if (last === undefined || again === undefined || last.entry.uptime <= exited) continue;
    yield {
      kind: 'a container starts again while its old run goes on',
      at: scene.place(name),
      edit: e =>
        e.each(
          'journal',
          ({entry}) => {
            if (entry.what === 'start') entry.began = (exited + last.entry.uptime) / 2;
          },
          again.start.index,
          again.start.index,
        ),
      must: scene.of('toRunNoneTwiceAtATime'),
      may: scene.anywhere(ofStarts),
    };
    yield {
      kind: 'an old run writes on after the new one has begun',
      at: scene.place(name),
      edit: e => e.addJournal({container: name, what: 'alive', uptime: again.start.entry.uptime + 0.3}),
      must: scene.of('toRunNoneTwiceAtATime'),
      may: scene.anywhere([...ofStarts, 'toEndContainersWithin', 'toEndContainersSideBySide']),
    };
  }
};

/** A container that stays after SIGTERM is left longer than the kubelet's minimum. */
export const lasting: Generator = function* (scene) {
  for (const {name} of scene.ran) {
    const told = scene.linesAfter(name).find(({entry}) => entry.what === 'SIGTERM');
    const alive = scene.linesAfter(name).findLast(({entry}) => entry.what === 'alive');
    const [again] = scene.runs(name).after;
    if (told === undefined || alive === undefined || again === undefined) continue;
    const lasted = told.entry.uptime + 20;
    yield {
      kind: 'the grace period is waited for',
      at: scene.place(name),
      edit: e => {
        // Whatever comes after the end of the container comes that much later.
        const late = lasted - alive.entry.uptime;
        e.each('journal', ({entry, pod}) => {
          if (pod !== undefined || entry.uptime <= alive.entry.uptime) return;
          entry.uptime += late;
          if (entry.what === 'start') entry.began += late;
        });
        for (let uptime = alive.entry.uptime + 1; uptime < lasted; uptime += 1)
          e.addJournal({container: name, what: 'alive', uptime});
        e.addJournal({container: name, what: 'alive', uptime: lasted});
      },
      must: scene.of('toEndContainersWithin'),
      may: scene.anywhere(['toEndContainersSideBySide', 'toStartFirstContainerInTime', 'toRestartInTime']),
    };
  }
};

/** A container that ran beside the source is ended without its stop signal, or told by it only when it runs again. */
export const unsignalled: Generator = function* (scene) {
  for (const {name} of scene.ran) {
    const told =
      scene
        .runs(name)
        .before.at(-1)
        ?.lines.filter(({entry}) => entry.what === 'SIGTERM') ?? [];
    const [again] = scene.runs(name).after;
    const isVictim = name !== scene.timeline.source && scene.before(name)?.state.running !== undefined;
    if (!isVictim || told.length === 0 || again === undefined) continue;
    const must = scene.of('toSignalFirst');
    const may = scene.anywhere(['toEndContainersWithin', 'toEndContainersSideBySide', 'toRunNoneTwiceAtATime']);
    yield {
      kind: 'a container is killed without a signal',
      at: scene.place(name),
      edit: e => {
        dropLines(e, told);
      },
      must,
      may,
    };
    yield {
      kind: 'a container gets its stop signal only when it runs again',
      at: scene.place(name),
      edit: e => {
        dropLines(e, told);
        e.addJournal({container: name, what: 'SIGTERM', uptime: again.start.entry.uptime + 0.2});
      },
      must,
      may,
    };
  }
};

/** Hooks that run where they should not, or not where they should. */
export const hooks: Generator = function* (scene) {
  const {initContainers, containers} = scene.timeline.before.pod.spec;
  for (const {name, lifecycle} of [...initContainers, ...containers]) {
    if (!scene.timeline.hadRun.includes(name) || typeof lifecycle !== 'object' || lifecycle === null) continue;
    const exited = scene.timeline.exit?.entry.uptime ?? NaN;
    const told = scene.linesAfter(name).find(({entry}) => entry.what === 'SIGTERM');
    if ('preStop' in lifecycle)
      yield {
        kind: 'a preStop hook runs',
        at: scene.place(name),
        edit: e => e.addJournal({container: name, what: 'preStop', uptime: (told?.entry.uptime ?? exited + 1) - 0.01}),
        must: scene.of('toSkipPreStop'),
      };
    const ran = scene.linesAfter(name).filter(({entry}) => entry.what === 'postStart');
    if ('postStart' in lifecycle && ran.length > 0) {
      yield {
        kind: 'a postStart hook does not run again',
        at: scene.place(name),
        edit: e => {
          dropLines(e, ran);
        },
        must: scene.of('toRepeatPostStart'),
      };
      yield {
        kind: 'a postStart hook runs twice',
        at: scene.place(name),
        edit: e => e.addJournal({container: name, what: 'postStart', uptime: (ran[0]?.entry.uptime ?? 0) + 0.2}),
        must: scene.of('toRepeatPostStart'),
      };
    }
  }
};

/** What a container's status tells of its image, its end and its wait. */
export const statuses: Generator = function* (scene) {
  for (const {name} of scene.ran) {
    const again = scene.renewed(name);
    for (const {index, at, pod} of scene.places()) {
      const now = statusOf(pod, name);
      const where = `${name}, ${at}`;
      if (again !== undefined && index >= again.index)
        yield {
          kind: 'a container has another image',
          at: where,
          edit: e =>
            scene.versions(e, index, Infinity, each => Object.assign(statusOf(each, name) ?? {}, {imageID: 'another'})),
          must: scene.of('toPreserveImages'),
        };
      if (now?.state.waiting !== undefined)
        yield {
          kind: 'a container waits without a reason',
          at: where,
          edit: e =>
            scene.versions(e, index, index, each => Object.assign(statusOf(each, name) ?? {}, {state: {waiting: {}}})),
          must: scene.of('toWaitWithReason'),
        };
      if (scene.lowered !== undefined && index >= scene.lowered.index)
        yield {
          kind: 'a container is shown running under its old id',
          at: where,
          edit: e =>
            scene.versions(e, index, index, each =>
              Object.assign(statusOf(each, name) ?? {}, {
                containerID: scene.before(name)?.containerID,
                state: {running: {}},
              }),
            ),
          must: [
            ...scene.of('toNeverContradict'),
            ...(index === scene.lowered.index ? scene.of('toLowerCondition') : []),
          ],
          may: [...scene.anywhere(mayFollow), ...scene.deviating()],
        };
    }
    for (const terminated of [{exitCode: 137, reason: 'Error'}, {exitCode: 0, reason: 'Completed'}, {exitCode: 137}])
      yield {
        kind: 'the last state tells of another end',
        at: scene.place(`${name}, ${terminated.reason ?? 'for no reason'}`),
        edit: e =>
          scene.versions(e, scene.last, scene.last, pod =>
            Object.assign(statusOf(pod, name) ?? {}, {lastState: {terminated}}),
          ),
        must: [...scene.of('toTellLastState'), ...scene.deviatingFrom(['toTellLastState'])],
      };
    if (name === scene.timeline.source && scene.of('toShowExitCode').length > 0)
      yield {
        kind: "the source's exit code is not shown",
        at: scene.place(name),
        edit: e =>
          scene.versions(e, scene.timeline.stimulusIndex, scene.last, pod => {
            const ended = statusOf(pod, name)?.state.terminated;
            if (ended !== undefined) ended.exitCode = 1;
          }),
        must: scene.of('toShowExitCode'),
      };
  }
};

function put(pod: Pod, status: NonNullable<ReturnType<typeof statusOf>>): void {
  for (const list of [pod.status.initContainerStatuses, pod.status.containerStatuses]) {
    const place = list.findIndex(({name}) => name === status.name);
    if (place !== -1) list[place] = structuredClone(status);
  }
}

function putEnded(pod: Pod, name: string, containerID: string | undefined, exitCode: number): void {
  const now = statusesOf(pod).find(each => each.name === name);
  if (now === undefined) return;
  now.restartCount -= 1;
  now.state = {terminated: {exitCode}};
  if (containerID !== undefined) now.containerID = containerID;
}

/** Takes lines of the good recording out; edits of versions come first, since places move. */
function dropLines(e: Edit, lines: readonly JournalLine[]): void {
  const all = e.recording.observations;
  const out = new Set(lines.map(({index}) => all[index]));
  e.drop(observation => out.has(observation));
}

export {dropLines};
export type {Scene};
