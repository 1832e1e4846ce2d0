import {expect, requirement, scenario, type Scenario} from '../harness/index.ts';

const nodes: Scenario = {
  id: 'node-features',
  title: 'the nodes are asked for the features that they declare',
  manifest: 'api/requests.yaml',
  byRequest: true,
  needs: ['right to read kubelet metrics'],
  steps: [{do: 'read gates', name: 'the nodes are read'}],
};

const declares = 'the node declares the feature';
const feature = 'RestartAllContainersOnContainerExits';

/** The node and its Pods are made anew; no kubelet stands behind it, so that the scheduler alone decides. */
const scheduling: Scenario = {
  id: 'scheduling',
  title: 'Pods with and without the action meet a node that does not declare the feature',
  manifest: 'api/scheduling.yaml',
  byRequest: true,
  needs: ['right to create nodes', 'right to patch Pods and create Deployments'],
  steps: [
    {do: 'request', name: 'the node is created', verb: 'create', kind: 'Node', stored: true},
    {do: 'request', name: 'plain is created', verb: 'create', object: 'plain', stored: true, until: 'scheduled'},
    {
      do: 'request',
      name: 'restarts is created',
      verb: 'create',
      object: 'restarts',
      stored: true,
      until: 'unschedulable',
    },
    {
      do: 'request',
      name: declares,
      verb: 'patch',
      kind: 'Node',
      subresource: 'status',
      fields: {status: {declaredFeatures: [feature]}},
      stored: true,
      until: 'scheduled',
    },
  ],
};

scenario([nodes], restart => {
  requirement('DEC-1', () => expect(restart).toDeclareFeature());
});

scenario([scheduling], restart => {
  requirement('DEC-2', () => expect(restart).toKeepUnscheduled('restarts', 'plain', declares));
  requirement('DEC-4', () => expect(restart).toScheduleWithoutFeature('plain'));
  requirement('DEC-5', () => expect(restart).toNameFeature('restarts', feature));
  requirement('DEC-7', () => expect(restart).toScheduleOnceDeclared('restarts', declares));
});

scenario([{...nodes, id: 'node-features-off'}], restart => {
  requirement('DEC-8', () => expect(restart).toNotDeclareFeature());
});
