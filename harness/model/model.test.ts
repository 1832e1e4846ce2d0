import {describe, expect, test} from '@jest/globals';
import {laws, type Laws} from './laws.ts';
import {predictAll, restartCount, startUp, stateOf, type PodState} from './model.ts';
import type {Exit, ModelContainer, ModelPod, RestartPolicy, RestartRule} from './pod.ts';

const restartAll = (...values: number[]): RestartRule => ({action: 'RestartAllContainers', operator: 'In', values});
const restartAllBut = (...values: number[]): RestartRule => ({...restartAll(...values), operator: 'NotIn'});
const restart = (...values: number[]): RestartRule => ({...restartAll(...values), action: 'Restart'});

type Given = Partial<Omit<ModelContainer, 'name' | 'kind'>>;
const of =
  (kind: ModelContainer['kind']) =>
  (name: string, given: Given = {}) => ({rules: [], ...given, name, kind});
const init = of('init');
const sidecar = of('sidecar');
const main = of('regular');
const pod = (restartPolicy: RestartPolicy, ...containers: ModelContainer[]): ModelPod => ({restartPolicy, containers});
const told = (container: string, code: number): Exit => ({container, code});

/** The phase, whether the Pod is over, and of each container its restartCount and state, in one line. */
function inWords(state: PodState): string {
  const each = [...state.containers].map(([name, now]) => {
    const codes = now.state === 'ended' ? ` ${now.codes.join('|')}` : '';
    return `${name} ${restartCount(now)} ${now.state}${codes}`;
  });
  return [`${state.phase}${state.over ? ' over' : ''}`, ...each].join(', ');
}

type Row = [rule: string, pod: ModelPod, exits: Exit[], ends: string];

const waiting = init('i', {waits: true, restartPolicy: 'Never', rules: [restartAll(88)]});
const helper = sidecar('s', {rules: [restartAll(88)]});
const source = main('m', {restartPolicy: 'Never', rules: [restartAll(88)]});

const rows: Row[] = [
  [
    'a policy Never ends the Pod with the container',
    pod('Never', main('m')),
    [told('m', 1)],
    'Failed over, m 0 ended 1',
  ],
  ['with code 0 it has succeeded', pod('Never', main('m')), [told('m', 0)], 'Succeeded over, m 0 ended 0'],
  ['a policy Always restarts after 0', pod('Always', main('m')), [told('m', 0)], 'Running, m 1 running'],
  ['OnFailure restarts after 1', pod('OnFailure', main('m')), [told('m', 1)], 'Running, m 1 running'],
  ['OnFailure leaves 0 completed', pod('OnFailure', main('m')), [told('m', 0)], 'Succeeded over, m 0 ended 0'],
  [
    "a container's own policy holds in place of the Pod's",
    pod('Always', main('m', {restartPolicy: 'Never'}), main('n')),
    [told('m', 1)],
    'Running, m 0 ended 1, n 0 running',
  ],
  [
    'one failure among regular containers that ended makes the Pod Failed',
    pod('Never', main('m'), main('n')),
    [told('m', 7), told('n', 0)],
    'Failed over, m 0 ended 7, n 0 ended 0',
  ],
  [
    'In matches what is listed: all run again',
    pod('Never', init('i'), helper, source, main('n')),
    [told('m', 88)],
    'Running, i 1 ended 0, s 1 running, m 1 running, n 1 running',
  ],
  [
    'In matches nothing else: the policy holds',
    pod('Never', source, main('n')),
    [told('m', 42)],
    'Running, m 0 ended 42, n 0 running',
  ],
  [
    'NotIn matches what is not listed',
    pod('Never', main('m', {restartPolicy: 'Never', rules: [restartAllBut(0)]}), main('n')),
    [told('m', 42)],
    'Running, m 1 running, n 1 running',
  ],
  [
    'NotIn does not match what is listed',
    pod('Never', main('m', {restartPolicy: 'Never', rules: [restartAllBut(0)]}), main('n')),
    [told('m', 0)],
    'Running, m 0 ended 0, n 0 running',
  ],
  [
    'code 0 triggers when listed',
    pod('OnFailure', main('m', {restartPolicy: 'OnFailure', rules: [restartAll(0)]}), main('n')),
    [told('m', 0)],
    'Running, m 1 running, n 1 running',
  ],
  [
    'the first matching rule wins: Restart before RestartAllContainers',
    pod('Never', main('m', {restartPolicy: 'Never', rules: [restart(88), restartAll(88)]}), main('n')),
    [told('m', 88)],
    'Running, m 1 running, n 0 running',
  ],
  [
    'the first matching rule wins: RestartAllContainers before Restart',
    pod('Never', main('m', {restartPolicy: 'Never', rules: [restartAll(88), restart(88)]}), main('n')),
    [told('m', 88)],
    'Running, m 1 running, n 1 running',
  ],
  [
    'a rule that does not match is passed over',
    pod('Never', main('m', {restartPolicy: 'Never', rules: [restart(42), restartAll(88)]}), main('n')),
    [told('m', 88)],
    'Running, m 1 running, n 1 running',
  ],
  [
    'the action Restart restarts whatever the policy, code 0 too',
    pod('Never', main('m', {restartPolicy: 'Never', rules: [restart(0)]}), main('n')),
    [told('m', 0)],
    'Running, m 1 running, n 0 running',
  ],
  [
    'a sidecar that triggers restarts all',
    pod('Never', helper, main('m')),
    [told('s', 88)],
    'Running, s 1 running, m 1 running',
  ],
  [
    'a sidecar restarts alone otherwise, after 0 too',
    pod('Never', helper, main('m')),
    [told('s', 0)],
    'Running, s 1 running, m 0 running',
  ],
  [
    'completed regular containers run again',
    pod('Never', source, main('n')),
    [told('n', 0), told('m', 88)],
    'Running, m 1 running, n 1 running',
  ],
  [
    'it works again and again, and after a restart alone',
    pod('OnFailure', main('m', {restartPolicy: 'OnFailure', rules: [restartAll(88)]}), main('n')),
    [told('m', 1), told('m', 88), told('n', 1), told('m', 88)],
    'Running, m 3 running, n 3 running',
  ],
  [
    "a sidecar's rules do not keep a Pod whose regular containers have ended",
    pod('Never', sidecar('s', {rules: [restartAllBut(0)]}), main('m')),
    [told('m', 0)],
    'Succeeded over, s 0 ended 143|137, m 0 ended 0',
  ],
  [
    'an init container that is not done holds up what follows',
    pod('Never', helper, waiting, main('m')),
    [],
    'Pending, s 0 running, i 0 running, m 0 waiting',
  ],
  [
    'an init container that completes lets the others start',
    pod('Never', helper, waiting, main('m')),
    [told('i', 0)],
    'Running, s 0 running, i 0 ended 0, m 0 running',
  ],
  [
    'an init container that triggers restarts what had run; the others start for the first time',
    pod('Never', init('h'), helper, waiting, main('m')),
    [told('i', 88)],
    'Running, h 1 ended 0, s 1 running, i 1 ended 0, m 0 running',
  ],
  [
    'a sidecar that triggers before the regular containers started restarts from the first init container',
    pod('Never', init('h'), helper, waiting, main('m')),
    [told('s', 88)],
    'Running, h 1 ended 0, s 1 running, i 1 ended 0, m 0 running',
  ],
  [
    'an init container that fails under Never fails the Pod',
    pod('Always', helper, waiting, main('m')),
    [told('i', 1)],
    'Failed over, s 0 ended 143|137, i 0 ended 1, m 0 waiting',
  ],
  [
    'an init container that fails under Always or OnFailure is tried again',
    pod('Always', init('i', {waits: true}), main('m')),
    [told('i', 1)],
    'Running, i 1 ended 0, m 0 running',
  ],
  [
    'one that completes under Always is done',
    pod('Always', init('i', {waits: true}), main('m')),
    [told('i', 0)],
    'Running, i 0 ended 0, m 0 running',
  ],
];

