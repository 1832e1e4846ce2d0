import {nameInApi} from '../recording/observation.ts';
import {conditionOf, type Pod} from '../recording/pod.ts';
import type {Recording} from '../recording/recording.ts';
import {broken, held, unknown, type Evidence, type Finding, type RecordingCheck} from './finding.ts';

/** What a scheduler says of a node that does not declare what a Pod needs: one text up to 1.35, another from 1.36 on. */
const forTheFeature = /declared features|required features/;

/** What was read of one node: its kubelet's gate, and whether it declares the feature. */
interface Reading {
  readonly gate: Evidence & {readonly says: string};
  readonly declared: Evidence & {readonly says: string};
}

/** Whether every node whose kubelet has the gate on declares the feature (KEP-5328, "Kubelet Changes"). */
export function declaresFeature(): RecordingCheck {
  return recording => judgeNodes(recording, 'on', 'declared', 'every node with the gate on declares the feature');
}

/** Whether no node whose kubelet has the gate off declares it (KEP-5328, "Declared Feature Semantics"). */
export function doesNotDeclareFeature(): RecordingCheck {
  return recording => judgeNodes(recording, 'off', 'not declared', 'no node with the gate off declares the feature');
}

function judgeNodes(recording: Recording, gate: 'on' | 'off', wanted: string, expected: string): Finding {
  const readings = readingsOf(recording).filter(reading => reading.gate.says === gate);
  if (readings.length === 0) return unknown(expected, `no node was seen with its gate ${gate}`);
  const evidence = readings.flatMap(reading => [reading.gate, reading.declared]);
  const bad = readings.findIndex(({declared}) => declared.says !== wanted);
  return bad === -1
    ? held(expected, evidence)
    : broken(expected, `a node with its gate ${gate}: ${readings[bad]?.declared.says ?? ''}`, evidence, bad * 2 + 1);
}

function readingsOf({observations}: Recording): readonly Reading[] {
  const said = observations.flatMap((o, index) =>
    o.kind === 'node' ? [{...o, index, says: o.text, text: `${o.node}: ${o.action}: ${o.text}`}] : [],
  );
  return said.flatMap(gate => {
    if (gate.action !== 'read gate') return [];
    const declared = said.find(other => other.node === gate.node && other.action === 'read declared feature');
    return declared === undefined ? [] : [{gate, declared}];
  });
}

/** One Pod of a scheduling scenario: what was seen of it, and what came first of it being bound and being refused. */
interface Scheduling {
  readonly evidence: readonly Evidence[];
  readonly nodeName: string | undefined;
  /** The scheduler's last reason for which no node fits. */
  readonly reason: string | undefined;
}

/** Whether a Pod without the action is bound to a node that does not declare the feature (KEP-5328, "kube-scheduler Changes"). */
export function schedulesWithoutFeature(pod: string): RecordingCheck {
  return recording => bound(recording, pod, `${pod} is scheduled to the node that does not declare the feature`);
}

/**
 * Whether a Pod with the action is bound once the node declares the feature (KEP-5328, "kube-scheduler Changes").
 *
 * @param declared the request by which the node declares it
 */
export function schedulesOnceDeclared(pod: string, declared: string): RecordingCheck {
  return recording => {
    const expected = `${pod} is scheduled once the node declares the feature`;
    const at = answeredAt(recording, declared);
    return at === undefined
      ? unknown(expected, 'the node could not be made to declare it')
      : bound(recording, pod, expected);
  };
}

function bound(recording: Recording, pod: string, expected: string): Finding {
  const {evidence, nodeName, reason} = schedulingOf(recording, pod);
  if (nodeName !== undefined) return held(expected, evidence);
  if (reason === undefined) return unknown(expected, `the scheduler said nothing of ${pod}`, evidence);
  return forTheFeature.test(reason)
    ? broken(expected, `${pod} stayed Pending for a feature that the node does not declare`, evidence)
    : unknown(expected, `${pod} stayed Pending for another reason`, evidence);
}

/**
 * Whether a Pod with the action stays Pending, with the scheduler's reason, as long as the only node that it may run on does
 * not declare the feature (KEP-5328, "kube-scheduler Changes").
 *
 * @param control a Pod without the action, which shows that the node takes Pods
 * @param declared the request by which the node declares the feature, later
 */
export function keepsUnscheduled(pod: string, control: string, declared: string): RecordingCheck {
  return recording => {
    const expected = `${pod} is Pending as Unschedulable until the node declares the feature`;
    const until = answeredAt(recording, declared) ?? Infinity;
    const {evidence, nodeName, reason} = schedulingOf(recording, pod, until);
    if (nodeName !== undefined)
      return broken(expected, `${pod} was scheduled to a node that does not declare it`, evidence);
    const gap = recording.observations.find(o => o.kind === 'gap' && o.resource === 'pods');
    if (gap?.kind === 'gap') return unknown(expected, `the watch lost continuity: ${gap.why}`, evidence);
    if (schedulingOf(recording, control).nodeName === undefined) {
      return unknown(expected, 'the node took no Pod at all', evidence);
    }
    if (reason === undefined || reason === '') return broken(expected, 'the scheduler gave no reason', evidence);
    const forIt = forTheFeature.test(reason) || schedulingOf(recording, pod).nodeName !== undefined;
    return forIt ? held(expected, evidence) : unknown(expected, `${pod} was kept back for another reason`, evidence);
  };
}

/** Whether the scheduler's reason for such a Pod names the feature that is missing (KEP-5328, "kube-scheduler Changes"). */
export function namesFeature(pod: string, feature: string): RecordingCheck {
  return recording => {
    const expected = `the reason for which ${pod} is Pending names ${feature}`;
    const {evidence, reason} = schedulingOf(recording, pod);
    if (reason === undefined) return unknown(expected, 'the scheduler gave no reason', evidence);
    if (reason.includes(feature)) return held(expected, evidence);
    const speaks = reason.includes("didn't match Pod's required features");
    return broken(
      expected,
      speaks ? 'the reason speaks of required features and names none' : 'the reason names no feature',
      evidence,
    );
  };
}

function schedulingOf(recording: Recording, name: string, until = Infinity): Scheduling {
  const known = nameInApi(recording, name);
  const versions = recording.observations.flatMap((o, index) =>
    o.kind === 'pod' && o.object.metadata.name === known && index < until
      ? [{index, atMs: o.atMs, pod: o.object, text: describe(o.object)}]
      : [],
  );
  const nodeName = versions.find(({pod}) => pod.spec.nodeName !== undefined)?.pod.spec.nodeName;
  const refused = versions.findLast(({pod}) => conditionOf(pod, 'PodScheduled')?.reason === 'Unschedulable');
  const reason = refused === undefined ? undefined : (conditionOf(refused.pod, 'PodScheduled')?.message ?? '');
  return {evidence: versions, nodeName, reason};
}

function describe(pod: Pod): string {
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (pod.spec.nodeName !== undefined) return `${pod.metadata.name} scheduled to ${pod.spec.nodeName}`;
  return `${pod.metadata.name} ${[scheduled?.reason, scheduled?.message].filter(Boolean).join(': ') || 'not scheduled yet'}`;
}

/** Where a request was answered, if it was carried out. */
function answeredAt({observations}: Recording, name: string): number | undefined {
  const at = observations.findIndex(o => o.kind === 'answer' && o.name === name && o.code < 300);
  return at === -1 ? undefined : at;
}
