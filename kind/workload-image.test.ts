import {expect, test} from '@jest/globals';
import {normalised} from './workload-image.ts';

test('references are normalised as containerd does', () => {
  expect(normalised('busybox:1')).toBe('docker.io/library/busybox:1');
  expect(normalised('busybox')).toBe('docker.io/library/busybox:latest');
  expect(normalised('rac/busybox:1.35.0-bookworm')).toBe('docker.io/rac/busybox:1.35.0-bookworm');
  expect(normalised('localhost/a')).toBe('localhost/a:latest');
  expect(normalised('registry.invalid:5000/a/b:1')).toBe('registry.invalid:5000/a/b:1');
  expect(normalised('busybox:1.37.0@sha256:00')).toBe('docker.io/library/busybox@sha256:00');
});
