import {describe, expect, test} from '@jest/globals';
import {differences} from './echo.ts';

const rule = {action: 'RestartAllContainers', exitCodes: {operator: 'In', values: [88]}};
const source = {name: 'source', image: 'busybox', restartPolicy: 'Never', restartPolicyRules: [rule]};
const pod = (...containers: object[]) => ({kind: 'Pod', metadata: {name: 'a'}, spec: {containers}});
const {restartPolicyRules: _, ...withoutRules} = source;

describe('what came back', () => {
  test.each([
    ['is what was sent', pod(source)],
    ['has defaults added', {...pod({...source, imagePullPolicy: 'Always'}), status: {phase: 'Pending'}}],
    ['has containers injected before', pod({name: 'proxy'}, source)],
    ['has containers injected after', pod(source, {name: 'proxy'})],
  ])('does not differ where it %s', (__, stored) => {
    expect(differences(pod(source), stored)).toEqual([]);
  });

  test.each([
    [
      'a dropped field',
      pod(withoutRules),
      `spec.containers[0].restartPolicyRules: sent [${JSON.stringify(rule)}], stored nothing`,
    ],
    ['a changed field', pod({...source, image: 'other'}), 'spec.containers[0].image: sent "busybox", stored "other"'],
    [
      'a field of another type',
      pod({...source, restartPolicyRules: 'none'}),
      'spec.containers[0].restartPolicyRules: sent',
    ],
    [
      'a changed item',
      pod({...source, restartPolicyRules: [{...rule, action: 'Restart'}]}),
      'spec.containers[0].restartPolicyRules[0].action: sent "RestartAllContainers", stored "Restart"',
    ],
    [
      'a changed exit code',
      pod({...source, restartPolicyRules: [{...rule, exitCodes: {operator: 'In', values: [42]}}]}),
      'spec.containers[0].restartPolicyRules[0].exitCodes.values[0]: sent 88, stored 42',
    ],
    ['a dropped container', pod({name: 'proxy'}), 'spec.containers[0]: sent {"name":"source"'],
    ['a field that is null', {...pod(source), metadata: null}, 'metadata: sent {"name":"a"}, stored null'],
    ['nothing', undefined, ': sent {"kind":"Pod"'],
  ])('differs by %s, with its path and both values', (__, stored, message) => {
    const all = differences(pod(source), stored);
    expect(all).toHaveLength(1);
    expect(all[0]).toContain(message);
  });

  test('differs by everything that differs', () => {
    expect(differences({a: 1, b: {c: 2}, d: [3]}, {a: 9, b: {}, d: []})).toEqual([
      'a: sent 1, stored 9',
      'b.c: sent 2, stored nothing',
      'd[0]: sent 3, stored nothing',
    ]);
  });
});
