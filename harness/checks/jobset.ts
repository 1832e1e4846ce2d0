import {z} from 'zod';
import {controllerOf} from '../recording/pod.ts';
import {timelineOf, type Timeline} from '../recording/timeline.ts';
import {restartsEachOnce} from './counts.ts';
import {broken, held, unknown, unlessGap, type Check} from './finding.ts';
import {evidence, ofRestart, restartsAll, stimulusEvidence} from './restart.ts';
import {objectsAround, ofObject, podsOf, unlessObjectGap} from './workloads.ts';

const jobSetSchema = z.looseObject({
  status: z
    .looseObject({
      restarts: z.number().default(0),
      terminalState: z.string().optional(),
      conditions: z.array(z.looseObject({type: z.string(), status: z.string()})).default([]),
      replicatedJobsStatus: z.array(z.unknown()).default([]),
    })
    .default({restarts: 0, conditions: [], replicatedJobsStatus: []}),
});

/**
 * Every Pod of the group that was told has each of its containers started again, once: JobSet ends a JobSet of which one
 * container was restarted more often than maxRestarts (JobSet KEP-467, "In-place restart").
 */
export function restartsGroupOnce(): Check {
  const expected = 'in every Pod of the group each container is started again, once';
  return timeline => {
    const group = groupOf(timeline);
    if (group.length < 2) return unknown(expected, 'fewer than two Pods of the group were told');
    const findings = group.flatMap(each => [restartsAll()(each), restartsEachOnce()(each)]);
    const deciding =
      findings.find(({outcome}) => outcome === 'broken') ?? findings.find(({outcome}) => outcome === 'unknown');
    if (deciding !== undefined) return {...deciding, expected};
    return held(
      expected,
      findings.flatMap(finding => finding.evidence),
    );
  };
}

/** The timelines of the Pods that were told in the same step, the scenario's own first. */
function groupOf(timeline: Timeline): readonly Timeline[] {
  const {recording, stimulusIndex} = timeline;
  const told = recording.observations[stimulusIndex];
  const step = told?.kind === 'stimulus' ? told.step : undefined;
  const others = recording.observations.flatMap(o =>
    o.kind === 'stimulus' && o.step === step && o.pod !== undefined ? [o.pod] : [],
  );
  return [
    timeline,
    ...[...new Set(others)].map(pod => timelineOf(recording, step, pod)).filter(each => each !== undefined),
  ];
}

/** No Pod of the group comes or goes (KEP-5532, Summary: in place, without a new Pod). */
export function keepsGroup(): Check {
  const expected = 'every Pod of the group keeps its UID, and none is created or deleted';
  return timeline => {
    const {stimulusIndex} = timeline;
    const pods = podsOf(timeline).filter(({pod}) => controllerOf(pod)?.kind === 'Job');
    const before = pods.filter(({index}) => index < stimulusIndex);
    const created = before.filter(({type}) => type === 'ADDED');
    if (created.length === 0) return unknown(expected, 'the watch did not bring the creation of the Pods');
    const known = new Set(before.map(({pod}) => pod.metadata.uid));
    const trail = [
      ...created.map(each => evidence(each, `${each.pod.metadata.name} created`)),
      stimulusEvidence(timeline),
    ];
    for (const each of pods.filter(({index}) => index > stimulusIndex)) {
      const {name, uid, deletionTimestamp} = each.pod.metadata;
      if (!known.has(uid)) return broken(expected, 'another Pod was created', [...trail, evidence(each, name)]);
      if (each.type === 'DELETED' || deletionTimestamp !== undefined)
        return broken(expected, 'a Pod was deleted', [...trail, evidence(each, name)]);
    }
    return ofRestart(timeline, unlessGap(timeline, held(expected, trail), 'absence'));
  };
}

/** The JobSet takes the restart for no failure: it neither fails nor restarts its Jobs (JobSet KEP-467, "In-place restart"). */
export function keepsJobSet(): Check {
  const expected = 'the JobSet stays, does not fail, and status.restarts stays as it was';
  const kind = 'jobsets';
  return timeline => {
    const [before, after] = objectsAround(timeline, kind);
    const known = before.at(-1);
    if (known === undefined) return unknown(expected, 'no version of the JobSet was seen before');
    const was = jobSetSchema.parse(known.object).status;
    if (was.replicatedJobsStatus.length === 0) return unknown(expected, "JobSet's controller was not seen at work");
    const trail = [ofObject(known, `restarts ${was.restarts}`), stimulusEvidence(timeline)];
    for (const version of after) {
      const {restarts, terminalState, conditions} = jobSetSchema.parse(version.object).status;
      const failed = conditions.some(({type, status}) => type === 'Failed' && status === 'True');
      if (version.type === 'DELETED')
        return broken(expected, 'the JobSet was deleted', [...trail, ofObject(version, 'deleted')]);
      if (failed || terminalState === 'Failed')
        return broken(expected, 'the JobSet failed', [...trail, ofObject(version, 'failed')]);
      if (restarts > was.restarts)
        return broken(expected, 'status.restarts went up', [...trail, ofObject(version, `restarts ${restarts}`)]);
    }
    const last = after.at(-1);
    const end = last === undefined ? trail : [...trail, ofObject(last, `not failed, restarts ${was.restarts}`)];
    return ofRestart(timeline, unlessObjectGap(timeline, kind, held(expected, end)));
  };
}
