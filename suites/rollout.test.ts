import {exits, expect, requirement, scenario, type Scenario, type Step} from '../harness/index.ts';

const feature = 'RestartAllContainersOnContainerExits';

/** What changes a node, which no other scenario may share meanwhile. */
const onItsNode = {needs: ['node access'], alone: 'on its node'} as const satisfies Partial<Scenario>;

const withRule = 'exit with the feature on';
const withoutRule = 'exit with the feature off';

/** A Pod that has ended meanwhile is not told any more. */
const exitsWithoutRule: Step = {
  do: 'exit',
  name: withoutRule,
  tells: [{container: 'source', code: 88}],
  until: 'restarted alone or ended',
  seconds: 20,
};

const turn = (action: 'turn gate off' | 'turn both gates off'): readonly Step[] => [
  {do: 'node', name: action, action},
  {do: 'wait', name: 'the kubelet looks at the Pod', until: 'time is over', seconds: 8},
];

const gateOff: Scenario = {
  id: 'gate-is-turned-off',
  title: 'the feature is turned off under a running Pod',
  manifest: 'two-containers.yaml',
  ...onItsNode,
  steps: [exits('source', 88, withRule), ...turn('turn gate off'), exitsWithoutRule],
};

scenario([gateOff], restart => {
  requirement('DIS-9', () => expect(restart).toGoOnWithoutRule('turn gate off', withRule, withoutRule));
});

const refused: Scenario = {
  id: 'node-without-feature-refuses-pod',
  title: 'a Pod that uses the action is bound to a node on which the feature is off',
  manifest: 'two-containers.yaml',
  before: ['turn gate off'],
  placed: 'by name',
  ready: {},
  ...onItsNode,
  steps: [{do: 'wait', name: 'the kubelet looks at the Pod', until: 'ended'}],
};

scenario([refused], restart => {
  requirement('DEC-3', () => expect(restart).toBeRefusedByNode(feature));
});

const gateOnAgain: Scenario = {
  id: 'gate-is-turned-on-again',
  title: 'the feature is turned off and on again, and a source exits',
  manifest: 'two-containers.yaml',
  before: ['turn gate off', 'read declared feature', 'turn gate on', 'read declared feature'],
  ...onItsNode,
  steps: [exits('source', 88)],
};

scenario([gateOnAgain], restart => {
  requirement('DIS-19', () => expect(restart).toRestartAllContainers());
  requirement('DEC-6', () => expect(restart).toDeclareAsTurned());
});

const olderKubelet: Scenario = {
  id: 'kubelet-is-older',
  title: 'a source exits on a node whose kubelet is of a release before the API server',
  manifest: 'disturbed.yaml',
  needs: ['older kubelet'],
  steps: [exits('source', 88)],
};

scenario([olderKubelet], restart => {
  requirement('DIS-10', () => expect(restart).toRestartAllContainers());
});

const unaware: Scenario = {
  id: 'kubelet-is-unaware-of-feature',
  title: 'an older kubelet is given a Pod, and then knows neither the feature nor to look for it',
  manifest: 'two-containers.yaml',
  overlay: {spec: {restartPolicy: 'OnFailure'}},
  needs: ['node access', 'older kubelet'],
  alone: 'on its node',
  steps: [exits('source', 88, withRule), ...turn('turn both gates off'), exitsWithoutRule],
};

scenario([unaware], restart => {
  requirement('DIS-12', () => expect(restart).toGoOnWithoutRule('turn both gates off', withRule, withoutRule));
});

const rule = {action: 'RestartAllContainers', exitCodes: {operator: 'In', values: [88]}};
const usesAction = {
  containers: {
    watcher: {restartPolicy: 'Always', restartPolicyRules: [rule]},
    source: {restartPolicy: 'OnFailure', restartPolicyRules: [rule]},
  },
};
const labelled = {metadata: {labels: {edited: 'yes'}}};
const updates = {
  'the labels of the Pod are changed': {kind: 'Pod', fields: labelled},
  'the Pod is given a deadline': {kind: 'Pod', fields: {spec: {activeDeadlineSeconds: 600}}},
  'the labels of the Deployment are changed': {kind: 'Deployment', fields: labelled},
} as const;
const created = {
  Pod: 'a Pod that uses the action is created',
  Deployment: 'a Deployment that uses the action is created',
} as const;
const another = 'another Pod that uses the action is created';

const apiServerGateOff: Scenario = {
  id: 'api-server-gate-is-turned-off',
  title: 'the feature is turned off in the API server, and what uses the action is updated',
  manifest: 'api/requests.yaml',
  byRequest: true,
  needs: ['node access', 'right to patch Pods and create Deployments'],
  alone: true,
  steps: [
    {
      do: 'request',
      name: created.Pod,
      verb: 'create',
      change: usesAction,
      stored: true,
    },
    {
      do: 'request',
      name: created.Deployment,
      verb: 'create',
      kind: 'Deployment',
      change: usesAction,
      stored: true,
    },
    {do: 'node', name: 'turn API server gate off', action: 'turn API server gate off'},
    {do: 'request', name: another, verb: 'create', change: usesAction},
    ...Object.entries(updates).map(([name, {kind, fields}]): Step => ({
      do: 'request',
      name,
      verb: 'patch',
      kind,
      fields,
      stored: true,
    })),
  ],
};

scenario([apiServerGateOff], restart => {
  requirement('API-30', () => {
    expect(restart).toStayUpdatable(Object.keys(updates), another);
    for (const [name, {kind}] of Object.entries(updates)) expect(restart).toKeepRules(created[kind], name);
  });
});
