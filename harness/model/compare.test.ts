import {describe, expect, test} from '@jest/globals';
import {z} from 'zod';
import type {Observation} from '../recording/observation.ts';
import {conditionOf, containersOf, statusesOf, type Pod} from '../recording/pod.ts';
import type {Recording} from '../recording/recording.ts';
import {goodRecording} from '../testing/recorded.ts';
import {status} from '../testing/edit.ts';
import {compare, type Comparison} from './compare.ts';
import type {Story} from './pod.ts';

const policy = z.enum(['Always', 'OnFailure', 'Never']);
const containerSchema = z.looseObject({
  name: z.string(),
  restartPolicy: policy.optional(),
  restartPolicyRules: z
    .array(
      z.object({
        action: z.enum(['Restart', 'RestartAllContainers']),
        exitCodes: z.object({operator: z.enum(['In', 'NotIn']), values: z.array(z.number())}),
      }),
    )
    .default([]),
});
const specSchema = z.looseObject({
  restartPolicy: policy,
  initContainers: z.array(containerSchema),
  containers: z.array(containerSchema),
});

/** The story that a kept recording tells: its Pod, and whom it told what. */
function storyOf({observations}: Recording): Story {
  const exits = observations.flatMap(o => (o.kind === 'stimulus' ? [{container: o.container, code: o.code}] : []));
  const pod = observations.find(o => o.kind === 'pod')?.object;
  if (pod === undefined) throw new Error('no Pod');
  const {restartPolicy, initContainers, containers} = specSchema.parse(pod.spec);
  const kinds = new Map(containersOf(pod).map(({name, kind}) => [name, kind]));
  return {
    exits,
    pod: {
      restartPolicy,
      containers: [...initContainers, ...containers].map(({name, restartPolicy: own, restartPolicyRules}) => {
        const kind = kinds.get(name);
        if (kind === undefined || kind === 'ephemeral') throw new Error('no container');
        const rules = restartPolicyRules.map(({action, exitCodes}) => ({action, ...exitCodes}));
        return {name, kind, restartPolicy: own, rules, waits: exits.some(({container}) => container === name)};
      }),
    },
  };
}

const recordings = [
  'init-container-exits',
  'sidecar-exits',
  'regular-container-exits',
  'init-container-exits-otherwise',
  'sidecar-exits-otherwise',
  'regular-container-exits-otherwise',
];

describe('the model agrees with what a real kubelet did', () => {
  test.each(recordings)('%s', name => {
    const recording = goodRecording(name);
    expect(compare(storyOf(recording), recording)).toEqual({outcome: 'agrees', disagreements: [], why: undefined});
  });
});

describe('a real recording refutes another story:', () => {
  const swapped = (change: (story: Story) => Story, name: string): Comparison => {
    const recording = goodRecording(name);
    return compare(change(storyOf(recording)), recording);
  };
  const withRules = (action: 'Restart' | undefined) => (story: Story) => ({
    ...story,
    pod: {
      ...story.pod,
      containers: story.pod.containers.map(each => ({
        ...each,
        rules: action === undefined ? [] : each.rules.map(rule => ({...rule, action})),
      })),
    },
  });

  test.each([
    ['no container has rules', withRules(undefined)],
    ['the rules restart the container alone', withRules('Restart')],
  ])('%s', (_, change) => {
    for (const name of recordings.slice(0, 3)) expect(swapped(change, name).outcome).toBe('disagrees');
  });

  test('the container ends for good', () => {
    const never = (story: Story): Story => ({
      ...story,
      pod: {...story.pod, containers: story.pod.containers.map(each => ({...each, restartPolicy: 'Never', rules: []}))},
    });
    expect(swapped(never, 'regular-container-exits-otherwise').outcome).toBe('disagrees');
    expect(swapped(never, 'init-container-exits-otherwise').outcome).toBe('disagrees');
  });
});

/** The comparison of a kept recording into which something was put. */
function edited(
  name: string,
  edit: (observations: Observation[], stimulus: number) => void,
  server?: string,
): Comparison {
  const kept = goodRecording(name);
  const good = server === undefined ? kept : {...kept, header: {...kept.header, server}};
  const observations = structuredClone([...good.observations]);
  edit(
    observations,
    observations.findIndex(({kind}) => kind === 'stimulus'),
  );
  return compare(storyOf(good), {...good, observations});
}

