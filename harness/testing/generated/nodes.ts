import {conditionOf, type Pod} from '../../recording/pod.ts';
import {kubeletSchema} from '../../recording/runtime.ts';
import type {Edit} from '../edit.ts';
import type {RecordingGenerator, Stage} from './scene.ts';

/** What a node declares is not what its kubelet has. */
export const declared: RecordingGenerator = function* (stage) {
  for (const [index, o] of stage.recording.observations.entries()) {
    if (o.kind !== 'node' || o.action !== 'read declared feature') continue;
    const gate = stage.recording.observations.find(
      other => other.kind === 'node' && other.node === o.node && other.action === 'read gate',
    );
    const says = gate?.kind === 'node' ? gate.text : 'unknown';
    yield {
      kind: 'a node declares what it has not, or not what it has',
      at: o.node,
      edit: e =>
        e.each('node', reading => (reading.text = o.text === 'declared' ? 'not declared' : 'declared'), index, index),
      must: [
        ...(says === 'on' ? stage.anywhere(['toDeclareFeature']) : []),
        ...(says === 'off' ? stage.anywhere(['toNotDeclareFeature']) : []),
      ],
    };
  }
};

/** The scheduler binds Pods that it should not, or does not bind those that it should, at each of their versions. */
export const scheduled: RecordingGenerator = function* (stage) {
  const {observations} = stage.recording;
  const matchers = [
    'toKeepUnscheduled',
    'toScheduleWithoutFeature',
    'toNameFeature',
    'toScheduleOnceDeclared',
  ] as const;
  const may = [...stage.anywhere(matchers), ...stage.deviating()];
  const pods = new Set(observations.flatMap(o => (o.kind === 'pod' ? [o.object.metadata.name] : [])));
  for (const pod of pods) {
    const of = (matcher: (typeof matchers)[number]) => stage.anywhere([matcher], ({given: [its]}) => its === pod);
    const versions = observations.flatMap((o, index) =>
      o.kind === 'pod' && o.object.metadata.name === pod ? [{index, pod: o.object}] : [],
    );
    const waits = versions.filter(({pod: {spec}}) => spec.nodeName === undefined);
    const reasons = waits.filter(({pod: each}) => conditionOf(each, 'PodScheduled')?.reason === 'Unschedulable');
    const edit = (index: number, change: (pod: Pod) => unknown) => (e: Edit) => e.pods(index, index, change);
    for (const {index} of waits)
      yield {
        kind: 'a Pod is bound to a node that does not declare what it needs',
        at: `${pod}, observation ${index}`,
        edit: edit(index, each => (each.spec = {...each.spec, nodeName: 'another'})),
        must: of('toKeepUnscheduled'),
        may,
      };
    if (reasons.length > 0 && of('toKeepUnscheduled').length > 0) {
      const condition = (e: Edit, message: string | undefined) =>
        e.pods(0, Infinity, each => {
          const found = conditionOf(each, 'PodScheduled');
          if (each.metadata.name === pod && found?.reason === 'Unschedulable') found.message = message;
        });
      yield {
        kind: 'the scheduler gives no reason',
        at: pod,
        edit: e => condition(e, undefined),
        must: [...of('toKeepUnscheduled'), ...of('toNameFeature')],
        may,
      };
      yield {
        kind: "the scheduler's reason names no feature",
        at: pod,
        edit: e => condition(e, 'no'),
        must: of('toNameFeature'),
        may,
      };
    }
    yield {
      kind: 'a Pod waits for a feature that its node has',
      at: pod,
      edit: e =>
        e.pods(0, Infinity, each => {
          if (each.metadata.name !== pod) return;
          const message = "0/2 nodes are available: 1 node(s) didn't match Pod's required features";
          each.spec = {...each.spec, nodeName: undefined};
          each.status.conditions = [{type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message}];
        }),
      must: [...of('toScheduleWithoutFeature'), ...of('toScheduleOnceDeclared')],
      may,
    };
    for (const control of observedControls(stage, pod))
      yield {
        kind: 'the node takes no Pod at all',
        at: pod,
        edit: e =>
          e.pods(0, Infinity, each => {
            if (each.metadata.name === pod) each.spec = {...each.spec, nodeName: undefined};
          }),
        must: [],
        mustNotPass: [control],
        may,
      };
  }
};

/** Requirements of which a Pod is the control. */
function observedControls(stage: Stage, pod: string): readonly string[] {
  return stage.anywhere(['toKeepUnscheduled'], ({given: [, control]}) => control === pod);
}

