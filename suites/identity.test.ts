import {exits, expect, requirement, scenario, type Scenario} from '../harness/index.ts';
import {behindService, everySource} from './scenarios.ts';

const userNamespace: Scenario = {
  id: 'user-namespace',
  title: 'a container of a Pod with a user namespace exits with a listed code',
  manifest: 'two-containers.yaml',
  overlay: {spec: {hostUsers: false}},
  needs: ['user namespaces'],
  steps: [exits('source', 88)],
};

scenario(everySource, restart => {
  requirement('IDN-1', () => expect(restart).toPreserve('metadata.uid'));
  requirement('IDN-2', () => expect(restart).toPreserve('status.podIP', 'status.podIPs'));
  requirement('IDN-3', () => expect(restart).toPreserve('spec.nodeName', 'status.hostIP', 'status.hostIPs'));
  requirement('IDN-4', () => expect(restart).toPreserveNamespaces('net', 'ipc', 'uts'));
  requirement('IDN-5', () => expect(restart).toPreserve('status.startTime'));
  requirement('IDN-6', () => expect(restart).toPreserveHostname());
  requirement('IDN-7', () => expect(restart).toPreserve('status.qosClass'));
  requirement('IDN-8', () => expect(restart).toPreserve('spec', 'metadata.generation', 'metadata.ownerReferences'));
  requirement('IDN-12', () => expect(restart).toPreserveVolume('token'));
});

scenario([userNamespace], restart => {
  requirement('IDN-9', () => expect(restart).toPreserveUserNamespace());
});

scenario([behindService], restart => {
  requirement('IDN-11', () => expect(restart).toKeepEndpoint());
});
