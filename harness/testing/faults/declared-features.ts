import type {Pod} from '../../recording/pod.ts';
import type {Fault} from './fault.ts';

const unschedulable = (message: string) => (pod: Pod) => {
  pod.spec = {...pod.spec, nodeName: undefined};
  pod.status.conditions = [{type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message}];
};
const forTheFeature = "0/2 nodes are available: 1 node(s) didn't match Pod's required features";

/** Faults in what nodes declare, and in what the scheduler makes of it. */
export const declaredFeatureFaults: readonly Fault[] = [
  {
    name: 'a node with the gate on does not declare the feature',
    in: 'node-features',
    edit: e => e.nodes('read declared feature', 'not declared'),
    turns: {'DEC-1': 'a node with its gate on: not declared'},
  },
  {
    name: 'a node with the gate off declares the feature',
    in: 'node-features-off',
    edit: e => e.nodes('read declared feature', 'declared'),
    turns: {'DEC-8': 'a node with its gate off: declared'},
  },
  {
    name: 'a Pod with the action is scheduled to a node that does not declare the feature',
    in: 'scheduling',
    edit: e => e.podsAfter('restarts is created', 'restarts', pod => (pod.spec = {...pod.spec, nodeName: 'node'})),
    turns: {'DEC-2': 'restarts was scheduled to a node that does not declare it'},
  },
  {
    name: 'the scheduler gives no reason',
    in: 'scheduling',
    edit: e =>
      e.podsAfter('restarts is created', 'restarts', pod => {
        for (const condition of pod.status.conditions) condition.message = '';
      }),
    turns: {'DEC-2': 'the scheduler gave no reason', 'DEC-5': 'the reason names no feature'},
  },
  {
    name: 'a Pod without the action is held back for the feature',
    in: 'scheduling',
    edit: e => e.podsAfter('the node is created', 'plain', unschedulable(forTheFeature)),
    turns: {
      'DEC-2': 'the node took no Pod at all',
      'DEC-4': 'plain stayed Pending for a feature that the node does not declare',
    },
  },
  {
    name: 'a Pod with the action stays Pending though the node declares the feature by now',
    in: 'scheduling',
    edit: e => e.podsAfter('the node declares the feature', 'restarts', unschedulable(forTheFeature)),
    turns: {
      'DEC-5': 'the reason speaks of required features and names none',
      'DEC-7': 'restarts stayed Pending for a feature that the node does not declare',
    },
  },
];
