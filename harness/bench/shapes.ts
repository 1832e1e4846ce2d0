import {type Scenario, type Step} from '../recording/scenario.ts';

/** What a restart is measured on. */
export interface Shape {
  readonly id: string;
  readonly title: string;
  /** Containers as the latency model sees them. */
  readonly containers: Containers;
  /**
   * What is recorded for it.
   *
   * @param rounds how often it is done again and again; each shape makes of it what it can in about as many minutes
   */
  readonly scenarios: (rounds: number) => readonly Scenario[];
}

/** What of a Pod decides how long its restart takes. */
export interface Containers {
  /** Containers beside the source that end on SIGTERM, and those that stay until they are killed. */
  readonly quick: number;
  readonly stubborn: number;
  /** Those that are started, in order: an init container with how long it runs, a sidecar with how long until its startup probe can pass. */
  readonly starts: readonly {readonly kind: 'init' | 'sidecar' | 'regular'; readonly seconds: number}[];
}

const regular = {kind: 'regular', seconds: 0} as const;

/** So small that the node's Pods are what runs out, not its processor. */
const small = {resources: {requests: {cpu: '1m', memory: '2Mi'}, limits: {cpu: '1', memory: '64Mi'}}};

/** Names of a Pod and its copies. */
function podsOf(name: string, count: number): string[] {
  return Array.from({length: count}, (_, at) => (at === 0 ? name : `${name}-${at + 1}`));
}

function times(count: number, steps: (round: number) => readonly Step[]): Step[] {
  return Array.from({length: count}, (_, at) => steps(at + 1)).flat();
}

/**
 * Seconds between 0 and 1 that are spread evenly over the rounds. The kubelet looks at its containers once a second, and a step
 * begins when the one before has come, in step with that: exits must not be, or all of them would be noticed equally soon.
 */
function phase(round: number): number {
  return Math.round(((round * 0.618) % 1) * 100) / 100;
}

/** Longer than a restart of a few containers takes, so that each Pod has the node to itself; s. */
const apart = 2.5;

/** The source exits in some Pods, one a while after the other, at times that are spread over the kubelet's second. */
function inPlace(round: number, source: string, pods: readonly string[]): Step {
  return {
    do: 'exit',
    name: `in place ${round}`,
    tells: [{container: source, code: 88, afterSeconds: 0.3 + phase(round)}],
    pods: [...pods],
    ...(pods.length > 1 ? {apartSeconds: apart + 1 / pods.length} : {}),
    until: 'restarted',
  };
}

/** The Pod is deleted and created again, at a time that is as little in step with the kubelet. */
function anew(round: number, pods?: readonly string[]): readonly Step[] {
  return [
    {do: 'wait', name: `before anew ${round}`, until: 'time is over', seconds: 0.5 + phase(round)},
    {do: 'recreate', name: `anew ${round}`, ...(pods === undefined ? {} : {pods: [...pods]}), until: 'up'},
  ];
}

/** As `anew`, where the containers of a Pod are up before it is measured again. */
function turns(manifest: string, source: string, {rounds, pods}: {rounds: number; pods: number}): Scenario['steps'] {
  const names = podsOf(manifest, pods);
  return times(rounds, round => [inPlace(round, source, names), ...anew(round)]);
}

const fifth = podsOf('two-containers', 5).slice(4);

const twoContainers: Shape = {
  id: 'two-containers',
  title: 'two containers (the shape of the KEP: 5 s in 99 of 100)',
  containers: {quick: 1, stubborn: 0, starts: [regular, regular]},
  scenarios: rounds => [
    {
      id: 'bench-two-containers',
      title: 'four Pods with two containers restart in place; a fifth is created again, and its source restarts alone',
      manifest: 'two-containers.yaml',
      copies: 5,
      alone: true,
      steps: times(Math.ceil(rounds * 1.3), round => [
        inPlace(round, 'source', podsOf('two-containers', 4)),
        // Of another Pod: at release 1.35 a restart in place may wait for a retry where the source had been restarted alone.
        ...anew(round, fifth),
        {
          do: 'exit',
          name: `alone ${round}`,
          tells: [{container: 'source', code: 1, afterSeconds: 0.3 + phase(round)}],
          pods: fifth,
          until: 'restarted alone',
        },
      ]),
    },
    ...Array.from({length: Math.max(3, Math.round(rounds / 4))}, (_, at): Scenario => ({
      id: `bench-job-${at + 1}`,
      title: 'a Job replaces its failed Pod',
      manifest: 'replacing-job.yaml',
      alone: true,
      steps: [
        {
          do: 'exit',
          name: 'replaced',
          tells: [
            {container: 'worker', code: 1, afterSeconds: 0.3},
            {container: 'source', code: 1, afterSeconds: 0.3},
          ],
          until: 'replaced by another',
        },
      ],
    })),
  ],
};

const sourceAlone: Shape = {
  id: 'source-alone',
  title: 'the source alone',
  containers: {quick: 0, stubborn: 0, starts: [regular]},
  scenarios: rounds => {
    const pods = podsOf('one-container', Math.max(4, Math.round(rounds / 2)));
    return [
      {
        id: 'bench-source-alone',
        title: 'Pods with one container restart in place, one a while after the other; one is created again',
        manifest: 'one-container.yaml',
        overlay: {containers: {source: small}},
        copies: pods.length,
        alone: true,
        steps: [
          // At release 1.35 each of them waits for the kubelet's periodic sync, 60 to 90 s.
          {...inPlace(1, 'source', pods), seconds: 110 + pods.length},
          ...times(Math.max(3, Math.round(rounds / 4)), anew),
        ],
      },
    ];
  },
};