/** Puts something into the versions of the Pod from the stimulus on; the first is number 0, the last -1. */
function podsAfter(change: (pod: Pod, at: number, last: boolean) => void) {
  return (observations: Observation[], stimulus: number): void => {
    const pods = observations.slice(stimulus).flatMap(o => (o.kind === 'pod' ? [o.object] : []));
    for (const [at, pod] of pods.entries()) change(pod, at, at === pods.length - 1);
  };
}

const setEnd = (reason: 'error' | 'out-of-patience', afterMs: number) => (observations: Observation[]) => {
  const last = observations.findLast(({kind}) => kind === 'pod');
  observations.splice(-1, 1, {kind: 'end', atMs: (last?.atMs ?? 0) + afterMs, reason, text: 'that is all'});
};

describe('a history that is wrong is called so:', () => {
  test.each<[what: string, recording: string, edit: (pod: Pod, at: number, last: boolean) => void, says: string[]]>([
    [
      'a count that falls',
      'sidecar-exits',
      (pod, _, last) => {
        if (last) status(pod, 'trainer').restartCount = 0;
      },
      ['restartCount of trainer never falls', 'it fell'],
    ],
    [
      'a count that goes up by two',
      'sidecar-exits',
      (pod, _, last) => {
        if (last) status(pod, 'trainer').restartCount = 2;
      },
      ['restartCount of trainer at most 1', '2'],
    ],
    [
      'a count that stays',
      'sidecar-exits',
      pod => {
        status(pod, 'trainer').restartCount = 0;
      },
      ['restartCount of trainer 1', '0'],
    ],
    [
      'a second start',
      'sidecar-exits',
      (pod, _, last) => {
        if (last) status(pod, 'trainer').containerID = 'containerd://another';
      },
      ['trainer is started again once', '2 times'],
    ],
    [
      'a container that is started again though it should stay',
      'sidecar-exits-otherwise',
      (pod, _, last) => {
        if (last) status(pod, 'trainer').containerID = 'containerd://another';
      },
      ['trainer is started again not at all', 'once'],
    ],
    [
      'a container that does not run',
      'regular-container-exits',
      (pod, _, last) => {
        if (last) status(pod, 'trainer').state = {waiting: {reason: 'CrashLoopBackOff'}};
      },
      ['trainer running', 'waiting'],
    ],
    [
      'another UID',
      'sidecar-exits',
      (pod, _, last) => {
        if (last) pod.metadata.uid = 'another';
      },
      ['the Pod keeps its UID', 'another UID'],
    ],
    [
      'a terminal phase on the way',
      'sidecar-exits',
      (pod, at) => {
        if (at === 1) pod.status.phase = 'Failed';
      },
      ['phase neither Succeeded nor Failed', 'Failed'],
    ],
    [
      'AllContainersRestarting True where one container restarts alone',
      'sidecar-exits-otherwise',
      (pod, at) => {
        const found = conditionOf(pod, 'AllContainersRestarting');
        if (at === 1 && found !== undefined) found.status = 'True';
      },
      ['AllContainersRestarting True not at all', 'True once'],
    ],
    [
      'AllContainersRestarting True again',
      'sidecar-exits',
      (pod, _, last) => {
        const found = conditionOf(pod, 'AllContainersRestarting');
        if (last && found !== undefined) found.status = 'True';
      },
      ['AllContainersRestarting True once', 'True 2 times'],
    ],
    [
      'AllContainersRestarting never True',
      'sidecar-exits',
      pod => {
        pod.status.conditions = pod.status.conditions.filter(({type}) => type !== 'AllContainersRestarting');
      },
      ['AllContainersRestarting True once', 'never True'],
    ],
    [
      'a last state with another exit code',
      'sidecar-exits-otherwise',
      (pod, _, last) => {
        if (last) status(pod, 'watcher').lastState = {terminated: {exitCode: 9}};
      },
      ['lastState of watcher ended with 77', 'ended with 9'],
    ],
  ])('%s', (_, recording, edit, [expected = '', saw = '']) => {
    const comparison = edited(recording, podsAfter(edit));
    expect(comparison.outcome).toBe('disagrees');
    expect(comparison.disagreements).toContainEqual(expect.objectContaining({expected, saw}));
  });

  test('a last state without the exit code, but at 1.35, where the kubelet leaves it out at times', () => {
    const empty = podsAfter((pod, _, last) => {
      if (last) status(pod, 'watcher').lastState = {};
    });
    const [expected, saw] = ['lastState of watcher ended with 77', 'empty'];
    const {outcome, disagreements} = edited('sidecar-exits-otherwise', empty, 'v1.36.3');
    expect(outcome).toBe('disagrees');
    expect(disagreements).toContainEqual(expect.objectContaining({expected, saw}));
    expect(edited('sidecar-exits-otherwise', empty, 'v1.35.4').outcome).toBe('agrees');
  });

  test('a Pod that has started otherwise', () => {
    const comparison = edited('sidecar-exits', (observations, stimulus) => {
      const before = observations.findLast((o, at) => o.kind === 'pod' && at < stimulus);
      if (before?.kind === 'pod') before.object.status.phase = 'Pending';
    });
    expect(comparison.disagreements).toContainEqual({after: 'its creation', expected: 'phase Running', saw: 'Pending'});
  });

  test('a Pod that stood still without what should come', () => {
    const comparison = edited('sidecar-exits', (observations, stimulus) => {
      const kept = observations.findIndex(
        (o, at) => at > stimulus && o.kind === 'pod' && statusesOf(o.object).some(({state}) => state.terminated),
      );
      observations.splice(kept + 1, observations.length - kept - 2);
      setEnd('out-of-patience', 60_000)(observations);
    });
    expect(comparison.outcome).toBe('disagrees');
  });
});

