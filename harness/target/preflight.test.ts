import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {SuiteError} from '../errors.ts';
import {targetSchema, type Target} from '../recording/target.ts';
import {answer, ApiServer, echo, hangUp, refuse, type Answer} from '../testing/api-server.ts';
import {beTarget, type TargetShape} from '../testing/target.ts';
import {Access} from './access.ts';
import {preflight, type Asked} from './preflight.ts';

let server: ApiServer;

beforeEach(async () => {
  server = await ApiServer.start();
});

afterEach(() => server[Symbol.asyncDispose]());

const learn = (
  asked: Partial<Pick<Asked, 'namespace' | 'placement' | 'planned'>> = {},
  {signal} = new AbortController(),
): Promise<Target> => {
  const access = new Access(server.api(), asked.namespace, signal);
  return preflight(server.api(), {image: 'busybox:test', has: [], access, planned: [], ...asked}, signal);
};
const says = ({probes}: Target): string[] => probes.map(probe => probe.says);

test('a target is its version, its nodes and what each probe says', async () => {
  beTarget(server, {serverMetric: 1, kubeletMetrics: {worker: 1}});
  const target = await learn();
  expect(target).toMatchObject({server: 'v1.35.4', release: '1.35', image: 'busybox:test', feature: 'on'});
  expect(target.nodes).toEqual([
    {
      name: 'worker',
      kubelet: 'v1.35.4',
      runtime: 'containerd://2.1',
      os: 'linux',
      architecture: 'amd64',
      declaresFeature: true,
      controlPlane: false,
      takesPods: true,
      gate: 'on',
    },
  ]);
  expect(target.probes.map(({name}) => name)).toEqual([
    'server-side dry-run create',
    'node.status.declaredFeatures',
    'kubernetes_feature_enabled of kube-apiserver',
    'kubernetes_feature_enabled of kubelet on worker',
  ]);
  expect(targetSchema.parse(target)).toEqual(target);
});

test.each([
  [true, true],
  [false, false],
  [undefined, false],
])('user namespaces are there where every runtime says so: %s', async (userNamespaces, there) => {
  beTarget(server, {nodes: {a: true, b: true}, ...(userNamespaces === undefined ? {} : {userNamespaces})});
  expect((await learn()).has.includes('user namespaces')).toBe(there);
});

describe('the feature is', () => {
  const off = refuse(422, 'spec.containers[0].restartPolicyRules[0].action: Unsupported value');

  test.each<[feature: 'on' | 'off', when: string, shape: TargetShape, says: string[]]>([
    ['on', 'no metric can be read', {}, ['on', 'on', 'unknown', 'unknown']],
    ['on', 'some nodes declare it', {nodes: {a: true, b: false}}, ['on', 'on', 'unknown', 'unknown', 'unknown']],
    [
      'on',
      'one of two kubelets has it off',
      {nodes: {a: true, b: true}, kubeletMetrics: {a: 1, b: 0}},
      ['on', 'on', 'unknown', 'on', 'off'],
    ],
    ['off', 'the server refuses the action', {dryRun: off}, ['off', 'on', 'unknown', 'unknown']],
    ['off', "the server's metric disagrees with it", {serverMetric: 0}, ['on', 'on', 'off', 'unknown']],
    ['off', 'no node declares it', {nodes: {worker: false}}, ['on', 'off', 'unknown', 'unknown']],
    [
      'on',
      'a kubelet has it on and no node declares it',
      {nodes: {worker: false}, kubeletMetrics: {worker: 1}},
      ['on', 'off', 'unknown', 'on'],
    ],
    ['off', 'no kubelet has it on', {kubeletMetrics: {worker: 0}}, ['on', 'on', 'unknown', 'off']],
  ])('%s where %s', async (feature, _, shape, probes) => {
    beTarget(server, shape);
    const target = await learn();
    expect(target.feature).toBe(feature);
    expect(says(target)).toEqual(probes);
  });

  test('not known by its nodes where they may not be listed', async () => {
    beTarget(server, {missing: ['"resource":"nodes"']});
    const target = await learn();
    expect(target.nodes).toEqual([]);
    expect(server.received.filter(({path}) => path.includes('nodes'))).toEqual([]);
    expect(says(target)).toEqual(['on', 'unknown', 'unknown']);
  });
});

