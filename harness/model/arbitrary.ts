import * as fc from 'fast-check';
import {predict, startUp, stateOf, type PodState} from './model.ts';
import type {Exit, ModelContainer, ModelPod, RestartPolicy, RestartRule, Story} from './pod.ts';

/** Exit codes that Pods are made of: 137 is also what SIGKILL leaves. */
export const codes = [0, 1, 7, 42, 88, 137] as const;

const policy = fc.constantFrom<RestartPolicy>('Never', 'OnFailure', 'Always');
const values = fc.uniqueArray(fc.constantFrom(...codes), {minLength: 1, maxLength: 3});
const rule = fc.record<RestartRule>({
  action: fc.constantFrom('RestartAllContainers', 'RestartAllContainers', 'Restart'),
  operator: fc.constantFrom('In', 'In', 'NotIn'),
  values,
});
const rules = fc.array(rule, {maxLength: 3});

type Nameless = Omit<ModelContainer, 'name'>;

/** Rules need a restart policy beside them (KEP-5307, API). */
const regular: fc.Arbitrary<Nameless> = fc
  .record({own: fc.option(policy, {nil: undefined}), rules})
  .map(({own, rules: listed}) => ({
    kind: 'regular',
    restartPolicy: listed.length > 0 ? (own ?? 'Never') : own,
    rules: listed,
  }));

const sidecar: fc.Arbitrary<Nameless> = rules.map(listed => ({
  kind: 'sidecar',
  restartPolicy: 'Always',
  rules: listed,
}));

/** Always on an init container makes it a sidecar, so its own policy is another. */
const init: fc.Arbitrary<Nameless> = fc
  .record({
    own: fc.constantFrom<RestartPolicy | undefined>(undefined, 'Never', 'OnFailure'),
    rules,
    waits: fc.boolean(),
  })
  .map(({own, rules: listed, waits}) => ({
    kind: 'init',
    restartPolicy: listed.length > 0 ? (own ?? 'Never') : own,
    rules: listed.map(sparing0),
    waits,
  }));

/** An init container ends with 0 in every run but the first: a rule that matches 0 would restart it for ever. */
function sparing0(given: RestartRule): RestartRule {
  const others = given.values.filter(code => code !== 0);
  if (given.operator === 'NotIn') return {...given, values: [0, ...others]};
  return {...given, values: others.length === 0 ? [1] : others};
}

/** Pods that the API server accepts, of up to 3 init containers and sidecars and up to 3 regular containers. */
export const pods: fc.Arbitrary<ModelPod> = fc
  .record({
    restartPolicy: policy,
    first: fc.array(fc.oneof(init, sidecar), {maxLength: 3}),
    regular: fc.array(regular, {minLength: 1, maxLength: 3}),
  })
  .map(given => ({
    restartPolicy: given.restartPolicy,
    containers: [...numbered(given.first), ...numbered(given.regular)],
  }));

/** Pods with one to three exits that can be told in order, one after the other. */
export const stories: fc.Arbitrary<Story> = fc
  .record({
    pod: pods,
    told: fc.array(fc.record({at: fc.nat({max: 5}), code: fc.constantFrom(...codes)}), {minLength: 1, maxLength: 3}),
  })
  .map(({pod, told}) => ({pod, exits: playable(pod, told)}));

function numbered(containers: readonly Nameless[]): readonly ModelContainer[] {
  return containers.map((each, at) => {
    const number = containers.slice(0, at + 1).filter(({kind}) => kind === each.kind).length;
    return {name: `${each.kind === 'regular' ? 'main' : each.kind}${number}`, ...each};
  });
}

/**
 * Takes each exit to one of the containers that run at that time. A second restart of one container alone is left out: it
 * would wait for the crash-loop back-off.
 */
function playable(pod: ModelPod, told: readonly {at: number; code: number}[]): readonly Exit[] {
  const exits: Exit[] = [];
  const alone = new Set<string>();
  let state: PodState = startUp(pod);
  for (const {at, code} of told) {
    const running = pod.containers.filter(({name}) => stateOf(state, name).state === 'running');
    const container = running[at % Math.max(running.length, 1)]?.name;
    if (container === undefined) break;
    const prediction = predict(pod, state, {container, code});
    if (prediction.action === 'restart') {
      if (alone.has(container)) continue;
      alone.add(container);
    }
    exits.push({container, code});
    state = prediction.after;
  }
  return exits;
}
