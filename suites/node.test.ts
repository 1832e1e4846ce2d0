import {exits, expect, requirement, scenario, type Scenario} from '../harness/index.ts';

const onNode: Scenario = {
  id: 'node-sees-restart',
  title: 'the node and its runtime are read before and after a restart',
  manifest: 'node-volumes.yaml',
  admits: 'privileged',
  needs: ['node access'],
  steps: [
    {do: 'node', name: 'the node before', action: 'read runtime'},
    exits('source', 88),
    {do: 'node', name: 'the node after', action: 'read runtime'},
  ],
};

scenario([onNode], restart => {
  requirement('IDN-10', () => expect(restart).toKeepCgroup());
  requirement('IDN-15', () => expect(restart).toKeepSandbox());
  requirement('VOL-7', () => expect(restart).toPreserveVolume('host'));
  requirement('VOL-8', () => expect(restart).toPreserveVolume('claim'));
  requirement('CTR-11', () => expect(restart).toRemoveOldContainers());
  requirement('CTR-19', () => expect(restart).toKeepLogFiles());
});

const imageGone: Scenario = {
  id: 'image-is-gone',
  title: 'the image of a container is gone from the node when it is to start again',
  manifest: 'two-containers.yaml',
  overlay: {containers: {worker: {image: 'image.invalid/removable:1', imagePullPolicy: 'IfNotPresent'}}},
  needs: ['node access'],
  before: ['add image'],
  steps: [
    {do: 'node', name: 'the image is removed', action: 'remove image'},
    {do: 'exit', name: 'exit', tells: [{container: 'source', code: 88}], until: 'image missing'},
    {do: 'wait', name: 'it goes on waiting', until: 'time is over', seconds: 5},
  ],
};

scenario([imageGone], restart => {
  requirement('INI-5', () => expect(restart).toWaitForImage('worker'));
});
