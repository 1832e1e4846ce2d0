import {expect, requirement, scenario, type Overlay, type Refusal, type Scenario} from '../harness/index.ts';

type Cases = Readonly<Record<string, Overlay>>;

const rule = {action: 'RestartAllContainers', exitCodes: {operator: 'In', values: [88]}};
const upTo = (count: number) => Array.from({length: count}, (_, index) => index);

/** The manifest's Pod with a restart policy and rules on one of its containers. */
const on = (container: string, restartPolicy: string, ...restartPolicyRules: object[]): Overlay => ({
  containers: {[container]: {restartPolicy, restartPolicyRules}},
});
const codes = (operator: string, values: number[]) => ({...rule, exitCodes: {operator, values}});
const {containers: everywhere} = {
  containers: {
    prepare: {restartPolicy: 'Never', restartPolicyRules: [rule]},
    watcher: {restartPolicy: 'Always', restartPolicyRules: [rule, codes('NotIn', [0, 1])]},
    source: {restartPolicy: 'OnFailure', restartPolicyRules: [{...rule, action: 'Restart'}, rule]},
    worker: {restartPolicy: 'Never'},
  },
};
const inPod = (restartPolicy: string): Overlay => ({spec: {restartPolicy}, containers: everywhere});

const accepted: Readonly<Record<string, Cases>> = {
  'API-1': {
    'a regular container with Always': on('source', 'Always', rule),
    'a regular container with OnFailure': on('source', 'OnFailure', rule),
    'a regular container with Never': on('source', 'Never', rule),
  },
  'API-2': {
    'an init container with OnFailure': on('prepare', 'OnFailure', rule),
    'an init container with Never': on('prepare', 'Never', rule),
  },
  'API-3': {'a sidecar': on('watcher', 'Always', rule)},
  'API-4': {
    'a Pod with Always': inPod('Always'),
    'a Pod with OnFailure': inPod('OnFailure'),
    'a Pod with Never': inPod('Never'),
  },
  'API-5': {
    'the operator In': on('source', 'Never', codes('In', [1, 2])),
    'the operator NotIn': on('source', 'Never', codes('NotIn', [0])),
  },
  'API-6': {
    'codes at both ends of 32 bits': on('source', 'Never', codes('In', [-2147483648, -1, 0, 255, 256, 2147483647])),
  },
  'API-7': {'20 rules': on('source', 'Never', ...upTo(20).map(code => codes('In', [code])))},
  'API-8': {'255 codes': on('source', 'Never', codes('In', upTo(255)))},
  'API-9': {
    'two rules with the same action': on('source', 'Never', codes('In', [1]), codes('In', [2])),
    'two identical rules': on('source', 'Never', rule, rule),
  },
  'API-13': {
    'In without codes': on('source', 'Never', {...rule, exitCodes: {operator: 'In'}}),
    'NotIn without codes': on('source', 'Never', {...rule, exitCodes: {operator: 'NotIn'}}),
  },
  'API-31': {
    'a sidecar with onExit around exitCodes': on('watcher', 'Always', {
      action: rule.action,
      onExit: {exitCodes: rule.exitCodes},
    }),
  },
  'API-32': {
    'a watching sidecar in a Pod with Never': {...on('watcher', 'Always', rule), spec: {restartPolicy: 'Never'}},
  },
};

const unknownActions: Cases = {
  'the action Terminate': on('source', 'Never', {...rule, action: 'Terminate'}),
  'the action in lower case': on('source', 'Never', {...rule, action: 'restartallcontainers'}),
};
const tooManyRules: Cases = {'21 rules': on('source', 'Never', ...upTo(21).map(code => codes('In', [code])))};
const tooManyCodes: Cases = {'256 codes': on('source', 'Never', codes('In', upTo(256)))};
const rulesOfSource = 'spec.containers[0].restartPolicyRules';

const rejected: Readonly<Record<string, Refusal & {cases: Cases}>> = {
  'API-14': {
    field: 'spec.containers[0].restartPolicy',
    type: 'FieldValueRequired',
    cases: {'rules without a restart policy': {containers: {source: {restartPolicyRules: [rule]}}}},
  },
  'API-15': {field: `${rulesOfSource}[0].action`, type: 'FieldValueNotSupported', cases: unknownActions},
  'API-16': {
    field: `${rulesOfSource}[0].exitCodes.operator`,
    type: 'FieldValueNotSupported',
    cases: {'the operator Exists': on('source', 'Never', codes('Exists', [1]))},
  },
  'API-17': {
    field: `${rulesOfSource}[0].exitCodes`,
    type: 'FieldValueRequired',
    cases: {'a rule without exitCodes': on('source', 'Never', {action: rule.action})},
  },
  'API-18': {field: rulesOfSource, cases: tooManyRules},
  'API-19': {field: `${rulesOfSource}[0].exitCodes.values`, cases: tooManyCodes},
  'API-23': {
    field: 'spec.containers[0].restartPolicy',
    type: 'FieldValueNotSupported',
    cases: {'the restart policy Sometimes': on('source', 'Sometimes', rule)},
  },
  'API-24': {
    field: `${rulesOfSource}[0].action`,
    type: 'FieldValueNotSupported',
    says: '"Restart", "RestartAllContainers"',
    cases: unknownActions,
  },
  'API-25': {field: rulesOfSource, type: 'FieldValueTooMany', says: 'at most 20 items', cases: tooManyRules},
  'API-26': {
    field: `${rulesOfSource}[0].exitCodes.values`,
    type: 'FieldValueTooMany',
    says: 'at most 255 items',
    cases: tooManyCodes,
  },
};

