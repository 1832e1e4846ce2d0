import {neverStartsAgain, status, type Edit} from '../edit.ts';
import type {Fault} from './fault.ts';

/** What a node says that it declares, the first time or the second that it is asked. */
const declares = (nth: 0 | 1, text: string) => (e: Edit) => {
  let readings = 0;
  e.each('node', reading => {
    if (reading.action === 'read declared feature' && readings++ === nth) reading.text = text;
  });
};

const unaware = 'kubelet-is-unaware-of-feature';
const again = 'gate-is-turned-on-again';

/** Faults that show only where the feature is on in one place and not in another. */
export const rolloutFaults: readonly Fault[] = [
  {
    name: 'with the feature turned off the Pod is replaced by the rule all the same',
    in: 'gate-is-turned-off',
    edit: e => e.pods(0, Infinity, pod => (pod.status.reason = undefined)),
    turns: {'DIS-9': 'phase became Failed'},
  },
  {
    name: 'a kubelet that does not know the feature follows the rule all the same',
    in: unaware,
    edit: e => e.step('exit with the feature off').lastPods(1, pod => (status(pod, 'worker').restartCount += 1)),
    turns: {'DIS-12': 'worker was restarted too'},
  },
  {
    name: 'a Pod that uses the action ends under a kubelet that does not know it',
    in: unaware,
    edit: e => e.step('exit with the feature off').lastPods(1, pod => (pod.status.phase = 'Failed')),
    turns: {'DIS-12': 'phase became Failed'},
  },
  {
    name: 'an older kubelet does not follow the rule',
    in: 'kubelet-is-older',
    edit: neverStartsAgain('worker'),
    turns: {'DIS-10': 'not started again: worker'},
  },
  {
    name: 'a node without the feature says nothing of it',
    in: 'node-without-feature-refuses-pod',
    edit: e => e.drop(o => o.kind === 'event'),
    turns: {'DEC-3': 'no event named RestartAllContainersOnContainerExits'},
  },
  {
    name: 'the rule has no effect any more',
    in: again,
    edit: neverStartsAgain('worker'),
    turns: {'DIS-19': 'not started again: worker'},
  },
  {
    name: 'a node goes on declaring the feature that was turned off',
    in: again,
    edit: declares(0, 'declared'),
    turns: {'DEC-6': 'declared after "turn gate off"'},
  },
  {
    name: 'a node does not declare the feature that was turned on again',
    in: again,
    edit: declares(1, 'not declared'),
    turns: {'DEC-6': 'not declared after "turn gate on"'},
  },
  {
    name: 'a Pod that uses the action already can not be updated any more',
    in: 'api-server-gate-is-turned-off',
    edit: e => e.answers('the Pod is given a deadline', {code: 422, body: {message: 'Unsupported value'}}),
    turns: {'API-30': 'the Pod is given a deadline: the answer was 422'},
  },
  {
    name: 'a Deployment that uses the action already can not be updated any more',
    in: 'api-server-gate-is-turned-off',
    edit: e => e.answers('the labels of the Deployment are changed', {code: 422, body: {message: 'Unsupported value'}}),
    turns: {'API-30': 'the labels of the Deployment are changed: the answer was 422'},
  },
];
