import {z} from 'zod';
import type {Edit} from '../edit.ts';
import type {RecordingGenerator, Stage} from './scene.ts';

const bodySchema = z.looseObject({spec: z.looseObject({template: z.unknown().optional()}).optional()});
const containerSchema = z.looseObject({
  name: z.string(),
  restartPolicy: z.string().optional(),
  restartPolicyRules: z.array(z.looseObject({})).optional(),
});
const specSchema = z.looseObject({
  containers: z.array(containerSchema),
  initContainers: z.array(containerSchema).default([]),
});
const podSchema = z.looseObject({spec: specSchema});

type Container = z.infer<typeof containerSchema>;

const ours = 'spec.containers[0].restartPolicyRules';
const status = (...causes: readonly {reason: string; field: string; message: string}[]) => ({
  kind: 'Status',
  message: `it is not right${causes.map(({field}) => `: ${field}`).join('')}`,
  details: {causes},
});
const refusal = {code: 422, body: status({reason: 'FieldValueInvalid', field: ours, message: 'not this'})};

/** What an API server may answer in place of what it should, to each request that some requirement speaks of. */
export const answers: RecordingGenerator = function* (stage) {
  const isFor =
    (name: string, from = 0) =>
    (given: readonly unknown[]): boolean =>
      given.slice(from).includes(name);
  const all = ['toAccept', 'toReject', 'toKeepRules', 'toDropRules'] as const;
  const may = [...stage.anywhere(all), ...stage.deviating()];
  const accepted = stage.recording.observations.filter(o => o.kind === 'answer').find(({code}) => code < 300);
  for (const o of stage.recording.observations) {
    if (o.kind !== 'answer') continue;
    const {name} = o;
    const accepts = stage.anywhere(['toAccept'], ({given}) => isFor(name)(given));
    const keeps = stage.anywhere(['toKeepRules'], ({given}) => isFor(name, 1)(given));
    const drops = stage.anywhere(['toDropRules'], ({given}) => isFor(name)(given));
    const rejects = stage.anywhere(['toReject'], ({given}) => isFor(name, 1)(given));
    const refused = stage.deviatingIn(['toAccept'], ({given}) => isFor(name)(given));
    const answer = (
      kind: string,
      instead: {code: number; body: unknown},
      must: readonly string[],
      open: readonly string[] = [],
    ) => ({
      kind,
      at: name,
      edit: (e: Edit) => e.answers(name, instead),
      must,
      undecided: open,
      may,
    });
    yield answer('what is right is refused', refusal, [...accepts, ...keeps, ...drops, ...refused]);
    yield answer(
      'a request is refused for a reason of its own',
      {code: 403, body: status()},
      [],
      [...accepts, ...keeps, ...drops, ...rejects, ...refused],
    );
    for (const [container, sent] of refused.length === 0 ? [] : changedBy(stage, name))
      for (const rules of [[], [{action: 'Restart'}]])
        yield {
          ...answer(
            `what was refused is accepted, with ${rules.length === 0 ? 'its rules dropped' : 'other rules'}`,
            {code: 201, body: withContainer(accepted?.body, container, {...sent, restartPolicyRules: rules})},
            refused,
          ),
          at: `${name}, ${container}`,
        };
    if (rejects.length > 0) {
      yield answer(
        'what is wrong is accepted',
        {code: 201, body: accepted === undefined ? {} : accepted.body},
        rejects,
      );
      yield answer(
        'what is wrong is refused for another field',
        {code: 422, body: status({reason: 'FieldValueInvalid', field: `${ours}[7].other`, message: ''})},
        rejects,
      );
      yield answer(
        'what is wrong is refused with another error',
        {code: 422, body: withOtherReasons(o.body)},
        typed(stage, name),
      );
    }
    const pod = podOf(o.body);
    if (pod === undefined) continue;
    for (const container of [...pod.initContainers, ...pod.containers]) {
      const sent = [...sentOf(stage, name, container.name), ...keptOf(stage, name, container.name)];
      const at = `${name}, ${container.name}`;
      const change = (differs: Partial<Container>) => ({
        code: o.code,
        body: withContainer(o.body, container.name, differs),
      });
      if ((container.restartPolicyRules ?? []).length > 0) {
        yield {...answer('rules are dropped', change({restartPolicyRules: []}), sent), at};
        yield {
          ...answer('a rule is dropped', change({restartPolicyRules: container.restartPolicyRules?.slice(1)}), sent),
          at,
        };
        yield {
          ...answer(
            'rules come back changed',
            change({restartPolicyRules: [{action: 'Restart', exitCodes: {operator: 'In', values: [7]}}]}),
            sent,
          ),
          at,
        };
        yield {...answer('a restart policy comes back changed', change({restartPolicy: 'Sometimes'}), sent), at};
      }
      if (drops.length > 0) {
        yield {
          ...answer(
            'rules are kept that should be dropped',
            change({restartPolicyRules: [{action: 'Restart'}]}),
            drops,
          ),
          at,
        };
        yield {
          ...answer('a restart policy is kept that should be dropped', change({restartPolicy: 'Never'}), drops),
          at,
        };
      }
    }
    if (drops.length > 0)
      yield {
        kind: 'a warning tells of what is dropped',
        at: name,
        edit: e =>
          e.each('answer', each => {
            if (each.name === name) each.warnings = ['dropped'];
          }),
        must: drops,
      };
  }
};

