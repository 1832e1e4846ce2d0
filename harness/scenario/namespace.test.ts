import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {SuiteError} from '../errors.ts';
import {OutOfPatience} from '../recorder/recorder.ts';
import {ApiServer, refuse} from '../testing/api-server.ts';
import type {Collection} from '../testing/collection.ts';
import {budgets} from '../timeouts.ts';
import {runLabel} from './labels.ts';
import {awaitServiceAccount, createNamespace, deleteNamespace, removeNamespaces} from './namespace.ts';

let server: ApiServer;
let namespaces: Collection;

const {signal} = new AbortController();
const may = () => Promise.resolve(true);
const impatient = {...budgets(), cleanup: {...budgets().cleanup, ms: 50}};

beforeEach(async () => {
  server = await ApiServer.start();
  namespaces = server.collection('/api/v1/namespaces');
});

afterEach(() => server[Symbol.asyncDispose]());

const put = (name: string, run: string | undefined): void => {
  const labels = run === undefined ? undefined : {[runLabel]: run};
  namespaces.put({metadata: {name, labels}});
};

describe('a namespace', () => {
  test('carries the label of its run and admits what the restricted standard admits', async () => {
    await createNamespace(server.api(), 'a', 'run1', 'restricted', signal);
    const labels = {[runLabel]: 'run1', 'pod-security.kubernetes.io/enforce': 'restricted'};
    expect(namespaces.object('a')).toMatchObject({metadata: {labels}});
  });

  test('that may not be created is a missing right', async () => {
    server.on('POST', /namespaces$/, refuse(403, 'namespaces is forbidden'));
    await expect(createNamespace(server.api(), 'a', 'run1', 'restricted', signal)).rejects.toMatchObject({
      exit: 'forbidden',
      message: "namespace a can't be created: namespaces is forbidden",
    });
  });

  test.each([429, 500])('that is refused with %d is not recorded, in the words of the server', async code => {
    server.on('POST', /namespaces$/, refuse(code, 'admission webhook "w" failed'));
    await expect(createNamespace(server.api(), 'a', 'run1', 'restricted', signal)).rejects.toMatchObject({
      exit: 'notRecorded',
      message: 'namespace a can\'t be created: admission webhook "w" failed',
    });
  });

  test('is not created after the end of the run', async () => {
    const reason = new SuiteError('interrupted', 'stopped by SIGINT');
    await expect(createNamespace(server.api(), 'a', 'run1', 'restricted', AbortSignal.abort(reason))).rejects.toBe(
      reason,
    );
    expect(server.received).toEqual([]);
  });

  test('is deleted with its Pods, within a second', async () => {
    await createNamespace(server.api(), 'a', 'run1', 'restricted', signal);
    await deleteNamespace(server.api(), 'a', may);
    expect(namespaces.names).toEqual([]);
    const last = server.received.at(-1);
    expect(last).toMatchObject({method: 'DELETE', path: '/api/v1/namespaces/a/pods'});
    expect(Number(last?.query.get('gracePeriodSeconds') ?? NaN)).toBeLessThanOrEqual(1);
  });

  test('that is gone already is no error', async () => {
    await expect(deleteNamespace(server.api(), 'gone', may)).resolves.toBeUndefined();
  });

  test('is deleted without asking for its Pods where the user may not delete those', async () => {
    await createNamespace(server.api(), 'a', 'run1', 'restricted', signal);
    await deleteNamespace(server.api(), 'a', right => Promise.resolve(right[0] !== 'deletecollection'));
    expect(server.received.map(({method, path}) => `${method} ${path}`)).toEqual([
      'POST /api/v1/namespaces',
      'DELETE /api/v1/namespaces/a',
    ]);
  });

  test('that is being deleted already is no error', async () => {
    server.on('DELETE', /a$/, refuse(409, 'the system is ensuring that all content is removed'));
    await expect(deleteNamespace(server.api(), 'a', may)).resolves.toBeUndefined();
  });

  test('that may not be deleted is an error', async () => {
    server.on('DELETE', /a$/, refuse(403, 'namespaces is forbidden'));
    await expect(deleteNamespace(server.api(), 'a', may)).rejects.toThrow('namespaces is forbidden');
  });
});

describe('the wait for the service account', () => {
  const path = '/api/v1/namespaces/a/serviceaccounts';

  test('ends as soon as it is there', async () => {
    const wait = awaitServiceAccount(server.api(), 'a', budgets().cleanup, signal);
    await server.collection(path).until(() => server.collection(path).openWatches === 1);
    server.collection(path).put({metadata: {name: 'other'}});
    server.collection(path).put({metadata: {name: 'default'}});
    await expect(wait).resolves.toBeUndefined();
    await server.collection(path).until(() => server.collection(path).openWatches === 0);
  });

  test('is out of patience where it does not come, even where the list hangs', async () => {
    server.on('GET', /serviceaccounts$/, () => undefined);
    await expect(awaitServiceAccount(server.api(), 'a', impatient.cleanup, signal)).rejects.toThrow(OutOfPatience);
  });

  test('ends with the reason of the run where that is broken off', async () => {
    const reason = new SuiteError('interrupted', 'stopped by SIGINT');
    const stop = new AbortController();
    server.on('GET', /serviceaccounts$/, () => {
      stop.abort(reason);
    });
    await expect(awaitServiceAccount(server.api(), 'a', budgets().cleanup, stop.signal)).rejects.toBe(reason);
  });
});

describe('what a run leaves', () => {
  beforeEach(() => {
    put('own', 'run1');
    put('old', 'run0');
    put('young', 'run2');
    put('default', undefined);
  });

  test.each([
    ['of that run', 'run1', ['own']],
    ['of an older one', 'run0', ['old']],
    ['of a run that left nothing', 'run9', []],
  ])('is removed: all %s and nothing else', async (_, run, removed) => {
    await expect(removeNamespaces(server.api(), run, budgets(), may)).resolves.toEqual({removed, left: []});
    expect(namespaces.names).toEqual(['own', 'old', 'young', 'default'].filter(name => !removed.includes(name)));
  });

  test('is waited for until it is gone', async () => {
    server.on('DELETE', /own$/, response => {
      response.end('{}');
      namespaces.remove('own');
    });
    await expect(removeNamespaces(server.api(), 'run1', budgets(), may)).resolves.toMatchObject({left: []});
    await namespaces.until(() => namespaces.openWatches === 0);
  });

  test('is named at once where it may not be deleted, and the others go', async () => {
    put('second', 'run1');
    server.on('DELETE', /own$/, refuse(429, 'too many requests'));
    await expect(removeNamespaces(server.api(), 'run1', budgets(), may)).resolves.toEqual({
      removed: ['second'],
      left: ['own'],
    });
  });

  test('is named where it does not go', async () => {
    server.on('DELETE', /own$/, response => response.end('{}'));
    await expect(removeNamespaces(server.api(), 'run1', impatient, may)).resolves.toEqual({removed: [], left: ['own']});
  });
});