/** How the model ends a story, in words. */
function ending(given: ModelPod, exits: readonly Exit[], by: Laws = laws): string {
  return inWords(predictAll(given, exits, by).at(-1)?.after ?? startUp(given, by));
}

test.each(rows)('%s', (_, given, exits, ends) => {
  expect(ending(given, exits)).toBe(ends);
});

test('a container that does not run can not be told', () => {
  const given = pod('Never', main('m'), main('n'));
  expect(() => predictAll(given, [told('m', 0), told('m', 0)])).toThrow("m does not run, so it can't exit");
  expect(() => predictAll(given, [told('other', 0)])).toThrow('other does not run');
  expect(() => stateOf(startUp(given), 'other')).toThrow('the Pod has no container other');
});

const wrong: Record<string, Partial<Laws>> = {
  'the last rule wins': {
    ruleFor: ({rules}, code) => rules.findLast(rule => laws.ruleFor(main('', {rules: [rule]}), code)),
  },
  'NotIn is read as In': {
    ruleFor: ({rules}, code) => rules.find(({values}) => values.includes(code)),
  },
  'no rule ever matches': {ruleFor: () => undefined},
  "the Pod's policy holds for every container": {
    policyOf: ({restartPolicy}, {kind}) => (kind === 'sidecar' ? 'Always' : restartPolicy),
  },
  'a sidecar follows its Pod': {policyOf: ({restartPolicy}, container) => container.restartPolicy ?? restartPolicy},
  'OnFailure restarts after 0': {restartsBy: policy => policy !== 'Never'},
  'Always leaves 0 completed': {restartsBy: (policy, _, code) => policy !== 'Never' && code !== 0},
  'completed containers stay completed': {startsAgain: (_, ended) => !ended},
  'init containers do not run again': {startsAgain: ({kind}) => kind !== 'init'},
  'sidecars are left alone': {startsAgain: ({kind}) => kind !== 'sidecar'},
  'a sidecar keeps the Pod going': {keepsPodGoing: ({kind}, ended) => kind !== 'init' && !ended},
  'an init container never fails the Pod': {failsPod: () => false},
};

describe('the table refutes a model in which', () => {
  test.each(Object.entries(wrong))('%s', (_, fault) => {
    const differs = rows.filter(([, given, exits, ends]) => {
      try {
        return ending(given, exits, {...laws, ...fault}) !== ends;
      } catch {
        return true; // it lets a container exit that does not run
      }
    });
    expect(differs.length).toBeGreaterThan(0);
  });
});
