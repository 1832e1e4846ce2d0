import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {gate} from '../recording/target.ts';
import {answer, ApiServer, echo, hangUp, refuse, type Answer} from '../testing/api-server.ts';
import {probeDeclaredFeatures, probeDryRun, probeMetric} from './features.ts';

let server: ApiServer;
const {signal} = new AbortController();

beforeEach(async () => {
  server = await ApiServer.start();
});

afterEach(() => server[Symbol.asyncDispose]());

const unsupported =
  'Pod "rac-probe-" is invalid: spec.containers[0].restartPolicyRules[0].action: ' +
  'Unsupported value: "RestartAllContainers": supported values: "Restart"';

describe('the dry-run create', () => {
  test('sends a Pod that is not kept and that the restricted standard admits', async () => {
    server.on('POST', /pods$/, echo);
    await probeDryRun(server.api(), 'busybox:test', 'ns', signal);
    const container = {image: 'busybox:test', securityContext: {runAsNonRoot: true, capabilities: {drop: ['ALL']}}};
    expect(server.received).toMatchObject([{body: {spec: {containers: [container]}}}]);
    expect(server.received[0]?.path).toBe('/api/v1/namespaces/ns/pods');
    expect(server.received[0]?.query.get('dryRun')).toBe('All');
  });

  test.each<[says: string, when: string, say: Answer, detail: RegExp]>([
    ['on', 'the rule comes back', echo, /^accepted, and the rule came back/],
    ['off', 'the action is not supported', refuse(422, unsupported), /^HTTP 422: .*supported values: "Restart"$/],
    [
      'off',
      'the rule is dropped',
      answer({spec: {containers: [{name: 'source'}]}}, 201),
      /rule was dropped: ContainerRestartRules is off/,
    ],
    [
      'off',
      'another action comes back',
      answer({spec: {containers: [{restartPolicyRules: [{action: 'Restart'}]}]}}, 201),
      /rule was dropped/,
    ],
    ['unknown', 'the Pod is refused for another reason', refuse(422, 'spec.containers[0].image: Invalid'), /^HTTP 422/],
    ['unknown', 'the user may not create Pods', refuse(403, 'pods is forbidden'), /^HTTP 403: pods is forbidden$/],
  ])('says %s where %s', async (says, _, say, detail) => {
    server.on('POST', /pods$/, say);
    await expect(probeDryRun(server.api(), 'busybox', 'ns', signal)).resolves.toMatchObject({
      says,
      detail: expect.stringMatching(detail),
    });
  });

  test('is an error where the server does not answer', async () => {
    server.on('POST', /pods$/, hangUp);
    await expect(probeDryRun(server.api(), 'busybox', 'ns', signal)).rejects.toMatchObject({exit: 'unreachable'});
  });
});

test.each<[says: string, nodes: Record<string, boolean>, detail: string]>([
  ['on', {a: true, b: true}, `${gate} declared by all 2 nodes`],
  ['on', {a: true, b: false, c: false}, `${gate} declared by 1 of 3 nodes, not by b, c`],
  ['off', {a: false}, `${gate} declared by none of 1 nodes`],
  ['unknown', {}, 'no node could be read'],
])('declared features say %s for nodes %j', (says, nodes, detail) => {
  const read = Object.entries(nodes).map(([name, declaresFeature]) => ({name, declaresFeature}));
  expect(probeDeclaredFeatures(read)).toEqual({name: 'node.status.declaredFeatures', says, detail});
});

describe('the metric', () => {
  const lines = (value: number) =>
    `# TYPE kubernetes_feature_enabled gauge\nkubernetes_feature_enabled{name="${gate}Too",stage=""} ${1 - value}\n` +
    `kubernetes_feature_enabled{name="${gate}",stage="BETA"} ${value}\n`;
  const line = (value: number) => `kubernetes_feature_enabled{name="${gate}",stage="BETA"} ${value}`;

  test.each<[says: string, when: string, say: Answer, detail: string]>([
    ['on', 'it is 1', response => response.end(lines(1)), line(1)],
    ['off', 'it is 0', response => response.end(lines(0)), line(0)],
    ['unknown', 'the component has no such gate', response => response.end('up 1\n'), 'the component has no such gate'],
    ['unknown', 'it may not be read', refuse(403, 'metrics is forbidden'), 'not readable: metrics is forbidden'],
  ])('says %s where %s', async (says, _, say, detail) => {
    server.on('GET', /metrics$/, say);
    const name = 'kubernetes_feature_enabled of kube-apiserver';
    await expect(probeMetric(server.api(), 'kube-apiserver', '/metrics', signal)).resolves.toEqual({
      name,
      says,
      detail,
    });
  });

  test('says unknown where the component hangs', async () => {
    server.on('GET', /metrics$/, () => undefined);
    const budget = {ms: 20, meaning: '', conformant: ''};
    await expect(probeMetric(server.api(), 'kubelet', '/metrics', signal, budget)).resolves.toMatchObject({
      says: 'unknown',
      detail: 'no answer within 0.02 s',
    });
  });

  test('ends with the run', async () => {
    server.on('GET', /metrics$/, () => undefined);
    const reason = new Error('stopped');
    await expect(probeMetric(server.api(), 'kubelet', '/metrics', AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  test('says unknown where the connection to the component is lost', async () => {
    server.on('GET', /metrics$/, hangUp);
    await expect(probeMetric(server.api(), 'kubelet', '/metrics', signal)).resolves.toMatchObject({
      says: 'unknown',
      detail: expect.stringContaining('not readable: '),
    });
  });
});
