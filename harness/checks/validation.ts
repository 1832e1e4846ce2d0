import {z} from 'zod';
import type {Observation} from '../recording/observation.ts';
import type {Recording} from '../recording/recording.ts';
import type {Overlay} from '../recording/scenario.ts';
import {broken, held, unknown, type Evidence, type Finding, type RecordingCheck} from './finding.ts';

type Answer = Extract<Observation, {kind: 'answer'}> & {readonly index: number};

const rulesSchema = z.looseObject({
  name: z.string(),
  restartPolicy: z.string().optional(),
  restartPolicyRules: z.array(z.unknown()).optional(),
});
const recordSchema = z.record(z.string(), z.unknown());
const podSpecSchema = z.looseObject({
  containers: z.array(rulesSchema),
  initContainers: z.array(rulesSchema).default([]),
});
const podSchema = z.looseObject({spec: podSpecSchema});
const ownerSchema = z.looseObject({spec: z.looseObject({template: podSchema})});
const statusSchema = z.looseObject({
  message: z.string().default(''),
  details: z
    .looseObject({
      causes: z
        .array(
          z.looseObject({
            reason: z.string().default(''),
            message: z.string().default(''),
            field: z.string().default(''),
          }),
        )
        .default([]),
    })
    .prefault({}),
});

/** What a refusal must say. */
export interface Refusal {
  /** Path of the field that is wrong. */
  readonly field: string;
  /** What is wrong with it, as in a cause's reason. */
  readonly type?: string;
  /** What its message must contain. */
  readonly says?: string;
}

/** What an answer has that concerns a requirement: of several, the first that did not hold decides. */
interface Judged {
  readonly outcome: Finding['outcome'];
  readonly saw: string;
  readonly evidence: Evidence;
}

/**
 * Whether requests were accepted, each with the restart policies and rules of its containers as they were sent (KEP-5307,
 * "Design Details"; KEP-5532, "API").
 *
 * @param names of the requests
 */
export function accepts(...names: readonly string[]): RecordingCheck {
  return recording =>
    each(recording, `accepted, with its rules as they were sent: ${names.join('; ')}`, names, answer =>
      answer.code < 300 ? asSent(answer, changeOf(recording, answer.name)) : refused(answer),
    );
}

/**
 * Whether answers show the restart policies and rules that an earlier request sent (API conventions, "Resources").
 *
 * @param sent the request that sent them
 * @param names of the requests that were answered with the object
 */
export function keepsRules(sent: string, ...names: readonly string[]): RecordingCheck {
  return recording =>
    each(recording, `the rules as they were sent, in the answers to: ${names.join('; ')}`, names, answer =>
      answer.code < 300 ? asSent(answer, changeOf(recording, sent)) : refused(answer),
    );
}

/** Whether each of the requests was refused for the field that is wrong in it (KEP-5307, "Design Details"). */
export function rejects(refusal: Refusal, ...names: readonly string[]): RecordingCheck {
  const {field, type = 'an error', says} = refusal;
  const expected = `refused with ${type} at ${field}${says === undefined ? '' : ` that says ${says}`}: ${names.join('; ')}`;
  return recording => each(recording, expected, names, answer => refusedFor(answer, refusal));
}

/**
 * Whether requests were accepted without any rule, and without a restart policy of a container but that of a sidecar, and
 * nothing was said of it (API changes, "Adding Unstable Features to Stable Versions").
 *
 * @param names of the requests
 */
export function dropsRules(...names: readonly string[]): RecordingCheck {
  return recording =>
    each(recording, `accepted, with its rules dropped: ${names.join('; ')}`, names, answer => {
      if (answer.code >= 300) return refused(answer);
      const {containers, initContainers} = containersOf(answer);
      const kept = [
        ...containers.filter(({restartPolicy}) => restartPolicy !== undefined),
        ...initContainers.filter(({restartPolicy = 'Always'}) => restartPolicy !== 'Always'),
        ...[...initContainers, ...containers].filter(({restartPolicyRules = []}) => restartPolicyRules.length > 0),
      ];
      const [first] = kept;
      if (first !== undefined) return judged(answer, 'broken', `${answer.name}: kept those of ${first.name}`);
      if (answer.warnings !== undefined) return judged(answer, 'broken', `${answer.name}: with a warning`);
      return judged(answer, 'held', `${answer.name}: accepted without them`);
    });
}

