import {expect, test} from '@jest/globals';
import {routesOf} from './network.ts';

test('each node gets a route to the Pods of every other', () => {
  const node = (name: string, podCidr: string, address: string) => ({
    name,
    podCidr,
    address,
    kubeletVersion: 'v1.35.4',
  });
  expect(routesOf([node('a', '10.244.0.0/24', '172.18.0.2'), node('b', '10.244.1.0/24', '172.18.0.3')])).toEqual([
    {node: 'a', route: ['ip', 'route', 'replace', '10.244.1.0/24', 'via', '172.18.0.3']},
    {node: 'b', route: ['ip', 'route', 'replace', '10.244.0.0/24', 'via', '172.18.0.2']},
  ]);
  expect(routesOf([node('a', '10.244.0.0/24', '172.18.0.2')])).toEqual([]);
});