describe('the gates that the API server has off are', () => {
  const unsupported = refuse(422, 'spec.containers[0].restartPolicyRules[0].action: Unsupported value');
  const drops = answer({spec: {containers: [{name: 'source'}]}}, 201);

  test.each<[gates: string | undefined, when: string, shape: TargetShape]>([
    [undefined, 'the feature is on', {}],
    ['off', 'its metric says so', {serverMetric: 0}],
    ['off', 'it refuses the action', {dryRun: unsupported}],
    ['rules-off', 'it drops the rule', {dryRun: drops, serverMetric: 0}],
    [undefined, 'only the nodes have them off', {nodes: {worker: false}}],
    [undefined, 'it refuses the action though its metric says on', {dryRun: unsupported, serverMetric: 1}],
  ])('%s where %s', async (gates, _, shape) => {
    beTarget(server, shape);
    expect((await learn()).gatesOff).toBe(gates);
  });
});

describe('what scenarios may need is', () => {
  const rights = ['right to patch Pods and create Deployments', 'right to create nodes'];

  test.each<[has: string[], when: string, shape: TargetShape]>([
    [rights, 'every right is there', {}],
    [rights.slice(1), 'Deployments may not be created', {missing: ['"resource":"deployments","group":"apps"']}],
    [rights.slice(0, 1), 'the status of nodes may not be patched', {missing: ['"nodes","subresource":"status"']}],
    [[...rights, 'right to read kubelet metrics'], 'a kubelet tells its gates', {kubeletMetrics: {worker: 1}}],
  ])('%j where %s', async (has, _, shape) => {
    beTarget(server, shape);
    expect((await learn()).has.filter(need => need.startsWith('right'))).toEqual(has);
  });
});

describe('JobSet', () => {
  const gateOff = 'InPlaceRestart restart strategy cannot be set when InPlaceRestart feature gate is disabled';

  test.each<[there: boolean, when: string, shape: TargetShape]>([
    [false, 'its CRD is not installed', {}],
    [true, 'a JobSet with in-place restart is accepted', {jobSet: echo}],
    [false, 'its webhook refuses that', {jobSet: refuse(422, gateOff)}],
    [false, 'its CRD does not know that', {jobSet: answer({spec: {failurePolicy: {maxRestarts: 1}}}, 201)}],
    [true, 'its webhook does not answer', {jobSet: refuse(500, 'failed calling webhook')}],
  ])('is there: %s, where %s', async (there, _, shape) => {
    beTarget(server, shape);
    expect((await learn()).has.includes('JobSet')).toBe(there);
    const sent = server.received.find(({path}) => path.endsWith('/jobsets'));
    expect(sent?.query.get('dryRun')).toBe(shape.jobSet === undefined ? undefined : 'All');
  });
});

describe('a target that can not be used', () => {
  test.each<[what: string, path: RegExp, say: Answer, exit: string, message: RegExp]>([
    ['does not answer', /version$/, hangUp, 'unreachable', /does not answer/],
    [
      'does not take the credentials',
      /version$/,
      refuse(401, 'Unauthorized'),
      'forbidden',
      /credentials.*Unauthorized/,
    ],
    ['is no Kubernetes', /version$/, answer({hello: 'world'}), 'badContext', /does not answer as a Kubernetes API/],
    ['sends a web page', /version$/, response => response.end('<html>'), 'badContext', /as a Kubernetes API/],
    ['goes away later', /nodes$/, hangUp, 'unreachable', /does not answer/],
  ])('since it %s is an error with its cause', async (_, path, say, exit, message) => {
    beTarget(server);
    server.on('GET', path, say);
    await expect(learn()).rejects.toMatchObject({exit, message: expect.stringMatching(message)});
  });

  test('since a right is missing is an error', async () => {
    beTarget(server, {missing: ['"namespaces"']});
    await expect(learn()).rejects.toMatchObject({
      exit: 'forbidden',
      message: expect.stringContaining('create namespaces, delete namespaces'),
    });
  });

  test('since the namespace is not there is wrong use, unless this user may not look', async () => {
    beTarget(server);
    server.on('GET', /\/namespaces\/absent$/, refuse(404, 'namespaces "absent" not found'));
    await expect(learn({namespace: 'absent'})).rejects.toMatchObject({
      exit: 'usage',
      message: 'namespace absent is not there',
      next: expect.stringContaining('kubectl create namespace absent'),
    });
    beTarget(server, {missing: ['"resource":"namespaces"']});
    await expect(learn({namespace: 'absent'})).resolves.toMatchObject({namespace: 'absent'});
  });

  test('is not blamed for the end of the run', async () => {
    const reason = new SuiteError('interrupted', 'stopped by SIGINT');
    const stop = new AbortController();
    server.on('GET', /version$/, () => {
      stop.abort(reason);
    });
    await expect(learn({}, stop)).rejects.toBe(reason);
  });
});
