import {expect, test} from '@jest/globals';
import {missingCapabilities} from './host.ts';

test('missing capabilities are read from the bounding set', () => {
  expect(missingCapabilities('CapEff:\t0000000000000000\nCapBnd:\t000001ffffffffff\n')).toEqual([]);
  expect(missingCapabilities('CapBnd:\t000001fffeffffff\n')).toEqual(['CAP_SYS_RESOURCE']);
  expect(missingCapabilities('CapBnd:\t00000000a80425fb\n')).toEqual(['CAP_SYS_ADMIN', 'CAP_SYS_RESOURCE']);
  expect(missingCapabilities('')).toEqual([]);
});