const create = ([name, change]: [string, Overlay]) => ({do: 'request', name, verb: 'create', change}) as const;
const request = (name: string, verb: 'get' | 'patch' | 'debug', fields?: object) =>
  ({do: 'request', name, verb, ...(fields === undefined ? {} : {fields: {...fields}})}) as const;
const casesOf = (table: Readonly<Record<string, {cases: Cases}>>) =>
  Object.values(table).flatMap(row => Object.entries(row.cases));
const once = (cases: readonly [string, Overlay][]) => Object.entries(Object.fromEntries(cases));

const validation: Scenario = {
  id: 'validation',
  title: 'requests with right and with wrong rules',
  manifest: 'api/requests.yaml',
  byRequest: true,
  needs: ['right to patch Pods and create Deployments'],
  steps: [
    ...Object.values(accepted).flatMap(cases => Object.entries(cases).map(create)),
    ...once(casesOf(rejected)).map(create),
    {...create(['a Deployment', {containers: everywhere}]), kind: 'Deployment'},
    {...create(['the Pod is stored', {containers: everywhere}]), stored: true},
    request('the Pod is read', 'get'),
    {...request('the Pod gets a label', 'patch', {metadata: {labels: {app: 'requests'}}}), stored: true},
    request('the Pod with the label is read', 'get'),
    request('the rules of the Pod are changed', 'patch', {
      spec: {containers: [{name: 'source', restartPolicyRules: [codes('In', [1])]}]},
    }),
    request('an ephemeral container with rules', 'debug', {restartPolicyRules: [rule]}),
    request('an ephemeral container with a restart policy', 'debug', {restartPolicy: 'Never'}),
  ],
};

scenario([validation], restart => {
  for (const [id, cases] of Object.entries(accepted))
    requirement(id, () => expect(restart).toAccept(...Object.keys(cases)));
  for (const [id, {cases, ...refusal}] of Object.entries(rejected))
    requirement(id, () => expect(restart).toReject(refusal, ...Object.keys(cases)));
  requirement('API-10', () => expect(restart).toKeepRules('the Pod is stored', 'the Pod is stored', 'the Pod is read'));
  requirement('API-11', () =>
    expect(restart).toKeepRules('the Pod is stored', 'the Pod gets a label', 'the Pod with the label is read'),
  );
  requirement('API-12', () => expect(restart).toKeepRules('a Deployment', 'a Deployment'));
  requirement('API-20', () =>
    expect(restart).toReject(
      {field: 'spec.ephemeralContainers[0].restartPolicyRules', type: 'FieldValueForbidden'},
      'an ephemeral container with rules',
    ),
  );
  requirement('API-21', () =>
    expect(restart).toReject(
      {field: 'spec.ephemeralContainers[0].restartPolicy', type: 'FieldValueForbidden'},
      'an ephemeral container with a restart policy',
    ),
  );
  requirement('API-22', () =>
    expect(restart).toReject({field: 'spec', type: 'FieldValueForbidden'}, 'the rules of the Pod are changed'),
  );
});

const withoutFeature: Readonly<Record<string, Refusal & {cases: Cases}>> = {
  'API-27': {
    field: `${rulesOfSource}[0].action`,
    type: 'FieldValueNotSupported',
    cases: {'the action': on('source', 'Never', rule)},
  },
  'API-28': {
    field: 'spec.initContainers[1].restartPolicyRules',
    type: 'FieldValueForbidden',
    cases: {
      'a sidecar that restarts': on('watcher', 'Always', {...rule, action: 'Restart'}),
      'a sidecar with the action': on('watcher', 'Always', rule),
    },
  },
};

scenario([{...validation, id: 'validation-gate-off', steps: casesOf(withoutFeature).map(create)}], restart => {
  for (const [id, {cases, ...refusal}] of Object.entries(withoutFeature))
    requirement(id, () => expect(restart).toReject(refusal, ...Object.keys(cases)));
});

const dropped: Cases = {
  'rules on every kind of container': {containers: everywhere},
  'a rule with an unknown action': on('source', 'Never', {...rule, action: 'Terminate'}),
};

scenario([{...validation, id: 'validation-rules-off', steps: Object.entries(dropped).map(create)}], restart => {
  requirement('API-29', () => expect(restart).toDropRules(...Object.keys(dropped)));
});
