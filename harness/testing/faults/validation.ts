import type {Fault} from './fault.ts';

const rules = 'spec.containers[0].restartPolicyRules';
const forbidden = {reason: 'FieldValueForbidden', message: 'may not be set', field: rules};
const refused = {code: 422, body: {kind: 'Status', details: {causes: [forbidden]}}};
const accepted = {code: 201, body: {kind: 'Pod'}};
const seen = `${forbidden.reason} at ${rules}: ${forbidden.message}`;

/** A request that should be accepted is refused. */
const refuses = (id: string, request: string): Fault => ({
  name: `${request} is refused`,
  in: 'validation',
  edit: e => e.answers(request, refused),
  turns: {[id]: `${request}: ${seen}`},
});

/** A request that should be refused is accepted. */
const accepts = (request: string, ids: readonly string[], scenario = 'validation'): Fault => ({
  name: `${request} is accepted`,
  in: scenario,
  edit: e => e.answers(request, accepted),
  turns: Object.fromEntries(ids.map(id => [id, `${request}: accepted`])),
});

const podWithout = {spec: {containers: [{name: 'source'}, {name: 'worker'}], initContainers: [{name: 'prepare'}]}};

/** An answer shows the object without its rules. */
const loses = (id: string, request: string, body: object): Fault => ({
  name: `${request}: without its rules`,
  in: 'validation',
  edit: e => e.answers(request, {code: 200, body}),
  turns: {[id]: `${request}: restartPolicy of prepare came back empty`},
});

/** Faults in what the API server makes of restart policies and rules. */
export const validationFaults: readonly Fault[] = [
  refuses('API-1', 'a regular container with OnFailure'),
  refuses('API-2', 'an init container with Never'),
  refuses('API-3', 'a sidecar'),
  refuses('API-4', 'a Pod with OnFailure'),
  refuses('API-5', 'the operator NotIn'),
  refuses('API-6', 'codes at both ends of 32 bits'),
  refuses('API-7', '20 rules'),
  refuses('API-8', '255 codes'),
  refuses('API-9', 'two identical rules'),
  refuses('API-13', 'NotIn without codes'),
  refuses('API-31', 'a sidecar with onExit around exitCodes'),
  refuses('API-32', 'a watching sidecar in a Pod with Never'),
  loses('API-10', 'the Pod is read', podWithout),
  loses('API-11', 'the Pod with the label is read', podWithout),
  loses('API-12', 'a Deployment', {spec: {template: podWithout}}),
  accepts('rules without a restart policy', ['API-14']),
  accepts('the action Terminate', ['API-15', 'API-24']),
  accepts('the operator Exists', ['API-16']),
  accepts('a rule without exitCodes', ['API-17']),
  accepts('21 rules', ['API-18', 'API-25']),
  accepts('256 codes', ['API-19', 'API-26']),
  accepts('an ephemeral container with rules', ['API-20']),
  accepts('an ephemeral container with a restart policy', ['API-21']),
  accepts('the rules of the Pod are changed', ['API-22']),
  accepts('the restart policy Sometimes', ['API-23']),
  accepts('the action', ['API-27'], 'validation-gate-off'),
  accepts('a sidecar that restarts', ['API-28'], 'validation-gate-off'),
  {
    name: 'rules come back changed',
    in: 'validation',
    edit: e =>
      e.answers('a sidecar', {
        code: 201,
        body: {
          spec: {
            containers: [],
            initContainers: [{name: 'watcher', restartPolicy: 'Always', restartPolicyRules: [{action: 'Restart'}]}],
          },
        },
      }),
    turns: {'API-3': 'a sidecar: restartPolicyRules of watcher came back changed'},
  },
  {
    name: 'rules without a restart policy are refused for something else',
    in: 'validation',
    edit: e => e.answers('rules without a restart policy', refused),
    turns: {'API-14': `rules without a restart policy: ${seen}`},
  },
  {
    name: 'a restart policy is kept where the rules are dropped',
    in: 'validation-rules-off',
    edit: e =>
      e.answers('a rule with an unknown action', {
        code: 201,
        body: {spec: {containers: [{name: 'source', restartPolicy: 'Never'}]}},
      }),
    turns: {'API-29': 'a rule with an unknown action: kept those of source'},
  },
];
