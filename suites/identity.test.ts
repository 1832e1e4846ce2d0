import {expect, requirement, scenario} from '../harness/index.ts';
import {everySource} from './scenarios.ts';

scenario(everySource, restart => {
  requirement('IDN-1', () => expect(restart).toPreserve('metadata.uid'));
  requirement('IDN-2', () => expect(restart).toPreserve('status.podIP', 'status.podIPs'));
  requirement('IDN-3', () => expect(restart).toPreserve('spec.nodeName', 'status.hostIP', 'status.hostIPs'));
  requirement('IDN-4', () => expect(restart).toPreserveNamespaces('net', 'ipc', 'uts'));
  requirement('IDN-5', () => expect(restart).toPreserve('status.startTime'));
  requirement('IDN-6', () => expect(restart).toPreserveHostname());
  requirement('IDN-7', () => expect(restart).toPreserve('status.qosClass'));
  requirement('IDN-8', () => expect(restart).toPreserve('spec', 'metadata.generation', 'metadata.ownerReferences'));
});
