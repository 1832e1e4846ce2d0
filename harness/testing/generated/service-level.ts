import {countedRestarts, restartsOf, type Restart} from '../../checks/restarts.ts';
import {statusesOf} from '../../recording/pod.ts';
import type {Edit} from '../edit.ts';
import type {RecordingGenerator} from './scene.ts';

const matchers = [
  'toStartFirstContainerInTime',
  'toRestartInTime',
  'toStartWithoutRetry',
  'toRestartBeforeResync',
  'toAddLittlePerContainer',
  'toBeFasterThanRecreating',
  'toRestartEachPodOnce',
] as const;

/** Each restart of a recording is late, or leaves a container behind, or starts one twice. */
export const eachRestart: RecordingGenerator = function* (stage) {
  const may = [...stage.anywhere(matchers), ...stage.deviating()];
  if (stage.anywhere(matchers).length === 0) return;
  const {observations} = stage.recording;
  const unread = observations.some(o => o.kind === 'gap' && o.resource === 'journal');
  const own = observations.find(o => o.kind === 'subject')?.pod ?? stage.recording.header.pod;
  for (const restart of restartsOf(stage.recording)) {
    const at = `${restart.pod}, ${restart.step}`;
    const pod = restart.pod === own ? undefined : restart.pod;
    const withoutRetry = restart.missing.length === 0 ? stage.anywhere(['toStartWithoutRetry']) : []; // not of one alone
    yield {
      kind: 'a restart takes over a minute',
      at,
      edit: late(restart, pod, 61),
      must: [...stage.anywhere(['toRestartInTime', 'toRestartBeforeResync']), ...withoutRetry],
      may,
    };
    for (const {entry, index} of restart.starts) {
      const left = [
        ...stage.anywhere(['toRestartInTime', 'toRestartEachPodOnce', 'toStartFirstContainerInTime']),
        ...withoutRetry,
      ];
      yield {
        kind: 'a container of a Pod is left behind',
        at: `${at}, ${entry.container}`,
        edit: e => {
          const start = e.recording.observations[index];
          e.drop(o => o === start);
        },
        must: unread ? [] : left,
        mustNotPass: left,
        may,
      };
      if (entry.what === 'start')
        yield {
          kind: 'a container of a Pod runs twice',
          at: `${at}, ${entry.container}`,
          edit: e =>
            e.insert(index, {
              kind: 'journal',
              atMs: 0,
              entry: {...entry, began: entry.began + 0.1},
              ...(pod === undefined ? {} : {pod}),
            }),
          must: stage.anywhere(['toRestartEachPodOnce']),
          may: [...stage.anywhere(['toRestartEachOnce']), ...may],
        };
    }
  }
  for (const seconds of [4, 5])
    yield {
      kind: 'a new Pod runs sooner than a restart in place is over',
      at: `by ${seconds} s`,
      edit: e =>
        e.each('step', step => {
          if (step.does === 'recreate') step.atMs += seconds * 1000;
        }),
      must: stage.anywhere(['toBeFasterThanRecreating']),
    };
  const pods = new Set(restartsOf(stage.recording).map(({pod}) => pod));
  for (const pod of pods)
    for (const container of countedRestarts(stage.recording, pod).keys())
      for (const by of [1, -1]) {
        const last = observations.findLastIndex(o => o.kind === 'pod' && o.object.metadata.name === pod);
        yield {
          kind: 'the restarts of a Pod are counted wrongly',
          at: `${pod}, ${container}, by ${by}`,
          edit: e =>
            e.pods(last, last, each => {
              for (const status of statusesOf(each)) if (status.name === container) status.restartCount += by;
            }),
          must: stage.anywhere(['toRestartEachPodOnce']),
          may,
        };
      }
};

/** All that a Pod's journal has after an exit comes later by so much. */
function late({exit}: Restart, pod: string | undefined, seconds: number): (e: Edit) => unknown {
  const exited = exit?.entry.uptime ?? Infinity;
  return e =>
    e.each('journal', ({entry, pod: its}) => {
      if (its !== pod || entry.uptime <= exited) return;
      entry.uptime += seconds;
      if (entry.what === 'start') entry.began += seconds;
    });
}
