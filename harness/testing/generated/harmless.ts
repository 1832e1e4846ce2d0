import type {ContainerStatus, Pod} from '../../recording/pod.ts';
import type {Edit} from '../edit.ts';
import type {Scene} from './scene.ts';

/** An edit that is no fault, at one place of a recording. */
export interface HarmlessEdit {
  readonly kind: string;
  readonly at: string;
  readonly edit: (recording: Edit) => unknown;
  /** Whether it makes a hole in the evidence, so that a requirement may be undecided. */
  readonly hole: boolean;
}

/** What is no fault, and must turn nothing red: at every version of a step. */
export function* harmlessEdits(scene: Scene): Iterable<HarmlessEdit> {
  for (const {index, atMs, at, pod} of scene.places()) {
    yield {
      kind: 'the watch loses continuity',
      at,
      edit: e => e.insert(index, {kind: 'gap', atMs, resource: 'pods', why: 'too old'}),
      hole: true,
    };
    yield {
      kind: 'the same version comes again',
      at,
      edit: e => {
        const metadata = {...pod.metadata, resourceVersion: `${pod.metadata.resourceVersion}0`};
        return e.insert(index, {kind: 'pod', atMs, type: 'MODIFIED', object: {...pod, metadata}});
      },
      hole: false,
    };
    yield {
      kind: 'another Pod is there',
      at,
      edit: e => {
        const metadata = {...pod.metadata, name: 'stranger', uid: 'stranger', ownerReferences: []};
        return e.insert(index, {kind: 'pod', atMs, type: 'ADDED', object: {...pod, metadata}});
      },
      hole: false,
    };
    yield {
      kind: 'an event tells of something else',
      at,
      edit: e =>
        e.insert(index, {
          kind: 'event',
          atMs,
          object: {reason: 'Pulled', message: 'an image is there', type: 'Normal', involvedObject: {name: 'stranger'}},
        }),
      hole: false,
    };
  }
  const {needs = []} = scene.recording.header.scenario;
  for (const [kind, add] of scene.isFirst && !needs.includes('node access') ? injections : [])
    yield {kind, at: 'in every Pod', edit: e => e.pods(0, Infinity, add), hole: false};
  const steps = scene.recording.observations.filter(({kind}) => kind === 'step');
  for (const {index, atMs, at} of scene.isFirst && steps.length === 1 ? scene.places() : [])
    yield {
      kind: 'the patience is over while the Pod is at work',
      at: `after ${at}`,
      edit: e => e.stopAfter(index).end('out-of-patience', atMs + 1_000),
      hole: true,
    };
  for (const {name} of scene.ran) {
    const [run] = scene.runs(name).after;
    if (run === undefined) continue;
    yield {
      kind: 'the journal can not be read',
      at: scene.place(`at the new start of ${name}`),
      edit: e =>
        e.insert(run.start.index, {
          kind: 'gap',
          atMs: run.start.atMs,
          resource: 'journal',
          why: 'unreadable journal line ""',
        }),
      hole: true,
    };
  }
}

const name = 'mesh';

/** How a container is that is restarted with the last one of the manifest. */
const withLast = (pod: Pod, state: ContainerStatus['state']): ContainerStatus => {
  const {containerID, restartCount = 0} = pod.status.containerStatuses.at(-1) ?? {};
  const id = containerID === undefined ? {} : {containerID: `${containerID}-${name}`};
  return {name, restartCount, ready: true, ...id, lastState: {}, state};
};

/** What a webhook of the cluster's own adds to Pods: no container of the manifest, so that it is not judged. */
const injections: readonly (readonly [kind: string, add: (pod: Pod) => void])[] = [
  [
    'a webhook adds an init container',
    pod => {
      pod.spec = {...pod.spec, initContainers: [{name}, ...pod.spec.initContainers]};
      pod.status.initContainerStatuses.unshift(withLast(pod, {terminated: {exitCode: 0}}));
    },
  ],
  [
    'a webhook adds a sidecar',
    pod => {
      pod.spec = {...pod.spec, initContainers: [{name, restartPolicy: 'Always'}, ...pod.spec.initContainers]};
      pod.status.initContainerStatuses.unshift(withLast(pod, {running: {}}));
    },
  ],
  [
    'a webhook adds a container',
    pod => {
      const status = withLast(pod, {running: {}});
      pod.spec = {...pod.spec, containers: [...pod.spec.containers, {name}]};
      pod.status.containerStatuses.push(status);
    },
  ],
];
