import {expect, test} from '@jest/globals';
import {ApiServer} from '../testing/api-server.ts';
import {beTarget} from '../testing/target.ts';
import {requirePermissions} from './permissions.ts';

const {signal} = new AbortController();

test('a user with every right passes', async () => {
  await using server = await ApiServer.start();
  beTarget(server);
  await expect(requirePermissions(server.api(), signal)).resolves.toBeUndefined();
  expect(server.received.length).toBeGreaterThan(10);
});

test('every missing right is named, with what gives it', async () => {
  await using server = await ApiServer.start();
  beTarget(server, {missing: ['"subresource":"exec"', '"verb":"create","resource":"secrets"']});
  await expect(requirePermissions(server.api(), signal)).rejects.toMatchObject({
    exit: 'forbidden',
    message: 'the user of this context may not: get pods/exec, create pods/exec, create secrets',
    next: expect.stringContaining('manifests/rbac/core.yaml'),
  });
});