/** What API servers and kubelets may answer in place of the log of an earlier run. */
export const logs: RecordingGenerator = function* (stage) {
  for (const {name} of stage.recording.observations.filter(o => o.kind === 'answer')) {
    const isIt = ({given: [its]}: {readonly given: readonly unknown[]}): boolean => its === name;
    const all = [...stage.anywhere(['toReadPreviousLog'], isIt), ...stage.deviatingIn(['toReadPreviousLog'], isIt)];
    const answer = (kind: string, code: number, body: string) => ({
      kind,
      at: `${name}, ${code}`,
      edit: (e: Edit) => e.answers(name, {code, body}),
    });
    yield {...answer('the log of the previous run is empty', 200, ''), must: all};
    yield {...answer('the log of the previous run is that of another', 200, 'something else\n'), must: all};
    for (const code of [400, 404]) yield {...answer('the log of the previous run is refused', code, 'no'), must: all};
    for (const code of [403, 500, 503])
      yield {...answer('the log fails for a reason of its own', code, 'no'), must: [], undecided: all};
  }
};

/** The containers whose restart policies and rules a request changes, with what it sends. */
function changedBy({recording}: Stage, request: string): readonly [string, object][] {
  const step = recording.header.scenario.steps.find(({name}) => name === request);
  return step?.do === 'request' ? Object.entries(step.change?.containers ?? {}) : [];
}

/** Requirements by which that container's rules come back from that request as the request sent them. */
function sentOf(stage: Stage, request: string, container: string): readonly string[] {
  return changes(stage, request, container) ? stage.anywhere(['toAccept'], ({given}) => given.includes(request)) : [];
}

/** Those by which they come back as another request sent them. */
function keptOf(stage: Stage, request: string, container: string): readonly string[] {
  return stage.anywhere(
    ['toKeepRules'],
    ({given: [sent, ...names]}) =>
      names.includes(request) && typeof sent === 'string' && changes(stage, sent, container),
  );
}

function changes({recording}: Stage, request: string, container: string): boolean {
  const step = recording.header.scenario.steps.find(({name}) => name === request);
  const fields = step?.do === 'request' ? step.change?.containers?.[container] : undefined;
  return fields !== undefined && 'restartPolicyRules' in fields;
}

/** Those that say with which error the request must be refused. */
function typed(stage: Stage, request: string): readonly string[] {
  return stage.anywhere(
    ['toReject'],
    ({given: [refused, ...names]}) =>
      names.includes(request) && typeof refused === 'object' && refused !== null && 'type' in refused,
  );
}

function podOf(body: unknown): z.infer<typeof specSchema> | undefined {
  const template: unknown = bodySchema.safeParse(body).data?.spec?.template;
  return podSchema.safeParse(template ?? body).data?.spec;
}

function withContainer(body: unknown, name: string, differs: Partial<Container>): unknown {
  const {data} = bodySchema.safeParse(body);
  if (data === undefined) return body;
  const template: unknown = data.spec?.template;
  if (template !== undefined) return {...data, spec: {...data.spec, template: withContainer(template, name, differs)}};
  const pod = podSchema.parse(body);
  const change = (each: Container): Container => (each.name === name ? {...each, ...differs} : each);
  return {
    ...pod,
    spec: {
      ...pod.spec,
      containers: pod.spec.containers.map(change),
      initContainers: pod.spec.initContainers.map(change),
    },
  };
}

const refusedSchema = z.looseObject({
  details: z.looseObject({causes: z.array(z.looseObject({reason: z.string().optional()})).default([])}).prefault({}),
});

function withOtherReasons(body: unknown): unknown {
  const refused = refusedSchema.parse(body);
  const causes = refused.details.causes.map(cause => ({...cause, reason: 'FieldValueDuplicate'}));
  return {...refused, details: {...refused.details, causes}};
}
