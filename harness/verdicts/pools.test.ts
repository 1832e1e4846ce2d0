import {expect, test} from '@jest/globals';
import type {Target} from '../recording/target.ts';
import {recordedTarget} from '../testing/recorded.ts';
import {disagreements, poolsOf} from './pools.ts';
import {releaseFor, skipReason, type Verdict} from './verdict.ts';

type Node = Target['nodes'][number];

const node = (name: string, more: Partial<Node> = {}): Node => ({
  name,
  kubelet: 'v1.36.3',
  runtime: 'containerd://2.1',
  os: 'linux',
  architecture: 'amd64',
  declaresFeature: true,
  controlPlane: false,
  takesPods: true,
  gate: 'on',
  ...more,
});
const old = node('old', {kubelet: 'v1.35.4', declaresFeature: false, gate: 'off'});
const mixed: Target = {...recordedTarget, release: '1.36', probes: [], nodes: [node('new'), old]};
const verdict = (requirement: string, on: string, outcome: Verdict['outcome']): Verdict => ({
  requirement,
  scenario: `on ${on}`,
  node: on,
  outcome,
  expected: '',
  saw: '',
  excerpt: [],
});

test('nodes that are alike are one pool, and each requirement counts once in it', () => {
  const nodes = [node('a'), node('b'), old];
  const verdicts = [
    verdict('CTR-1', 'a', 'Passed'),
    verdict('CTR-1', 'b', 'Failed'),
    verdict('CTR-2', 'old', 'Skipped'),
  ];
  expect(poolsOf({...mixed, nodes}, verdicts)).toMatchObject([
    {kubelet: 'v1.36.3', nodes: ['a', 'b'], counts: {Failed: 1, Passed: 0}},
    {kubelet: 'v1.35.4', nodes: ['old'], counts: {Skipped: 1}},
  ]);
});

const catalogued = {id: 'CTR-1', since: '1.36', gates: 'on'} as const;
const requirement = {
  ...catalogued,
  level: 'MUST',
  title: '',
  source: {document: '', section: ''},
  profile: 'core',
} as const;
const asked = {needs: [], selected: new Set(['CTR-1'])};

test('a requirement is judged by the kubelet of the node on which the Pod ran', () => {
  expect(releaseFor(requirement, mixed, 'new')).toBe('1.36');
  expect(releaseFor(requirement, mixed, 'old')).toBe('1.35');
  expect(skipReason(requirement, mixed, asked)).toBeUndefined();
  expect(skipReason(requirement, mixed, {...asked, node: 'new'})).toBeUndefined();
  expect(skipReason(requirement, mixed, {...asked, node: 'old'})?.why).toBe('holds from 1.36 on; this is 1.35');
});

test('on a node whose kubelet has the gate off, nothing of the restart is judged', () => {
  const since135 = {...requirement, since: '1.35'};
  expect(skipReason(since135, mixed, {...asked, node: 'old'})).toEqual({
    reason: 'gate-off',
    why: 'the feature is off on node old',
  });
});

test.each<[what: string, nodes: Node[], says: string[]]>([
  ['that are alike', [node('a'), node('b')], []],
  ['of which one has the gate off', [node('new'), old], ['the feature is on at new and off at old']],
  [
    'whose word differs from that of its kubelet',
    [node('a', {declaresFeature: false})],
    ['the kubelet of a has the gate on, and the node does not declare the feature'],
  ],
])('of nodes %s is said: %j', (_, nodes, says) => {
  expect(disagreements({...mixed, nodes})).toEqual(says);
});

test('an API server that answers otherwise than its metric says is told', () => {
  const probes = [
    {name: 'server-side dry-run create', says: 'on' as const, detail: ''},
    {name: 'kubernetes_feature_enabled of kube-apiserver', says: 'off' as const, detail: ''},
  ];
  expect(disagreements({...mixed, nodes: [], probes})).toEqual([
    'the API server answers as if the gate were on, and its metric says off',
  ]);
});
