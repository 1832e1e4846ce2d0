import {expect, requirement, scenario, type Scenario, type Step} from '../harness/index.ts';

/** A Pod of the manifest two-containers.yaml and its copies. */
const pods = (count: number) =>
  Array.from({length: count}, (_, at) => (at === 0 ? 'two-containers' : `two-containers-${at + 1}`));

/** So small that the node's Pods are what runs out, not its processor. */
const small = {resources: {requests: {cpu: '1m', memory: '2Mi'}, limits: {cpu: '1', memory: '64Mi'}}};

const hundredRestarts: Scenario = {
  id: 'hundred-restarts',
  title: 'four Pods restart 25 times each, side by side but not in step',
  manifest: 'two-containers.yaml',
  copies: 4,
  alone: true, // what else the run does would be measured too
  steps: Array.from({length: 25}, (_, round): Step => ({
    do: 'exit',
    name: `round ${round + 1}`,
    tells: [{container: 'source', code: 88, afterSeconds: 0.5}],
    pods: pods(4),
    apartSeconds: 0.4,
    until: 'restarted',
  })),
};

/** At release 1.35 this waits for the kubelet's periodic sync, 60 to 90 s. */
const sourceAlone: Scenario = {
  id: 'source-alone',
  title: 'the only container of a Pod exits with a listed code',
  manifest: 'one-container.yaml',
  steps: [{do: 'exit', name: 'exit', tells: [{container: 'source', code: 88}], until: 'restarted', seconds: 110}],
};

const twoAndTenContainers: Scenario = {
  id: 'two-and-ten-containers',
  title: 'a Pod with two containers and one with ten take turns',
  manifest: 'two-and-ten-containers.yaml',
  steps: Array.from({length: 5}, (_, round) =>
    ['ten-containers', 'two-containers'].map((pod): Step => ({
      do: 'exit',
      name: `${pod}, round ${round + 1}`,
      tells: [{container: 'source', code: 88}],
      pods: [pod],
      until: 'restarted',
    })),
  ).flat(),
};

const inPlaceAndAnew: Scenario = {
  id: 'in-place-and-anew',
  title: 'a Pod restarts in place, and is deleted and created again, in turns',
  manifest: 'two-containers.yaml',
  steps: Array.from({length: 7}, (_, round): Step[] => [
    {do: 'exit', name: `in place ${round + 1}`, tells: [{container: 'source', code: 88}], until: 'restarted'},
    {do: 'recreate', name: `anew ${round + 1}`, until: 'up'},
  ]).flat(),
};

const eachOfEight = (
  name: string,
  code: number,
  until: 'restarted' | 'restarted alone',
  apartSeconds: number,
): Step => ({
  do: 'exit',
  name,
  tells: [{container: 'source', code, afterSeconds: 0.5}],
  pods: pods(8),
  apartSeconds,
  until,
});

/** Of the container that is restarted alone first, two runs are in the runtime when the restart of all begins. */
const restartedAloneBefore: Scenario = {
  id: 'restarted-alone-before',
  title: 'the source of eight Pods restarts alone, and restarts all containers the next time',
  manifest: 'two-containers.yaml',
  copies: 8,
  alone: true,
  steps: [eachOfEight('alone', 1, 'restarted alone', 0.4), eachOfEight('in place', 88, 'restarted', 2.1)],
};

const atOnce = (count: number, seconds: number): Step => ({
  do: 'exit',
  name: `${count} at once`,
  tells: [{container: 'source', code: 88, afterSeconds: seconds}],
  pods: pods(count),
  until: 'restarted',
  seconds: 240,
});

const tenPodsAtOnce: Scenario = {
  id: 'ten-pods-at-once',
  title: 'one Pod of a node restarts, then ten at once',
  manifest: 'two-containers.yaml',
  overlay: {containers: {source: small, worker: small}},
  copies: 10,
  alone: true,
  steps: [atOnce(1, 1), atOnce(10, 4)],
};

const hundredPodsAtOnce: Scenario = {
  ...tenPodsAtOnce,
  id: 'hundred-pods-at-once',
  title: 'fifty Pods of a node restart at once, then a hundred',
  copies: 100,
  steps: [atOnce(50, 12), atOnce(100, 20)],
};

scenario([hundredRestarts], restart => {
  requirement('PRF-1', () => expect(restart).toStartFirstContainerInTime());
  requirement('PRF-2', () => expect(restart).toRestartInTime());
});

scenario([sourceAlone], restart => {
  requirement('PRF-2', () => expect(restart).toRestartInTime());
  requirement('PRF-6', () => expect(restart).toRestartBeforeResync());
});

scenario([restartedAloneBefore], restart => {
  requirement('PRF-7', () => expect(restart.after('in place')).toStartWithoutRetry());
});

scenario([twoAndTenContainers], restart => {
  requirement('PRF-2', () => expect(restart).toRestartInTime());
  requirement('PRF-3', () => expect(restart).toAddLittlePerContainer());
});

scenario([inPlaceAndAnew], restart => {
  requirement('PRF-4', () => expect(restart).toBeFasterThanRecreating());
});

scenario([tenPodsAtOnce, hundredPodsAtOnce], restart => {
  requirement('PRF-5', () => expect(restart).toRestartEachPodOnce());
});
