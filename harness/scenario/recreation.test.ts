import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {z} from 'zod';
import {Recorder} from '../recorder/recorder.ts';
import {openExec} from '../target/exec.ts';
import {aHeader} from '../testing/a-header.ts';
import {aPod, running, waiting} from '../testing/a-pod.ts';
import {respond} from '../testing/collection.ts';
import {serverAndFolder} from '../testing/server-and-folder.ts';
import {budgets} from '../timeouts.ts';
import {homeOf} from './labels.ts';
import {recreate} from './recreation.ts';

const {signal} = new AbortController();
const own = {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'pod'}, spec: {containers: [{name: 'a'}]}};
const sent = z.looseObject({
  metadata: z.looseObject({name: z.string()}),
  spec: z.looseObject({affinity: z.unknown()}),
});

const site = serverAndFolder();

/** Creates Pods again on a node that starts those named `up`, and gives the requests that this took. */
async function again(names: readonly string[], pods?: string[], up: readonly string[] = names) {
  const collection = site.server.collection('/api/v1/namespaces/ns/pods');
  const put = (name: string, uid: string, isUp: boolean) => {
    const pod = aPod({name, regular: {a: isUp ? running(uid) : waiting('ContainerCreating')}});
    const metadata = {...pod.metadata, uid: `${name}-${uid}`};
    const version = {...pod, spec: {...pod.spec, nodeName: 'n'}, metadata};
    return collection.put(version);
  };
  for (const name of names) put(name, 'first', true);
  site.server.on('DELETE', /pods\/[^/]+$/, (response, {path}) => {
    collection.remove(path.replace(/.*\//, ''));
    respond(response, 200, {});
  });
  site.server.on('POST', /pods$/, (response, {body}) => {
    const {name} = sent.parse(body).metadata;
    respond(response, 201, put(name, 'second', up.includes(name)));
  });
  const api = site.server.api();
  const short = {ms: 150, meaning: '', conformant: ''};
  const waits = {...budgets(), restart: short, confirm: short, copyReady: {...short, ms: 0}};
  const options = {api, namespace: 'ns', file: join(site.folder, 'a.ndjson'), header: aHeader, budgets: waits, signal};
  const recorder = await Recorder.open(options);
  const home = homeOf('run1', 'a', undefined);
  const subject = {open: openExec(api.config), home, namespace: 'ns', pod: 'pod', budgets: waits, signal};
  await recreate(
    {api, recorder, subject, own},
    {do: 'recreate', name: 'anew', ...(pods === undefined ? {} : {pods})},
  ).finally(() => {
    recorder.close('settled', '');
  });
  return site.server.received.filter(({method}) => method === 'DELETE' || method === 'POST');
}

test('the Pod is deleted, and created when it is gone, for the node that it was on', async () => {
  const requests = await again(['pod']);
  expect(requests.map(({method}) => method)).toEqual(['DELETE', 'POST']);
  const {affinity} = sent.parse(requests.at(-1)?.body).spec;
  expect(JSON.stringify(affinity)).toContain('{"key":"metadata.name","operator":"In","values":["n"]}');
});

test('several Pods are created side by side, those alone that the step names', async () => {
  const requests = await again(['pod', 'pod-2', 'pod-3'], ['pod', 'pod-3']);
  const created = requests.filter(({method}) => method === 'POST').map(({body}) => sent.parse(body).metadata.name);
  expect(created.toSorted()).toEqual(['pod', 'pod-3']);
});

test('the step is not over while one of several is not up', async () => {
  await expect(again(['pod', 'pod-2'], ['pod', 'pod-2'], ['pod'])).rejects.toThrow('all are up: not within 0.15 s');
});
