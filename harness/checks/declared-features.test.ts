import {describe, expect, test} from '@jest/globals';
import {Edit} from '../testing/edit.ts';
import {goodRecording} from '../testing/recorded.ts';
import * as checks from './declared-features.ts';

const declares = 'the node declares the feature';
const edited = (scenario: string, edit: (recording: Edit) => unknown) => {
  const recording = new Edit(goodRecording(scenario));
  edit(recording);
  return recording.recording;
};

test.each(['unknown', 'off'])('nothing is said of a node whose gate is %s', text => {
  const recording = edited('node-features', e => e.nodes('read gate', text));
  expect(checks.declaresFeature()(recording)).toMatchObject({
    outcome: 'unknown',
    saw: 'no node was seen with its gate on',
  });
});

describe('scheduling', () => {
  const waits = (message: string) =>
    edited('scheduling', e =>
      e.podsAfter('the node is created', 'plain', pod => {
        pod.spec = {...pod.spec, nodeName: undefined};
        pod.status.conditions = [{type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message}];
      }),
    );

  test.each([
    ['broken', '1 node declared features check failed - unsatisfied requirements: X'],
    ['broken', "1 node(s) didn't match Pod's required features"],
    ['unknown', '1 Insufficient cpu'],
  ])('of a Pod without the action is %s where it waits for: %s', (outcome, message) => {
    expect(checks.schedulesWithoutFeature('plain')(waits(message)).outcome).toBe(outcome);
  });

  test('is unknown where the scheduler said nothing', () => {
    const recording = edited('scheduling', e =>
      e.podsAfter('the node is created', 'plain', pod => {
        pod.spec = {...pod.spec, nodeName: undefined};
        pod.status.conditions = [];
      }),
    );
    expect(checks.schedulesWithoutFeature('plain')(recording).saw).toBe('the scheduler said nothing of plain');
  });

  test('is unknown where the Pod was kept back for another reason, and stayed so', () => {
    const recording = edited('scheduling', e =>
      e.podsAfter('the node is created', 'restarts', pod => {
        pod.spec = {...pod.spec, nodeName: undefined};
        for (const condition of pod.status.conditions) condition.message = '0/2 nodes are available: Insufficient cpu';
      }),
    );
    expect(checks.keepsUnscheduled('restarts', 'plain', declares)(recording)).toMatchObject({
      outcome: 'unknown',
      saw: 'restarts was kept back for another reason',
    });
    expect(checks.namesFeature('restarts', 'X')(recording).saw).toBe('the reason names no feature');
  });

  test('is unknown where a watch was lost', () => {
    const gap = {kind: 'gap', atMs: 1, resource: 'pods', why: 'too old'} as const;
    const recording = edited('scheduling', e => e.insert(1, gap));
    expect(checks.keepsUnscheduled('restarts', 'plain', declares)(recording)).toMatchObject({
      outcome: 'unknown',
      saw: 'the watch lost continuity: too old',
    });
  });

  test('is unknown where the node could not be made to declare the feature', () => {
    const recording = edited('scheduling', e => e.answers(declares, {code: 403, body: {}}));
    expect(checks.schedulesOnceDeclared('restarts', declares)(recording)).toMatchObject({
      outcome: 'unknown',
      saw: 'the node could not be made to declare it',
    });
  });
});
