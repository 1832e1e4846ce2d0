import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {answer, ApiServer, refuse} from '../testing/api-server.ts';
import {removeNodes} from './nodes.ts';

let server: ApiServer;

beforeEach(async () => {
  server = await ApiServer.start();
});

afterEach(() => server[Symbol.asyncDispose]());

const aNode = (name: string) => ({metadata: {name}});
const deleted = () => server.received.filter(({method}) => method === 'DELETE').map(({path}) => path);
const serve = (...nodes: object[]): void => {
  server
    .on('GET', /^\/api\/v1\/nodes$/, answer({items: nodes}))
    .on('GET', /^\/api\/v1\/pods$/, answer({items: [{metadata: {name: 'p', namespace: 'n'}}]}))
    .on('DELETE', /./, answer({kind: 'Status'}));
};

test('the nodes of a run are deleted after its Pods on them', async () => {
  serve(aNode('a'));
  await expect(removeNodes(server.api(), 'run1')).resolves.toEqual(['a']);
  expect(deleted()).toEqual(['/api/v1/namespaces/n/pods/p', '/api/v1/nodes/a']);
  const [nodes, pods, pod] = server.received;
  expect(nodes?.query.get('labelSelector')).toBe('restart-all-containers/run=run1');
  expect(pods?.query.get('labelSelector')).toBe('restart-all-containers/run=run1');
  expect(pods?.query.get('fieldSelector')).toBe('spec.nodeName=a');
  expect(pod?.query.get('gracePeriodSeconds')).toBe('0');
});

test("of Pods on them, only those in the run's namespace are looked for where it has one", async () => {
  serve(aNode('a'));
  server.on('GET', /^\/api\/v1\/namespaces\/n\/pods$/, answer({items: []}));
  await expect(removeNodes(server.api(), 'run1', 'n')).resolves.toEqual(['a']);
  expect(deleted()).toEqual(['/api/v1/nodes/a']);
});

test('a node that is gone already is fine', async () => {
  serve(aNode('a'));
  server.on('DELETE', /./, refuse(404, 'not found'));
  await expect(removeNodes(server.api(), 'run1')).resolves.toEqual(['a']);
});

test('a deletion that is refused is an error', async () => {
  serve(aNode('a'));
  server.on('DELETE', /nodes/, refuse(500, 'not now'));
  await expect(removeNodes(server.api(), 'run1')).rejects.toThrow('not now');
});
