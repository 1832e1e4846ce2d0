import {expect, test} from '@jest/globals';
import {inMirror} from './image-reference.ts';

test.each([
  ['busybox:1.37.0@sha256:ab', 'mirror.example:5000/team', 'mirror.example:5000/team/busybox:1.37.0@sha256:ab'],
  ['quay.example/tools/busybox:1', 'mirror.example', 'mirror.example/tools/busybox:1'],
  ['localhost:5000/busybox', 'mirror.example', 'mirror.example/busybox'],
  ['rac/suite:0.1.0', 'mirror.example/a/b', 'mirror.example/a/b/rac/suite:0.1.0'],
  ['busybox:1', undefined, 'busybox:1'],
])('%s in %s is %s', (image, mirror, expected) => {
  expect(inMirror(image, mirror)).toBe(expected);
});

test.each(['https://mirror.example', 'mirror.example/', 'a b', ''])('%j is no mirror', mirror => {
  expect(() => inMirror('busybox:1', mirror)).toThrow('not of the form HOST/PATH');
});
