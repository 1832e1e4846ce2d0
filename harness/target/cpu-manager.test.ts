import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {answer, ApiServer} from '../testing/api-server.ts';
import {hasStaticCpus} from './cpu-manager.ts';

let server: ApiServer;

beforeEach(async () => {
  server = await ApiServer.start();
});

afterEach(() => server[Symbol.asyncDispose]());

const node = (name: string, takesPods = true) => ({
  name,
  kubelet: 'v1.37.2',
  runtime: '',
  os: 'linux',
  declaresFeature: true,
  controlPlane: !takesPods,
  takesPods,
});

test.each([
  ['static', true],
  ['none', false],
  [undefined, false],
])('the policy of the nodes that take Pods decides: %s', async (policy, there) => {
  if (policy !== undefined)
    server.on('GET', /\/nodes\/a\/proxy\/configz$/, answer({kubeletconfig: {cpuManagerPolicy: policy}}));
  const nodes = [node('a'), node('control-plane', false)];
  expect(await hasStaticCpus(server.api(), nodes, new AbortController().signal)).toBe(there);
});
