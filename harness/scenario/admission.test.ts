import {describe, expect, test} from '@jest/globals';
import {z} from 'zod';
import {addSidecar} from './admission.ts';

const answerSchema = z.object({
  response: z.object({uid: z.string(), allowed: z.boolean(), patchType: z.literal('JSONPatch'), patch: z.string()}),
});

const worker = {name: 'worker', command: ['sh', '-c', 'the script', 'worker', 'crashes'], volumeMounts: ['journal']};

const review = (spec: object): object => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {uid: 'of the request', object: {metadata: {name: 'a'}, spec}},
});

const patchFor = (spec: object): unknown => {
  const {response} = answerSchema.parse(addSidecar(review(spec), 'injected'));
  expect(response).toMatchObject({uid: 'of the request', allowed: true});
  return JSON.parse(Buffer.from(response.patch, 'base64').toString());
};

const sidecar = expect.objectContaining({
  name: 'injected',
  command: ['sh', '-c', 'the script', 'injected', 'regular'],
  restartPolicy: 'Always',
  volumeMounts: ['journal'],
});

describe('the sidecar is made of the last container, and put', () => {
  test('into a Pod without init containers as the only one', () => {
    expect(patchFor({containers: [worker]})).toEqual([{op: 'add', path: '/spec/initContainers', value: [sidecar]}]);
  });

  test('in front of the init containers of a Pod that has some', () => {
    expect(patchFor({containers: [worker], initContainers: [worker]})).toEqual([
      {op: 'add', path: '/spec/initContainers/0', value: sidecar},
    ]);
  });
});

test.each([
  ['no review', {}],
  ['a review of a Pod without containers', review({containers: []})],
  ['a review of a Pod with another kind of command', review({containers: [{name: 'a', command: ['true']}]})],
])('%s is refused', (_, given) => {
  expect(() => addSidecar(given, 'injected')).toThrow(z.ZodError);
});
