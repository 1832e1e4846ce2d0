import type {Fault} from './fault.ts';

const sidecar = 'sidecar-exits';
const init = 'init-container-exits';
const regular = 'regular-container-exits';
const lost = (path: string) => `${path} changed`;

/** Faults in what the Pod keeps. */
export const identityFaults: readonly Fault[] = [
  {
    name: 'the UID changes',
    in: sidecar,
    edit: e => e.lastPods(3, pod => (pod.metadata.uid = 'another')),
    turns: {'IDN-1': lost('metadata.uid')},
  },
  {
    name: 'the Pod gets another address',
    in: sidecar,
    edit: e => e.lastPods(3, pod => (pod.status.podIPs = [{ip: '10.244.0.99'}])),
    turns: {'IDN-2': lost('status.podIPs')},
  },
  {
    name: 'the address is gone for a moment',
    in: regular,
    edit: e => e.pods(e.lowered, e.lowered, pod => delete pod.status.podIPs),
    turns: {'IDN-2': lost('status.podIPs')},
  },
  {
    name: 'the Pod is on another node',
    in: sidecar,
    edit: e => e.lastPods(1, pod => (pod.status['hostIP'] = '192.0.2.1')),
    turns: {'IDN-3': lost('status.hostIP')},
  },
  {
    name: 'a container finds another network namespace',
    in: sidecar,
    edit: e => e.restarts('trainer', start => (start.namespaces['net'] = 'net:[1]')),
    turns: {'IDN-4': 'trainer saw others than prepare before it'},
  },
  {
    name: 'a new sandbox has namespaces with the inodes of the old one',
    in: sidecar,
    edit: e => {
      e.each('journal', ({entry}) => {
        if (entry.what === 'start') entry.shm = 'of the old sandbox';
      });
      e.restarts(undefined, start => (start.shm = 'of the new sandbox'));
    },
    turns: {'IDN-4': 'prepare found the /dev/shm of another sandbox'},
  },
  {
    name: 'the start time moves',
    in: init,
    edit: e => e.lastPods(1, pod => (pod.status.startTime = '2030-01-01T00:00:00Z')),
    turns: {'IDN-5': lost('status.startTime')},
  },
  {
    name: 'the host name changes',
    in: sidecar,
    edit: e => e.restarts('prepare', start => (start.hostname = 'another')),
    turns: {'IDN-6': 'prepare saw others than prepare before it'},
  },
  {
    name: 'the QoS class changes',
    in: sidecar,
    edit: e => e.lastPods(1, pod => (pod.status['qosClass'] = 'BestEffort')),
    turns: {'IDN-7': lost('status.qosClass')},
  },
  {
    name: 'the generation goes up',
    in: sidecar,
    edit: e => e.lastPods(1, pod => (pod.metadata.generation = 99)),
    turns: {'IDN-8': lost('metadata.generation')},
  },
  {
    name: 'the IDs are mapped to others',
    in: 'user-namespace',
    edit: e => e.restarts('worker', start => (start.users = '0 65536 65536')),
    turns: {'IDN-9': 'worker saw others than source before it'},
  },
  {
    name: 'the Pod is left without a user namespace of its own',
    in: 'user-namespace',
    edit: e => e.restarts('worker', start => (start.users = ' 0 0 4294967295')),
    turns: {'IDN-9': 'worker saw others than source before it'},
  },
  {
    name: 'the Pod leaves the EndpointSlice',
    in: 'behind-service',
    edit: e => e.objects('endpointslices', e.timeline.stimulusIndex, object => (object['endpoints'] = [])),
    turns: {'IDN-11': 'the Pod left the EndpointSlice', 'PRB-5': 'it did not become ready again'},
  },
];
