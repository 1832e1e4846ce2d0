import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {ApiServer} from '../testing/api-server.ts';
import {budgets} from '../timeouts.ts';
import {runLabel} from './labels.ts';
import {leftBehind, removeRun, type Fate, type Site} from './removal.ts';

let server: ApiServer;
let site: Site;

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const put = (name: string, run: string, minutes: number): void => {
  const metadata = {name, labels: {[runLabel]: run}, creationTimestamp: minutesAgo(minutes)};
  server.collection('/api/v1/namespaces').put({metadata});
};

beforeEach(async () => {
  server = await ApiServer.start();
  const may: Site['may'] = ([, resource]) => Promise.resolve(['namespaces', 'pods'].includes(resource));
  site = {api: server.api(), namespace: undefined, may, budgets: budgets()};
  put('old-1', 'old', 300);
  put('old-2', 'old', 61);
  put('long-1', 'long', 300);
  put('long-2', 'long', 2);
  put('killed', 'killed', 1);
});

afterEach(() => server[Symbol.asyncDispose]());

test.each<[fate: Fate, left: string[]]>([
  ['is not known', ['old']],
  ['goes on', []],
  ['is over', ['old', 'long', 'killed']],
])('of runs of which one knows that each %s, these are left behind: %j', async (fate, left) => {
  await expect(leftBehind(site, () => fate)).resolves.toEqual(left);
});

test('a run is removed, and another that goes on beside it is not', async () => {
  await expect(removeRun(site, 'killed')).resolves.toEqual({removed: ['namespace/killed'], left: []});
  expect(server.collection('/api/v1/namespaces').names).toEqual(['old-1', 'old-2', 'long-1', 'long-2']);
});

test('what this user may not list is not asked for', async () => {
  await removeRun(site, 'killed');
  expect(server.received.filter(({path}) => /nodes|webhook|volumes/.test(path))).toEqual([]);
});
