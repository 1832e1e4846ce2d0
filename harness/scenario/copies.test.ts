import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {z} from 'zod';
import {Recorder} from '../recorder/recorder.ts';
import {readRecording} from '../recording/recording.ts';
import {openExec} from '../target/exec.ts';
import {aHeader} from '../testing/a-header.ts';
import {aPod, running, waiting} from '../testing/a-pod.ts';
import {respond} from '../testing/collection.ts';
import {serverAndFolder} from '../testing/server-and-folder.ts';
import {budgets} from '../timeouts.ts';
import {createCopies} from './copies.ts';
import {homeOf} from './labels.ts';
import {podsOf} from './several-pods.ts';

const {signal} = new AbortController();
const own = {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'pod'}, spec: {containers: [{name: 'a'}]}};
const pods = ['pod', 'pod-2', 'pod-3', 'pod-4'];
const sent = z.looseObject({metadata: z.looseObject({name: z.string()})});

const site = serverAndFolder();

/** Asks a node that gets only some Pods up for four of them, and gives those that are told to exit, and the recording's gaps. */
async function fourOn(up: readonly string[]) {
  const collection = site.server.collection('/api/v1/namespaces/ns/pods');
  const put = (name: string, more = {}) => {
    const pod = aPod({name, regular: {a: up.includes(name) ? running(name) : waiting('ContainerCreating')}});
    const version = {...pod, spec: {...pod.spec, nodeName: 'n'}, metadata: {...pod.metadata, ...more}};
    return collection.put(version);
  };
  put('pod');
  site.server.on('POST', /pods$/, (response, {body}) => {
    respond(response, 201, put(sent.parse(body).metadata.name));
  });
  site.server.on('DELETE', /pods\/pod-\d$/, (response, {path}) => {
    respond(response, 200, put(path.replace(/.*\//, ''), {deletionTimestamp: 'now'}));
  });
  const api = site.server.api();
  const short = {ms: 100, meaning: '', conformant: ''};
  const waits = {...budgets(), podReady: short, copyReady: {...short, ms: 0}};
  const options = {api, namespace: 'ns', file: join(site.folder, 'a.ndjson'), header: aHeader, budgets: waits, signal};
  const recorder = await Recorder.open(options);
  const home = homeOf('run1', 'a', undefined);
  const subject = {open: openExec(api.config), home, namespace: 'ns', pod: 'pod', budgets: waits, signal};
  await createCopies({api, recorder, subject, may: () => Promise.resolve(false)}, own, 4);
  await recorder.confirm();
  const told = podsOf({pods}, recorder);
  recorder.close('settled', '');
  const {observations} = readRecording(options.file);
  return {told, gaps: observations.flatMap(o => (o.kind === 'gap' ? [`${o.resource}: ${o.why}`] : []))};
}

test('all Pods of a node that gets them up are told', async () => {
  const {told, gaps} = await fourOn(pods);
  expect(told).toEqual(pods);
  expect(gaps).toEqual([]);
});

test('a Pod that does not get up in time is taken away and not told, and the recording says so', async () => {
  const {told, gaps} = await fourOn(['pod', 'pod-2', 'pod-4']);
  expect(told).toEqual(['pod', 'pod-2', 'pod-4']);
  expect(gaps).toEqual(['copies: 3 of 4 Pods got up within 0.1 s and 0 s for each']);
});
