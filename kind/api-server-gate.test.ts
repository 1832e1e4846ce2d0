import {expect, test} from '@jest/globals';
import {parse} from 'yaml';
import {withGateOff} from './api-server-gate.ts';

const gate = 'RestartAllContainersOnContainerExits';
const manifest = (...flags: readonly string[]) =>
  JSON.stringify({kind: 'Pod', spec: {containers: [{name: 'kube-apiserver', command: ['kube-apiserver', ...flags]}]}});

test.each([
  [[], `--feature-gates=${gate}=false`],
  [[`--feature-gates=${gate}=true,Other=true`], `--feature-gates=Other=true,${gate}=false`],
])('of the flags %j the gate alone is changed', (flags, last) => {
  expect(parse(withGateOff(manifest('--v=2', ...flags)))).toEqual({
    kind: 'Pod',
    spec: {containers: [{name: 'kube-apiserver', command: ['kube-apiserver', '--v=2', last]}]},
  });
});
