import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {answer, ApiServer, refuse} from '../testing/api-server.ts';
import {removeNodes} from './nodes.ts';

let server: ApiServer;

beforeEach(async () => {
  server = await ApiServer.start();
});

afterEach(() => server[Symbol.asyncDispose]());

const aNode = (name: string, creationTimestamp: string) => ({metadata: {name, creationTimestamp}});
const now = new Date().toISOString();
const longAgo = '2026-01-01T00:00:00Z';
const deleted = () => server.received.filter(({method}) => method === 'DELETE').map(({path}) => path);
const serve = (...nodes: object[]): void => {
  server
    .on('GET', /^\/api\/v1\/nodes$/, answer({items: nodes}))
    .on('GET', /^\/api\/v1\/pods$/, answer({items: [{metadata: {name: 'p', namespace: 'n', creationTimestamp: now}}]}))
    .on('DELETE', /./, answer({kind: 'Status'}));
};

test('the nodes of a run are deleted after its Pods on them', async () => {
  serve(aNode('a', now));
  await expect(removeNodes(server.api(), 'run1')).resolves.toEqual(['a']);
  expect(deleted()).toEqual(['/api/v1/namespaces/n/pods/p', '/api/v1/nodes/a']);
  const [nodes, pods, pod] = server.received;
  expect(nodes?.query.get('labelSelector')).toBe('restart-all-containers/run=run1');
  expect(pods?.query.get('labelSelector')).toBe('restart-all-containers/run=run1');
  expect(pods?.query.get('fieldSelector')).toBe('spec.nodeName=a');
  expect(pod?.query.get('gracePeriodSeconds')).toBe('0');
});

test('of what other runs left, only what is old is deleted', async () => {
  serve(aNode('new', now), aNode('old', longAgo));
  await expect(removeNodes(server.api(), undefined)).resolves.toEqual(['old']);
});

test('a node that is gone already is fine', async () => {
  serve(aNode('a', now));
  server.on('DELETE', /./, refuse(404, 'not found'));
  await expect(removeNodes(server.api(), 'run1')).resolves.toEqual(['a']);
});

test('a user who may not list nodes has none', async () => {
  server.on('GET', /nodes$/, refuse(403, 'forbidden'));
  await expect(removeNodes(server.api(), 'run1')).resolves.toEqual([]);
});

test('a deletion that is refused is an error', async () => {
  serve(aNode('a', now));
  server.on('DELETE', /nodes/, refuse(500, 'not now'));
  await expect(removeNodes(server.api(), 'run1')).rejects.toThrow('not now');
});
