import https from 'node:https';
import {text} from 'node:stream/consumers';
import {describe, expect, test} from '@jest/globals';
import {z} from 'zod';
import {answer, ApiServer, echo, refuse} from '../testing/api-server.ts';
import {budgets} from '../timeouts.ts';
import {Injection, removeWebhooks, type InjectionSite} from './injection.ts';
import {homeOf} from './labels.ts';
import type {Manifest} from './manifest.ts';

const configurations = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
const {signal} = new AbortController();

const configurationSchema = z.looseObject({
  webhooks: z.tuple([
    z.looseObject({clientConfig: z.object({url: z.string(), caBundle: z.string()}), failurePolicy: z.string()}),
  ]),
});

const site = (server: ApiServer): InjectionSite => ({
  api: server.api(),
  home: homeOf('run1', 'a', undefined),
  address: '127.0.0.1',
  budgets: {...budgets(), webhookCalled: {ms: 200, meaning: '', conformant: ''}},
  signal,
});

const manifest: Manifest = {
  objects: [{apiVersion: 'v1', kind: 'Pod', metadata: {name: 'a'}}],
  pod: 'a',
  owned: false,
  containers: ['worker'],
  sha256: '',
};

/** Sends a review as the API server does, trusting the certificate of the configuration alone. */
async function call({webhooks: [{clientConfig}]}: z.infer<typeof configurationSchema>, body: object): Promise<string> {
  const ca = Buffer.from(clientConfig.caBundle, 'base64');
  const {promise, resolve, reject} = Promise.withResolvers<string>();
  const request = https.request(
    clientConfig.url,
    {method: 'POST', ca, agent: false},
    response => void text(response).then(resolve),
  );
  request.on('error', reject).end(JSON.stringify(body));
  return promise;
}

describe('the webhook', () => {
  test('is served where its configuration says, and is gone with it', async () => {
    await using server = await ApiServer.start();
    server.on('POST', new RegExp(`${configurations}$`), echo);
    server.on('DELETE', new RegExp(`${configurations}/rac-run1-a$`), answer({}));
    const injection = await Injection.open(site(server), 'injected');
    const sent = configurationSchema.parse(server.received[0]?.body);
    const worker = {name: 'worker', command: ['sh', '-c', 'script', 'worker', 'regular']};
    const review = {request: {uid: '1', object: {spec: {containers: [worker]}}}};
    expect(JSON.parse(await call(sent, review))).toMatchObject({response: {uid: '1', allowed: true}});
    expect(await call(sent, {})).toContain('request');
    expect(sent.webhooks[0].failurePolicy).toBe('Fail');
    await injection[Symbol.asyncDispose]();
    expect(server.received.at(-1)).toMatchObject({method: 'DELETE', path: `${configurations}/rac-run1-a`});
    await expect(call(sent, review)).rejects.toThrow('ECONNREFUSED');
  });

  test('is not served on where the configuration is refused', async () => {
    await using server = await ApiServer.start();
    server.on('POST', new RegExp(`${configurations}$`), refuse(403, 'no'));
    await expect(Injection.open(site(server), 'injected')).rejects.toThrow('no');
  });

  test('is ready once a Pod comes back with the sidecar, and not before', async () => {
    await using server = await ApiServer.start();
    server.on('POST', new RegExp(`${configurations}$`), echo);
    server.collection('/api/v1/namespaces/rac-run1-a/serviceaccounts').put({metadata: {name: 'default'}});
    await using injection = await Injection.open(site(server), 'injected');
    server.on('POST', /\/pods$/, answer({spec: {initContainers: []}}));
    await expect(injection.ready(manifest)).rejects.toThrow('does not call the webhook after 0.2 s');
    server.on('POST', /\/pods$/, answer({spec: {initContainers: [{name: 'injected'}]}}));
    await expect(injection.ready(manifest)).resolves.toBeUndefined();
    expect(server.received.at(-1)?.query.get('dryRun')).toBe('All');
  });
});

test('all webhooks of a run are removed', async () => {
  await using server = await ApiServer.start();
  const names = ['a', 'b'];
  const items = names.map(name => ({metadata: {name}}));
  server.on('GET', new RegExp(`${configurations}$`), answer({items}));
  server.on('DELETE', new RegExp(`${configurations}/`), answer({}));
  await expect(removeWebhooks(server.api(), 'run1')).resolves.toEqual(names);
  expect(server.received[0]?.query.get('labelSelector')).toBe('restart-all-containers/run=run1');
  expect(server.received.filter(({method}) => method === 'DELETE')).toHaveLength(names.length);
});