const initAndSidecar: Shape = {
  id: 'init-and-sidecar',
  title: 'an init container, two sidecars and a regular container',
  containers: {
    quick: 2,
    stubborn: 0,
    starts: [{kind: 'init', seconds: 0.3}, {kind: 'sidecar', seconds: 0}, {kind: 'sidecar', seconds: 0.5}, regular],
  },
  scenarios: rounds => [
    {
      id: 'bench-init-and-sidecar',
      title: 'a Pod with an init container and sidecars restarts in place, and is created again',
      manifest: 'sidecar-and-worker.yaml',
      copies: 2,
      alone: true,
      steps: turns('sidecar-and-worker', 'agent', {rounds: Math.ceil(rounds / 4), pods: 2}),
    },
  ],
};

const tenContainers: Shape = {
  id: 'ten-containers',
  title: 'ten containers',
  containers: {quick: 9, stubborn: 0, starts: Array.from({length: 10}, () => regular)},
  scenarios: rounds => [
    {
      id: 'bench-ten-containers',
      title: 'a Pod with ten containers restarts in place',
      manifest: 'two-and-ten-containers.yaml',
      alone: true,
      steps: times(Math.ceil(rounds / 2), round => [inPlace(round, 'source', ['ten-containers'])]),
    },
  ],
};

const stubbornWorker: Shape = {
  id: 'ignores-sigterm',
  title: 'two containers, one of which ignores SIGTERM',
  containers: {quick: 0, stubborn: 1, starts: [regular, regular]},
  scenarios: rounds => [
    {
      id: 'bench-ignores-sigterm',
      title: 'Pods with a container that stays after SIGTERM restart in place; one is created again',
      manifest: 'stubborn-worker.yaml',
      copies: 2,
      alone: true,
      steps: turns('stubborn-worker', 'source', {rounds: Math.ceil(rounds / 4), pods: 2}),
    },
  ],
};

const pullAlways: Shape = {
  id: 'image-pull-always',
  title: 'two containers, image pull policy Always',
  containers: {quick: 1, stubborn: 0, starts: [regular, regular]},
  scenarios: rounds => [
    {
      id: 'bench-image-pull-always',
      title: 'Pods whose image is looked up at each start restart in place; one is created again',
      manifest: 'two-containers.yaml',
      overlay: {containers: {source: {imagePullPolicy: 'Always'}, worker: {imagePullPolicy: 'Always'}}},
      copies: 2,
      alone: true,
      steps: turns('two-containers', 'source', {rounds: Math.ceil(rounds / 4), pods: 2}),
    },
  ],
};

/** How many Pods of a node restart at once. */
const crowds = [1, 10, 50, 100] as const;

const crowd: Shape = {
  id: 'many-at-once',
  title: 'two containers, many Pods of a node at once',
  containers: twoContainers.containers,
  scenarios: rounds => [
    {
      id: 'bench-many-at-once',
      title: '1, 10, 50 and 100 Pods of a node restart in place at once, and up to 50 are created again at once',
      manifest: 'two-containers.yaml',
      overlay: {containers: {source: small, worker: small}},
      copies: 100,
      alone: true,
      steps: crowds.flatMap(count =>
        times(count === 1 ? Math.max(2, Math.round(rounds / 4)) : Math.max(1, Math.round(rounds / 20)), round => {
          const pods = podsOf('two-containers', count);
          return [
            {
              do: 'exit',
              name: `${count} in place ${round}`,
              tells: [{container: 'source', code: 88, afterSeconds: phase(round) + (count === 1 ? 1 : 2 + count / 5)}],
              pods,
              until: 'restarted',
              seconds: 240,
            },
            ...(count < 100 ? [{do: 'recreate' as const, name: `${count} anew ${round}`, pods}] : []),
          ];
        }),
      ),
    },
  ],
};

/** How many Pods restart as a group. */
const groups = [1, 5, 20] as const;

const barrier: Shape = {
  id: 'group-behind-barrier',
  title: "JobSet's shape: an agent whose startup probe holds the worker back until all agents run",
  containers: {quick: 1, stubborn: 0, starts: [{kind: 'sidecar', seconds: 1}, regular]},
  scenarios: rounds => [
    {
      id: 'bench-group-behind-barrier',
      title: 'groups of 1, 5 and 20 Pods restart in place and go on together',
      manifest: 'barrier.yaml',
      overlay: {containers: {agent: small, worker: small}},
      copies: 20,
      alone: true,
      steps: groups.flatMap(count =>
        times(Math.max(2, Math.round((rounds * 5) / (count + 20))), round => {
          const pods = podsOf('barrier', count);
          return [
            {
              do: 'exit',
              name: `group of ${count} in place ${round}`,
              tells: [{container: 'agent', code: 1, afterSeconds: phase(round) + (count === 1 ? 1 : 2 + count / 5)}],
              pods,
              until: 'starting',
              seconds: 240,
            },
            {
              do: 'run',
              name: `group of ${count} goes on ${round}`,
              container: 'agent',
              command: ['touch', '/tmp/barrier-is-down'],
              pods,
              until: 'restarted',
              seconds: 240,
            },
          ];
        }),
      ),
    },
  ],
};

/** Every shape, in the order in which the tables have them. */
export const shapes: readonly Shape[] = [
  twoContainers,
  sourceAlone,
  initAndSidecar,
  barrier,
  tenContainers,
  stubbornWorker,
  pullAlways,
  crowd,
];