describe('nothing is said', () => {
  const cut = (observations: Observation[], stimulus: number): void => {
    observations.splice(stimulus + 1, observations.length - stimulus - 2);
  };

  test.each<[when: string, edit: (observations: Observation[], stimulus: number) => void, why: string]>([
    ['where the story was broken off', setEnd('error', 0), 'that is all'],
    [
      'where the container was not told',
      (observations, stimulus) => void observations.splice(stimulus, 1),
      'watcher was not told to exit: everything came that was waited for',
    ],
    [
      'where the watch has a hole after the exit',
      (observations, stimulus) => {
        cut(observations, stimulus);
        observations.splice(stimulus + 1, 0, {kind: 'gap', atMs: 0, resource: 'pods', why: '410'});
      },
      'the watch lost continuity: 410',
    ],
    ['where the container was not seen to exit', cut, 'watcher was not seen to exit'],
    [
      'where the node was at work until the end',
      (observations, stimulus) => {
        podsAfter((pod, _, last) => {
          if (last) status(pod, 'trainer').state = {waiting: {}};
        })(observations, stimulus);
        setEnd('out-of-patience', 1000)(observations);
      },
      'the node was still at work when the patience was over',
    ],
    [
      'where the node was slow to start the Pod',
      (observations, stimulus) => {
        podsAfter((pod, _, last) => {
          if (last) status(pod, 'trainer').state = {waiting: {}};
        })(observations, stimulus);
        for (const each of observations) each.atMs += 30_000;
        setEnd('out-of-patience', 60_000)(observations);
      },
      'the node took over 30 s to start the Pod',
    ],
    [
      'where a container ran out of memory',
      podsAfter((pod, at) => {
        if (at === 1) status(pod, 'trainer').state = {terminated: {exitCode: 137, reason: 'OOMKilled'}};
      }),
      'trainer: OOMKilled',
    ],
    [
      'where a container could not be started at first',
      podsAfter((pod, _, last) => {
        if (last) status(pod, 'trainer').lastState = {terminated: {exitCode: 128, reason: 'StartError'}};
        if (last) status(pod, 'trainer').restartCount = 2;
      }),
      'trainer: StartError',
    ],
    [
      'where a container waits because it could not be started',
      podsAfter((pod, at) => {
        if (at === 1) status(pod, 'trainer').state = {waiting: {reason: 'RunContainerError'}};
      }),
      'trainer: RunContainerError',
    ],
  ])('%s', (_, edit, why) => {
    expect(edited('sidecar-exits', edit)).toEqual({outcome: 'undecided', disagreements: [], why});
  });

  test('where the recording has no end', () => {
    const good = goodRecording('sidecar-exits');
    expect(compare(storyOf(good), {...good, observations: good.observations.slice(0, -1)}).outcome).toBe('undecided');
  });
});
