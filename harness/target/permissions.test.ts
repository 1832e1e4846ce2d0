import {expect, test} from '@jest/globals';
import {ApiServer} from '../testing/api-server.ts';
import {beTarget} from '../testing/target.ts';
import {requirePermissions} from './permissions.ts';
import {rightsOf} from './rights.ts';

const {signal} = new AbortController();
const rights = rightsOf([
  {scenario: {steps: [{do: 'wait', name: 'a'}]}, objects: [{apiVersion: 'apps/v1', kind: 'Deployment'}]},
]);

test('a user with every right passes', async () => {
  await using server = await ApiServer.start();
  beTarget(server);
  await expect(requirePermissions(server.api(), rights, signal)).resolves.toBeUndefined();
  expect(server.received).toHaveLength(rights.length);
});

test('every missing right is named, with what gives it', async () => {
  await using server = await ApiServer.start();
  beTarget(server, {missing: ['"subresource":"exec"', '"verb":"create","resource":"deployments","group":"apps"']});
  await expect(requirePermissions(server.api(), rights, signal)).rejects.toMatchObject({
    exit: 'forbidden',
    message: 'the user of this context may not: get pods/exec, create pods/exec, create deployments.apps',
    next: expect.stringContaining('manifests/rbac/'),
  });
});
