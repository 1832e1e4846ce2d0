import {expect, test} from '@jest/globals';
import {isBuildContainer} from './clean.ts';

test('only build containers are taken for such, never a node', () => {
  expect(isBuildContainer({Names: ['/rac-node-build-123']})).toBe(true);
  expect(isBuildContainer({Names: ['/rac-v1.35-control-plane']})).toBe(false);
  expect(isBuildContainer({Names: ['/mine-rac-node-build-1']})).toBe(false);
});
