import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {Recorder} from '../recorder/recorder.ts';
import type {Scenario} from '../recording/scenario.ts';
import {openExec} from '../target/exec.ts';
import {aHeader} from '../testing/a-header.ts';
import {aPod, running} from '../testing/a-pod.ts';
import {respond} from '../testing/collection.ts';
import {recordedTarget} from '../testing/recorded.ts';
import {serverAndFolder} from '../testing/server-and-folder.ts';
import {budgets} from '../timeouts.ts';
import {homeOf} from './labels.ts';
import {prepare} from './prepare.ts';

const {signal} = new AbortController();
const daemonSet = {apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: {name: 'set'}, spec: {}};
const manifest = {objects: [daemonSet], pod: 'set', owned: true, containers: ['source'], sha256: ''};
const scenario: Scenario = {
  id: 'daemonset',
  title: '',
  manifest: '',
  steps: [{do: 'exit', name: 'exit', tells: [{container: 'source', code: 88}]}],
};

const site = serverAndFolder();

/** Has a DaemonSet make a Pod for each of two nodes, of which those run that are named, and gives the one that is followed. */
async function followed(declares: Readonly<Record<string, boolean>>, up: readonly string[]): Promise<string> {
  const pods = site.server.collection('/api/v1/namespaces/ns/pods');
  const serviceAccounts = site.server.collection('/api/v1/namespaces/ns/serviceaccounts');
  serviceAccounts.put({metadata: {name: 'default'}});
  site.server.on('POST', /daemonsets$/, (response, {body}) => {
    for (const node of Object.keys(declares)) {
      const pod = aPod({name: `set-${node}`, regular: up.includes(node) ? {source: running(node)} : {}});
      const matchFields = [{key: 'metadata.name', operator: 'In', values: [node]}];
      const required = {nodeSelectorTerms: [{matchFields}]};
      const affinity = {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: required}};
      const ownerReferences = [{kind: 'DaemonSet', name: 'set', uid: 'set', controller: true}];
      const version = {...pod, metadata: {...pod.metadata, ownerReferences}, spec: {...pod.spec, affinity}};
      pods.put(version);
    }
    respond(response, 201, {...daemonSet, ...(typeof body === 'object' ? body : {})});
  });
  const api = site.server.api();
  const waits = {...budgets(), podReady: {ms: 150, meaning: '', conformant: ''}};
  const options = {api, namespace: 'ns', file: join(site.folder, 'a.ndjson'), header: aHeader, budgets: waits, signal};
  const recorder = await Recorder.open(options);
  const home = homeOf('run1', 'a', undefined);
  const subject = {open: openExec(api.config), home, namespace: 'ns', pod: 'set', budgets: waits, signal};
  const [one] = recordedTarget.nodes;
  if (one === undefined) throw new Error('the recorded target has a node');
  const nodes = Object.entries(declares).map(([name, declaresFeature]) => ({...one, name, declaresFeature}));
  try {
    const pod = await prepare({api, recorder, subject, target: {...recordedTarget, nodes}}, manifest, scenario);
    return pod.metadata.name;
  } finally {
    recorder.close('settled', '');
  }
}

test('of a DaemonSet the Pod is followed that was made for a node with the feature', async () => {
  expect(await followed({older: false, newer: true}, ['newer'])).toBe('set-newer');
});

test('all of its Pods are waited for where each node has the feature', async () => {
  await expect(followed({a: true, b: true}, ['a'])).rejects.toThrow('the Pod is ready for the stimulus: not within');
});

test('the first of them is followed', async () => {
  expect(await followed({a: true, b: true}, ['a', 'b'])).toBe('set-a');
});
