import {describe, expect, test} from '@jest/globals';
import {Edit} from '../testing/edit.ts';
import {goodRecording} from '../testing/recorded.ts';
import {accepts, dropsRules, rejects} from './validation.ts';

const status = (code: number, message: string, ...causes: object[]) => ({
  code,
  body: {kind: 'Status', message, details: {causes}},
});
const rules = 'spec.initContainers[1].restartPolicyRules';
const cause = {reason: 'FieldValueForbidden', message: 'no', field: rules};
const elsewhere = {reason: 'FieldValueInvalid', message: 'no', field: 'spec.containers[0].image'};

const answered = (name: string, answer: {code: number; body: unknown}) =>
  new Edit(goodRecording('validation')).answers(name, answer).recording;

describe('a request that must be accepted', () => {
  test.each([
    ['broken', 'it is refused for its rules', status(422, '', cause), `a sidecar: FieldValueForbidden at ${rules}: no`],
    [
      'broken',
      'its rules are no field that is known',
      status(400, 'unknown field "restartPolicyRules"'),
      'a sidecar: refused: unknown field "restartPolicyRules"',
    ],
    [
      'unknown',
      'it is refused for another field',
      status(422, 'bad image', elsewhere),
      'a sidecar: refused: bad image',
    ],
    ['unknown', 'a quota is used up', status(403, 'exceeded quota'), 'a sidecar: refused: exceeded quota'],
    [
      'unknown',
      'the server has no time',
      status(429, 'restartPolicy later'),
      'a sidecar: refused: restartPolicy later',
    ],
  ])('is %s where %s', (outcome, _case, answer, saw) => {
    expect(accepts('a sidecar')(answered('a sidecar', answer))).toMatchObject({outcome, saw});
  });

  test('is unknown where it was not answered', () => {
    const good = goodRecording('validation');
    const observations = good.observations.filter(o => o.kind !== 'answer' || o.name !== 'a sidecar');
    expect(accepts('20 rules', 'a sidecar')({...good, observations})).toMatchObject({
      outcome: 'unknown',
      saw: 'a sidecar: no answer was recorded',
    });
  });

  test('is a mistake of the suite where no such request is made', () => {
    expect(() => accepts('a side car')(goodRecording('validation'))).toThrow('the scenario has no request a side car');
  });

  test('is a mistake where the answer is no Pod', () => {
    const recording = answered('a sidecar', {code: 201, body: {kind: 'Service'}});
    expect(() => accepts('a sidecar')(recording)).toThrow('the answer to a sidecar is no Pod');
  });
});

describe('a request that must be refused', () => {
  const refusal = {field: rules, type: 'FieldValueForbidden', says: 'no'};

  test.each([
    ['held', 'it is refused for that', status(422, '', elsewhere, cause), 'that'],
    ['broken', 'it is accepted', {code: 201, body: {}}, 'a sidecar: accepted'],
    [
      'broken',
      'the field is right and the error is not',
      status(422, '', {...cause, reason: 'FieldValueTooLong'}),
      `a sidecar: FieldValueTooLong at ${rules}: no`,
    ],
    [
      'broken',
      'the message does not say it',
      status(422, '', {...cause, message: 'yes'}),
      `a sidecar: FieldValueForbidden at ${rules}: yes`,
    ],
    [
      'broken',
      'it is refused for another field alone',
      status(422, 'bad image', elsewhere),
      'a sidecar: refused: bad image',
    ],
    ['unknown', 'the user has no right', status(403, 'forbidden'), 'a sidecar: refused: forbidden'],
  ])('is %s where %s', (outcome, _case, answer, saw) => {
    expect(rejects(refusal, 'a sidecar')(answered('a sidecar', answer))).toMatchObject({outcome, saw});
  });
});

describe('rules that must be dropped', () => {
  const bare = {spec: {containers: [{name: 'source'}], initContainers: [{name: 'watcher', restartPolicy: 'Always'}]}};

  test.each([
    ['held', 'nothing but the policy of the sidecar is left', bare],
    [
      'broken',
      'an init container keeps its policy',
      {spec: {...bare.spec, initContainers: [{name: 'a', restartPolicy: 'Never'}]}},
    ],
    ['broken', 'a rule is left', {spec: {containers: [{name: 'source', restartPolicyRules: [{}]}]}}],
  ])('are %s where %s', (outcome, _case, body) => {
    expect(dropsRules('a sidecar')(answered('a sidecar', {code: 201, body}))).toMatchObject({outcome});
  });

  test('are broken where a warning speaks of them', () => {
    const good = goodRecording('validation');
    const observations = good.observations.map(o =>
      o.kind === 'answer' && o.name === 'a sidecar' ? {...o, body: bare, warnings: ['dropped']} : o,
    );
    expect(dropsRules('a sidecar')({...good, observations})).toMatchObject({
      outcome: 'broken',
      saw: 'a sidecar: with a warning',
    });
  });
});
