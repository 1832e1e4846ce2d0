import {expect, test} from '@jest/globals';
import {deviceOf} from './devices.ts';

const usual = {cpu: '2', memory: '8Gi', pods: '110', 'hugepages-2Mi': '0'};

test.each([
  [undefined, usual],
  [undefined, {...usual, 'attachable-volumes.kubernetes.io/disk': '3'}],
  [undefined, {...usual, 'example.com/gpu': '0'}],
  ['example.com/gpu', {...usual, 'example.com/gpu': '1'}],
])('%s is what a device plugin offers of %j', (device, allocatable) => {
  expect(deviceOf([usual, allocatable])).toBe(device);
});
