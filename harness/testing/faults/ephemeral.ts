import {status} from '../edit.ts';
import type {Fault} from './fault.ts';

const sidecar = 'sidecar-exits';

/** Faults in what becomes of an ephemeral container. */
export const ephemeralFaults: readonly Fault[] = [
  {
    name: 'an ephemeral container is ended when others run again already',
    in: 'sidecar-exits',
    edit: e => e.lastPods(3, pod => (status(pod, 'debugger').state = {terminated: {exitCode: 0}})),
    turns: {'EPH-1': 'debugger was terminated only after others had been started again'},
  },
  {
    name: 'the ephemeral container neither runs nor is terminated',
    in: sidecar,
    edit: e =>
      e.pods(e.lowered, Infinity, pod => (status(pod, 'debugger').state = {waiting: {reason: 'PodInitializing'}})),
    turns: {'EPH-1': 'debugger was not terminated'},
  },
  {
    name: 'the ephemeral container is counted',
    in: sidecar,
    edit: e => e.lastPods(1, pod => (status(pod, 'debugger').restartCount = 1)),
    turns: {'EPH-2': 'restartCount of debugger moved'},
  },
  {
    name: 'an ephemeral container that had ended runs again, which is not counted',
    in: 'ephemeral-container-has-ended',
    edit: e => e.lastPods(1, pod => (status(pod, 'debugger').state = {running: {}})),
    turns: {'EPH-2': 'debugger had ended and did not stay so'},
  },
  {
    name: 'the ephemeral container leaves the status for a moment',
    in: sidecar,
    edit: e => e.pods(e.lowered, e.lowered, pod => (pod.status.ephemeralContainerStatuses = [])),
    turns: {'EPH-3': 'debugger left the status'},
  },
  {
    name: 'an ephemeral container that is added afterwards does not run',
    in: 'sidecar-exits-early',
    edit: e => {
      e.step('once everything runs');
      e.pods(e.lowered, e.last, pod => {
        pod.status.ephemeralContainerStatuses.forEach(now => (now.state = {waiting: {reason: 'ContainerCreating'}}));
      });
    },
    turns: {'EPH-4': 'debugger did not run'},
  },
];
