import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {answer, ApiServer, refuse} from '../testing/api-server.ts';
import {budgets} from '../timeouts.ts';
import {runLabel} from './labels.ts';
import {deleteObjects, objectsIn, removeObjects, type Place} from './objects.ts';

let server: ApiServer;
let place: Place;

const base = '/api/v1/namespaces/ns';
const put = (resource: string, name: string, run: string | undefined): void => {
  const labels = run === undefined ? undefined : {[runLabel]: run};
  const metadata = {name, labels, uid: `uid-of-${name}`, creationTimestamp: '2026-01-01T00:00:00Z'};
  server.collection(`${base}/${resource}`).put({metadata});
};
const deletions = () => server.received.filter(({method}) => method === 'DELETE').map(({path, body}) => ({path, body}));

beforeEach(async () => {
  server = await ApiServer.start();
  place = {api: server.api(), namespace: 'ns', may: ([, resource]) => Promise.resolve(resource !== 'secrets')};
  put('pods', 'own', 'run1');
  put('configmaps', 'own', 'run1');
  put('configmaps', 'anothers', 'run2');
  put('configmaps', 'of-the-user', undefined);
});

afterEach(() => server[Symbol.asyncDispose]());

test('the objects of runs are found by their label, with whose they are', async () => {
  const found = await objectsIn(place);
  expect(found.map(({run, name}) => `${run} ${name}`)).toEqual([
    'run1 pod/own',
    'run1 configmap/own',
    'run2 configmap/anothers',
  ]);
});

test('a kind that this user may not list is not asked for, and one that the target does not have is none', async () => {
  await objectsIn(place);
  const asked = server.received.map(({path}) => path);
  expect(asked).not.toContain(`${base}/secrets`);
  expect(asked).toContain('/apis/jobset.x-k8s.io/v1alpha2/namespaces/ns/jobsets');
});

test('what a run made is deleted, each by its UID, and nothing else of the namespace', async () => {
  await expect(deleteObjects(place, {run: 'run1'})).resolves.toEqual(['pod/own', 'configmap/own']);
  expect(server.collection(`${base}/configmaps`).names).toEqual(['anothers', 'of-the-user']);
  expect(deletions()).toMatchObject([
    {path: `${base}/pods/own`, body: {preconditions: {uid: 'uid-of-own'}, gracePeriodSeconds: 1}},
    {path: `${base}/configmaps/own`, body: {preconditions: {uid: 'uid-of-own'}, propagationPolicy: 'Background'}},
  ]);
});

test('of one scenario, its label is asked for too', async () => {
  await deleteObjects(place, {run: 'run1', scenario: 'loop'});
  expect(server.received[0]?.query.get('labelSelector')).toBe(
    'restart-all-containers/run=run1,restart-all-containers/scenario=loop',
  );
});

test.each([404, 409])('what went meanwhile (%d) is fine', async code => {
  server.on('DELETE', /./, refuse(code, 'gone'));
  await expect(deleteObjects(place, {run: 'run1'})).resolves.toHaveLength(2);
});

test('Pods are waited for until they are gone', async () => {
  server.on('DELETE', /pods\/own$/, response => {
    response.end('{}');
    server.collection(`${base}/pods`).remove('own');
  });
  await expect(removeObjects(place, 'run1', budgets())).resolves.toEqual({
    removed: ['pod/own', 'configmap/own'],
    left: [],
  });
});

test('a Pod that does not go is named', async () => {
  server.on('DELETE', /pods\/own$/, answer({}));
  const impatient = {...budgets(), cleanup: {...budgets().cleanup, ms: 50}};
  await expect(removeObjects(place, 'run1', impatient)).resolves.toMatchObject({left: ['pod/own']});
});
