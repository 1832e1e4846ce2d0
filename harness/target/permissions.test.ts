import {expect, test} from '@jest/globals';
import {ApiServer} from '../testing/api-server.ts';
import {beTarget} from '../testing/target.ts';
import {Access} from './access.ts';
import {missingByScenario, requirePermissions, type Planned} from './permissions.ts';
import {rightsOfEveryRun} from './rights.ts';

const {signal} = new AbortController();
const accessOf = (server: ApiServer, namespace?: string): Access => new Access(server.api(), namespace, signal);

const planned = (id: string, kind: string, admits?: 'privileged'): Planned => ({
  scenario: {id, title: '', manifest: '', steps: [{do: 'wait', name: 'a'}], ...(admits === undefined ? {} : {admits})},
  objects: [{apiVersion: kind === 'Deployment' ? 'apps/v1' : 'v1', kind}],
});

test('a user with every right passes, and each is asked for once', async () => {
  await using server = await ApiServer.start();
  beTarget(server);
  const access = accessOf(server);
  await expect(requirePermissions(access, 'own')).resolves.toBeUndefined();
  await expect(requirePermissions(access, 'own')).resolves.toBeUndefined();
  expect(server.received).toHaveLength(rightsOfEveryRun('own').length);
});

test('every missing right that no run can do without is named, with what gives it', async () => {
  await using server = await ApiServer.start();
  beTarget(server, {missing: ['"subresource":"exec"', '"verb":"create","resource":"namespaces"']});
  await expect(requirePermissions(accessOf(server), 'own')).rejects.toMatchObject({
    exit: 'forbidden',
    message: 'the user of this context may not: create namespaces, get pods/exec, create pods/exec',
    next: expect.stringContaining('--namespace'),
  });
});

test('in a namespace that is given no right on namespaces is needed, and every other is asked for there', async () => {
  await using server = await ApiServer.start();
  beTarget(server, {missing: ['"resource":"namespaces"']});
  await expect(requirePermissions(accessOf(server, 'ns'), 'given')).resolves.toBeUndefined();
  expect(server.received.map(({body}) => body)).toEqual(
    server.received.map(() => ({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: {resourceAttributes: expect.objectContaining({namespace: 'ns'})},
    })),
  );
});

test('what has no namespace, and what is no resource, is asked for without one', async () => {
  await using server = await ApiServer.start();
  beTarget(server);
  const access = accessOf(server, 'ns');
  await access.missing([
    ['list', 'nodes'],
    ['get', '/metrics'],
  ]);
  expect(server.received).toMatchObject([
    {body: {spec: {resourceAttributes: {verb: 'list', resource: 'nodes'}}}},
    {body: {spec: {nonResourceAttributes: {verb: 'get', path: '/metrics'}}}},
  ]);
  expect(JSON.stringify(server.received.map(({body}) => body))).not.toContain('"ns"');
});

test('a scenario that this user may not run is named with the rights that are missing', async () => {
  await using server = await ApiServer.start();
  beTarget(server, {missing: ['"resource":"deployments"']});
  const all = [planned('a', 'Pod'), planned('b', 'Deployment'), planned('c', 'Pod', 'privileged')];
  await expect(missingByScenario(accessOf(server), all, 'own')).resolves.toEqual({b: ['create deployments.apps']});
  await expect(missingByScenario(accessOf(server, 'ns'), all, 'given')).resolves.toEqual({
    b: ['create/list/delete deployments.apps'],
    c: ['create a namespace that admits privileged Pods'],
  });
});
