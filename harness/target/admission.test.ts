import {expect, test} from '@jest/globals';
import {addedByAdmission} from './admission.ts';

const sent = {
  metadata: {name: 'a', labels: {own: '1'}},
  spec: {containers: [{name: 'source', volumeMounts: [{name: 'journal'}]}], volumes: [{name: 'journal'}]},
};

test('what every API server adds is not named', () => {
  const spec = {
    containers: [{...sent.spec.containers[0], volumeMounts: [{name: 'journal'}, {name: 'kube-api-access-x'}]}],
    volumes: [...sent.spec.volumes, {name: 'kube-api-access-x'}],
    tolerations: [{key: 'node.kubernetes.io/not-ready'}, {key: 'node.kubernetes.io/unreachable'}],
    schedulerName: 'default-scheduler',
  };
  expect(addedByAdmission(sent, {...sent, spec})).toEqual([]);
});

test('what a webhook or a RuntimeClass adds is named', () => {
  const [source] = sent.spec.containers;
  const stored = {
    metadata: {labels: {own: '1', mesh: 'on'}, annotations: {injected: 'yes'}},
    spec: {
      initContainers: [{name: 'proxy'}],
      containers: [{...source, env: [{name: 'PROXY'}]}, {name: 'agent'}],
      volumes: [...sent.spec.volumes, {name: 'certificates'}],
      tolerations: [{key: 'gpu'}],
      runtimeClassName: 'gvisor',
    },
  };
  expect(addedByAdmission(sent, stored)).toEqual([
    'init container proxy',
    'container agent',
    'volume certificates',
    'in container source: variable PROXY',
    'label mesh',
    'annotation injected',
    'toleration gpu',
    'spec.runtimeClassName',
  ]);
});

test('nothing is said of what is no Pod', () => {
  expect(addedByAdmission({metadata: {name: 'a'}}, {metadata: {name: 'a', labels: {b: 'c'}}})).toEqual([]);
});
