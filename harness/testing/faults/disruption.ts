import {condition, neverStartsAgain, status, type Edit} from '../edit.ts';
import type {Fault} from './fault.ts';

const failed = 'phase became Failed';

/** The Pod ends in the last version of a step. */
const fails =
  (step?: string): Fault['edit'] =>
  e =>
    (step === undefined ? e : e.step(step)).lastPods(1, pod => (pod.status.phase = 'Failed'));

const countsTwice: Fault['edit'] = e => e.lastPods(1, pod => (status(pod, 'worker').restartCount += 1));

/** Every container starts again only when the API server has long been back. */
function startsLate(e: Edit): void {
  e.restarts(undefined, start => {
    start.began += 600;
    start.uptime += 600;
  });
}

/** Faults that show only where the node is disturbed. */
export const disruptionFaults: readonly Fault[] = [
  {
    name: 'a Pod ends whose kubelet was restarted while its containers ended',
    in: 'kubelet-is-restarted',
    edit: e => e.pods(e.lowered, e.lowered, pod => (pod.status.phase = 'Failed')),
    turns: {'DIS-1': failed},
  },
  {
    name: 'a kubelet that was restarted does not take up the rule again',
    in: 'kubelet-is-restarted',
    edit: e => {
      neverStartsAgain('worker')(e.step('exit, undisturbed'));
    },
    turns: {'DIS-14': 'not started again: worker'},
  },
  {
    name: 'a Pod ends whose kubelet was killed while its containers ended',
    in: 'kubelet-is-restarted',
    edit: e =>
      e.step('exit, then the kubelet is killed').pods(e.lowered, e.lowered, pod => (pod.status.phase = 'Failed')),
    turns: {'DIS-3': failed},
  },
  {
    name: 'a Pod ends whose kubelet was killed while its containers started',
    in: 'kubelet-is-restarted',
    edit: fails('exit, then the kubelet is killed in the start'),
    turns: {'DIS-11': failed},
  },
  {
    name: 'one of the Pods ends whose kubelet was restarted while their containers started',
    in: 'kubelet-is-restarted-in-the-start',
    edit: fails('second exit'),
    turns: {'DIS-2': failed},
  },
  {
    name: 'an init container that fails by itself fails the Pod after a restart of the node',
    in: 'node-is-restarted',
    edit: e =>
      e.step('exit, then the node is restarted in the start').pods(e.last, e.last, pod => {
        status(pod, 'prepare').state = {terminated: {exitCode: 1}};
      }),
    turns: {'DIS-15': 'phase became Failed, prepare exited with 1'},
  },
  {
    name: 'a Pod ends whose kubelet was restarted before it could report',
    in: 'end-of-restart-is-unreported',
    edit: fails(),
    turns: {'DIS-17': failed},
  },
  {
    name: 'a kubelet that was restarted before it could report restarts again and again',
    in: 'end-of-restart-is-unreported',
    edit: e => e.lastPods(1, pod => (status(pod, 'source').restartCount += 1)),
    turns: {'DIS-17': 'containers were restarted more than twice'},
  },
  {
    name: 'nothing starts again until the API server is back',
    in: 'api-server-is-away',
    edit: startsLate,
    turns: {'DIS-4': 'no container started while it was away'},
  },
  {
    name: 'the status does not catch up',
    in: 'api-server-is-away',
    edit: neverStartsAgain('worker'),
    turns: {'DIS-4': 'containers did not run again'},
  },
  {
    name: 'nothing of a static Pod starts again until the API server is back',
    in: 'static-pod-without-api-server',
    edit: startsLate,
    turns: {'DIS-8': 'no container started while it was away'},
  },
  {
    name: 'a kubelet ends when a static Pod is edited',
    in: 'static-pod-is-edited',
    edit: e => e.lastReading('read kubelet', () => '{"restarts":1}'),
    turns: {'DIS-16': 'the kubelet ended and was started again'},
  },
  {
    name: 'containers are started twice where the runtime was restarted',
    in: 'runtime-is-restarted',
    edit: countsTwice,
    turns: {'DIS-5': 'containers were restarted twice'},
  },
  {
    name: 'a Pod that lost its sandbox is left between',
    in: 'sandbox-is-lost',
    edit: neverStartsAgain('worker'),
    turns: {'DIS-13': 'the Pod neither ended nor runs again'},
  },
  {
    name: 'an exit while the kubelet is stopped is lost',
    in: 'kubelet-is-stopped',
    edit: neverStartsAgain('worker'),
    turns: {'DIS-7': 'containers did not run again'},
  },
  {
    name: 'a container does not run again after a restart of the node',
    in: 'node-is-restarted',
    edit: neverStartsAgain('worker'),
    turns: {'DIS-6': 'containers did not run again'},
  },
  {
    name: 'a restart that a node going down broke off is taken up by the periodic sync alone',
    in: 'node-is-restarted',
    edit: e => e.delay(e.lowered, 60_000),
    turns: {'DIS-6': "the containers did not run again within 50 s of the kubelet's return"},
  },
  {
    name: 'a Pod ends whose node was restarted while its containers started',
    in: 'node-is-restarted',
    edit: e =>
      e.step('exit, then the node is restarted in the start').pods(e.last, e.last, pod => {
        status(pod, 'prepare').state = {terminated: {exitCode: 0}};
      }),
    turns: {'DIS-15': failed},
  },
  {
    name: 'a Pod waits without end for a sandbox after a restart of the node',
    in: 'node-is-restarted',
    edit: e =>
      e.step('exit, then the node is restarted in the start').pods(e.last, Infinity, pod => {
        pod.status.phase = 'Pending';
        status(pod, 'worker').state = {waiting: {}};
      }),
    turns: {'DIS-15': 'containers did not run again: the Pod has no sandbox'},
  },
  {
    name: 'containers do not run again after a restart of the node though the Pod has a sandbox',
    in: 'node-is-restarted',
    edit: e =>
      e.step('exit, then the node is restarted in the start').pods(e.last, Infinity, pod => {
        pod.status.phase = 'Pending';
        condition(pod, 'PodReadyToStartContainers').status = 'True';
        status(pod, 'worker').state = {waiting: {}};
      }),
    turns: {'DIS-15': 'containers did not run again'},
  },
  {
    name: 'the first init container does not run again after a restart of the node',
    in: 'node-is-restarted',
    edit: e =>
      e.pods(0, Infinity, pod => {
        for (const each of pod.status.initContainerStatuses) if (each.name === 'first') each.containerID = 'kept';
      }),
    turns: {'DIS-18': 'first did not run again'},
  },
];
