import {join} from 'node:path';
import {describe, expect, test} from '@jest/globals';
import {messageOf} from '../errors.ts';
import {Recorder} from '../recorder/recorder.ts';
import {readRecording} from '../recording/recording.ts';
import type {Scenario} from '../recording/scenario.ts';
import {gate} from '../recording/target.ts';
import {aHeader} from '../testing/a-header.ts';
import {answer, echo, refuse} from '../testing/api-server.ts';
import {recordedTarget} from '../testing/recorded.ts';
import {serverAndFolder} from '../testing/server-and-folder.ts';
import {budgets} from '../timeouts.ts';
import type {ManifestObject} from './manifest.ts';
import {homeOf} from './labels.ts';
import {sendRequests} from './requests.ts';

const {signal} = new AbortController();
const container = {name: 'source', image: 'busybox:test'};
const objects: readonly ManifestObject[] = [
  {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'a'}, spec: {containers: [container]}},
  {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'b'}, spec: {containers: [container]}},
  {apiVersion: 'v1', kind: 'Node', metadata: {name: 'n'}},
];

const site = serverAndFolder();

/** Takes the steps and gives how it ended, and what was recorded. */
async function take(...steps: Scenario['steps']) {
  const api = site.server.api();
  const scheduled = {ms: 50, meaning: '', conformant: ''};
  const file = join(site.folder, 'a.ndjson');
  const options = {api, namespace: 'ns', file, header: aHeader, budgets: {...budgets(), scheduled}, signal};
  const recorder = await Recorder.open(options);
  const subject = {namespace: 'ns', home: homeOf('run1', 'a', undefined), budgets: options.budgets, signal};
  const sender = {api, recorder, objects, subject, image: 'busybox:test', target: recordedTarget};
  const ending = await sendRequests(sender, {steps}).catch((error: unknown) => {
    recorder.close('error', messageOf(error));
    throw error;
  });
  recorder.close(ending.reason, ending.text);
  return {ending, observations: readRecording(file).observations};
}

const sent = () => site.server.received.filter(({path}) => !/\/(pods|events)$/.test(path) || path.includes('eph'));
const posted = () => site.server.received.filter(({method}) => method !== 'GET');

describe('a request', () => {
  test('is a dry run with the manifest changed as told, and fields that are not known are refused', async () => {
    site.server.on('POST', /pods$/, echo);
    const restarts = {containers: {source: {restartPolicy: 'Never'}}};
    const {observations} = await take({do: 'request', name: 'one', verb: 'create', change: restarts});
    const [request] = posted();
    expect(request?.query.toString()).toBe('fieldValidation=Strict&dryRun=All');
    expect(request?.body).toMatchObject({spec: {containers: [{...container, restartPolicy: 'Never'}]}});
    expect(observations).toContainEqual(expect.objectContaining({kind: 'answer', name: 'one', code: 201}));
  });

  test('that is refused is an answer like any other', async () => {
    site.server.on('POST', /pods$/, refuse(422, 'not so'));
    const {ending, observations} = await take({do: 'request', name: 'one', verb: 'create'});
    expect(ending.reason).toBe('settled');
    const body = expect.objectContaining({message: 'not so'});
    expect(observations).toContainEqual(expect.objectContaining({kind: 'answer', name: 'one', code: 422, body}));
  });

  test('on a node goes past the namespace', async () => {
    site.server.on('PATCH', /status$/, answer({kind: 'Node', metadata: {name: 'n', managedFields: []}}));
    const fields = {status: {phase: 'x'}};
    const {observations} = await take({
      do: 'request',
      name: 'one',
      verb: 'patch',
      kind: 'Node',
      subresource: 'status',
      fields,
      stored: true,
    });
    expect(sent()).toMatchObject([{method: 'PATCH', path: '/api/v1/nodes/n/status', body: fields}]);
    expect(posted()[0]?.query.has('dryRun')).toBe(false);
    expect(observations.find(({kind}) => kind === 'answer')).toMatchObject({body: {metadata: {name: 'n'}}});
    expect(JSON.stringify(observations)).not.toContain('managedFields');
  });

  test('adds an ephemeral container with the fields that are told', async () => {
    site.server.on('PATCH', /ephemeralcontainers$/, echo);
    await take({do: 'request', name: 'one', verb: 'debug', object: 'b', fields: {restartPolicy: 'Never'}});
    expect(sent()).toMatchObject([
      {
        path: '/api/v1/namespaces/ns/pods/b/ephemeralcontainers',
        body: {spec: {ephemeralContainers: [{image: 'busybox:test', restartPolicy: 'Never'}]}},
      },
    ]);
  });

  test('on an object that the manifest does not have is a mistake', async () => {
    await expect(take({do: 'request', name: 'one', verb: 'get', object: 'c'})).rejects.toThrow(
      'the manifest has no Pod c',
    );
  });

  test('whose Pod is not scheduled in time ends the recording', async () => {
    const {ending} = await take(
      {do: 'request', name: 'one', verb: 'create', stored: true, until: 'scheduled'},
      {do: 'request', name: 'two', verb: 'get'},
    );
    expect(ending).toEqual({reason: 'out-of-patience', text: 'one: scheduled: not within 0.05 s'});
    expect(posted()).toHaveLength(1);
  });
});

test('a step that is no request is a mistake', async () => {
  await expect(take({do: 'wait', name: 'one'})).rejects.toThrow('wait is no request');
});

test('of every node it is read what its kubelet says of the gate and whether it declares the feature', async () => {
  const nodes = [
    {metadata: {name: 'on'}, status: {declaredFeatures: [gate]}},
    {metadata: {name: 'silent'}, status: {}},
  ];
  site.server
    .on('GET', /^\/api\/v1\/nodes$/, answer({items: nodes}))
    .on('GET', /nodes\/on\/proxy\/metrics$/, response =>
      response.end(`kubernetes_feature_enabled{name="${gate}",stage="BETA"} 1\n`),
    );
  const {observations} = await take({do: 'read gates', name: 'the nodes are read'});
  expect(observations.filter(({kind}) => kind === 'node')).toMatchObject([
    {node: 'on', action: 'read gate', text: 'on'},
    {node: 'on', action: 'read declared feature', text: 'declared'},
    {node: 'silent', action: 'read gate', text: 'unknown'},
    {node: 'silent', action: 'read declared feature', text: 'not declared'},
  ]);
});