function each(
  {header, observations}: Recording,
  expected: string,
  names: readonly string[],
  look: (answer: Answer) => Judged,
): Finding {
  const answers = observations.flatMap((o, index) => (o.kind === 'answer' ? [{...o, index}] : []));
  const found = names.map(name => {
    if (!header.scenario.steps.some(step => step.name === name)) throw new Error(`the scenario has no request ${name}`);
    const answer = answers.find(one => one.name === name);
    return answer === undefined ? undefined : look(answer);
  });
  const seen = found.filter(one => one !== undefined);
  const evidence = seen.map(one => one.evidence);
  const bad = seen.find(({outcome}) => outcome === 'broken');
  if (bad !== undefined) return broken(expected, bad.saw, evidence, seen.indexOf(bad));
  const unsure = seen.find(({outcome}) => outcome === 'unknown');
  if (unsure !== undefined) return {...unknown(expected, unsure.saw, evidence), decisive: seen.indexOf(unsure)};
  const unanswered = names.find((_, index) => found[index] === undefined);
  if (unanswered !== undefined) return unknown(expected, `${unanswered}: no answer was recorded`, evidence);
  return held(expected, evidence);
}

function judged({index, atMs, code}: Answer, outcome: Judged['outcome'], saw: string): Judged {
  return {outcome, saw, evidence: {index, atMs, text: `HTTP ${code}  ${saw}`}};
}

/** What a request changed in the manifest, as the recording's header has it. */
function changeOf({header}: Recording, name: string): Overlay {
  const step = header.scenario.steps.find(one => one.name === name);
  return step?.do === 'request' ? (step.change ?? {}) : {};
}

function asSent(answer: Answer, {containers: sent = {}}: Overlay): Judged {
  const {containers, initContainers} = containersOf(answer);
  const answered = new Map([...initContainers, ...containers].map(one => [one.name, one]));
  for (const [name, fields] of Object.entries(sent)) {
    for (const field of ['restartPolicy', 'restartPolicyRules'] as const) {
      const came = answered.get(name)?.[field];
      if (field in fields && sorted(came) !== sorted(fields[field])) {
        return judged(
          answer,
          'broken',
          `${answer.name}: ${field} of ${name} came back ${came === undefined ? 'empty' : 'changed'}`,
        );
      }
    }
  }
  return judged(answer, 'held', `${answer.name}: with its rules`);
}

/** A value as text in which the order of fields says nothing. */
function sorted(value: unknown): string | undefined {
  const order = (_: string, each: unknown): unknown => {
    const {data} = recordSchema.safeParse(each);
    return data === undefined
      ? each
      : Object.fromEntries(Object.entries(data).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  };
  return JSON.stringify(value, order);
}

/** The containers of a Pod, or of the template of what makes Pods. */
function containersOf({body, name}: Answer): z.infer<typeof podSpecSchema> {
  const pod = podSchema.safeParse(body);
  const spec = pod.success ? pod.data.spec : ownerSchema.safeParse(body).data?.spec.template.spec;
  if (spec === undefined) throw new Error(`the answer to ${name} is no Pod and has no template of one`);
  return spec;
}

/** Codes with which a request is refused for what stands in it; others speak of rights, quotas or the server. */
export const forWhatItSays: readonly number[] = [400, 422];

/** A refusal of what should have been accepted: broken where it is about the feature's fields. */
function refused(answer: Answer): Judged {
  const {message, details} = statusSchema.parse(answer.body);
  const about = details.causes.filter(isOurs);
  const [first] = about;
  if (first !== undefined) {
    return judged(answer, 'broken', `${answer.name}: ${first.reason} at ${first.field}: ${first.message}`);
  }
  const ours = forWhatItSays.includes(answer.code) && details.causes.length === 0 && isOurs({field: message});
  return judged(answer, ours ? 'broken' : 'unknown', `${answer.name}: refused: ${message}`);
}

function refusedFor(answer: Answer, {field, type, says}: Refusal): Judged {
  if (answer.code < 300) return judged(answer, 'broken', `${answer.name}: accepted`);
  const {message, details} = statusSchema.parse(answer.body);
  const at = details.causes.filter(cause => cause.field === field);
  const fitting = at.find(
    cause => (type === undefined || cause.reason === type) && (says === undefined || cause.message.includes(says)),
  );
  if (fitting !== undefined) return judged(answer, 'held', `${answer.name}: ${fitting.reason} at ${field}`);
  const [other] = [...at, ...details.causes.filter(isOurs)];
  if (other !== undefined) {
    return judged(answer, 'broken', `${answer.name}: ${other.reason} at ${other.field}: ${other.message}`);
  }
  return judged(
    answer,
    forWhatItSays.includes(answer.code) ? 'broken' : 'unknown',
    `${answer.name}: refused: ${message}`,
  );
}

function isOurs({field}: {readonly field: string}): boolean {
  return field.includes('restartPolicy') || field.includes('RestartAllContainers');
}