/** A kubelet goes down by a static Pod, or takes a Pod that it should refuse. */
export const kubelets: RecordingGenerator = function* (stage) {
  const {observations, header} = stage.recording;
  const readings = observations.flatMap((o, index) =>
    o.kind === 'node' && o.action === 'read kubelet' ? [index] : [],
  );
  const last = readings.at(-1);
  if (last !== undefined)
    yield {
      kind: 'the kubelet goes down',
      at: `observation ${last}`,
      edit: e =>
        e.each(
          'node',
          reading => {
            const {restarts} = kubeletSchema.parse(JSON.parse(reading.text));
            reading.text = JSON.stringify({restarts: restarts + 1});
          },
          last,
          last,
        ),
      must: stage.anywhere(['toSpareKubelet']),
    };
  yield {
    kind: 'the kubelet does not take the edited manifest',
    at: 'throughout',
    edit: e => e.drop(o => o.kind === 'event' && o.object.reason === 'Killing'),
    must: [],
    mustNotPass: stage.anywhere(['toSpareKubelet']),
  };
  const refused = stage.anywhere(['toBeRefusedByNode']);
  const off = observations.findIndex(o => o.kind === 'node' && o.action === 'turn gate off');
  for (const [index, o] of observations.entries()) {
    if (o.kind !== 'pod' || o.object.metadata.name !== header.pod || index < off) continue;
    yield {
      kind: 'a node starts what it should refuse',
      at: `observation ${index}`,
      edit: e =>
        e.pods(index, index, pod => {
          const running = {
            name: 'source',
            restartCount: 0,
            ready: true,
            containerID: 'c://1',
            state: {running: {}},
            lastState: {},
          };
          pod.status.containerStatuses = [running];
        }),
      must: refused,
    };
  }
  yield {
    kind: 'a refused Pod does not fail',
    at: 'throughout',
    edit: e => e.pods(off, Infinity, pod => (pod.status.phase = 'Pending')),
    must: refused,
    may: stage.all(),
  };
  yield {
    kind: 'no event tells what is missing',
    at: 'throughout',
    edit: e => e.drop(o => o.kind === 'event'),
    must: refused,
    may: stage.anywhere(['toSpareKubelet']),
  };
};

/** After a restart of the node an init container does not run again, or too early; each of them. */
export const initContainersAgain: RecordingGenerator = function* (stage) {
  const {observations} = stage.recording;
  const names = new Set(observations.flatMap(o => (o.kind === 'pod' ? [o.object.metadata.name] : [])));
  for (const name of names) {
    const must = stage.anywhere(['toRunInitContainersAgain'], ({given: [its]}) => its === name);
    if (must.length === 0) continue;
    const restarts = observations.flatMap((o, index) =>
      o.kind === 'node' && o.action === 'restart node' ? [index] : [],
    );
    const [restarted = 0, over = Infinity] = restarts;
    const before = observations.findLast(
      (o, index) => o.kind === 'pod' && o.object.metadata.name === name && index < restarted,
    );
    const begun = observations.findLastIndex((o, index) => o.kind === 'step' && index < restarted);
    const old = before?.kind === 'pod' ? before.object.status.initContainerStatuses : [];
    const later = observations.flatMap((o, index) =>
      o.kind === 'pod' && o.object.metadata.name === name && index > restarted && index < over ? [o.object] : [],
    );
    for (const [place, {name: container, containerID}] of old.entries()) {
      const again = later.some(pod => {
        const id = pod.status.initContainerStatuses[place]?.containerID;
        return id !== undefined && id !== containerID;
      });
      if (!again) continue; // as 1.35 at times leaves it, which is a known deviation
      yield {
        kind: 'an init container does not run again after a restart of the node',
        at: `${name}, ${container}`,
        edit: e =>
          e.pods(begun, over, pod => {
            const now = pod.status.initContainerStatuses[place];
            if (pod.metadata.name === name && now !== undefined && containerID !== undefined)
              now.containerID = containerID;
          }),
        must: place === 0 ? must : [], // the others are told of by their order, below
        may: stage.all(),
      };
      if (place > 0)
        yield {
          kind: 'an init container runs again before its turn',
          at: `${name}, ${container}`,
          edit: e =>
            e.pods(begun, over, pod => {
              const now = pod.status.initContainerStatuses[place]?.state.terminated;
              if (pod.metadata.name === name && now !== undefined) now.startedAt = '2020-01-01T00:00:00Z';
            }),
          must,
          may: stage.all(),
        };
    }
  }
};

/** One of several Pods fails under a kubelet that is restarted again and again; each of them. */
export const oneOfMany: RecordingGenerator = function* (stage) {
  const must = stage.anywhere(['toComeThroughEveryTime']);
  const {observations} = stage.recording;
  const told = observations.findIndex(({kind}) => kind === 'stimulus');
  const names = new Set(observations.flatMap(o => (o.kind === 'pod' ? [o.object.metadata.name] : [])));
  for (const name of must.length === 0 ? [] : names)
    yield {
      kind: 'one of several Pods fails',
      at: name,
      edit: e =>
        e.pods(told, Infinity, pod => {
          if (pod.metadata.name === name) pod.status.phase = 'Failed';
        }),
      must,
    };
};
