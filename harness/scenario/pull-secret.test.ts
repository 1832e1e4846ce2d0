import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {ApiServer, answer, refuse} from '../testing/api-server.ts';
import {copyPullSecret, readPullSecret} from './pull-secret.ts';

const {signal} = new AbortController();
const path = /\/namespaces\/team\/secrets\/pull$/;
const type = 'kubernetes.io/dockerconfigjson';
const data = {'.dockerconfigjson': 'e30='};

let server: ApiServer;

beforeEach(async () => {
  server = await ApiServer.start();
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
});

test('a Secret is read where it lies and copied to where Pods are', async () => {
  server.on('GET', path, answer({metadata: {name: 'pull', namespace: 'team'}, type, data}));
  const secret = await readPullSecret(server.api(), 'team/pull', signal);
  expect(secret).toEqual({name: 'pull', namespace: 'team', type, data});
  await copyPullSecret(server.api(), secret, 'rac-abc-loop');
  await copyPullSecret(server.api(), secret, 'team');
  const made = server.received.filter(({method}) => method === 'POST');
  expect(made.map(({path: to, body}) => [to, body])).toEqual([
    [
      '/api/v1/namespaces/rac-abc-loop/secrets',
      {apiVersion: 'v1', kind: 'Secret', metadata: {name: 'pull'}, type, data},
    ],
  ]);
});

test('without a namespace it lies in that of the context', async () => {
  server.on('GET', /\/namespaces\/default\/secrets\/pull$/, answer({type, data}));
  expect(await readPullSecret(server.api(), 'pull', signal)).toMatchObject({namespace: 'default'});
});

test.each([
  [refuse(404, 'not found'), 'usage', "Secret team/pull can't be read: not found"],
  [refuse(403, 'may not'), 'forbidden', "Secret team/pull can't be read: may not"],
  [answer({type: 'Opaque', data}), 'usage', 'Secret team/pull is of type Opaque, with which no image is pulled'],
])('one that is of no use is refused', async (says, exit, message) => {
  server.on('GET', path, says);
  await expect(readPullSecret(server.api(), 'team/pull', signal)).rejects.toMatchObject({exit, message});
});
