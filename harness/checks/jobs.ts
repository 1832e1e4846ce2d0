import {z} from 'zod';
import {controllerOf, statusOf, statusesOf} from '../recording/pod.ts';
import {objectsOf, type ObjectVersion, type Timeline} from '../recording/timeline.ts';
import {broken, held, missing, unknown, unlessGap, type Check, type Evidence, type Finding} from './finding.ts';
import {evidence, ofRestart, stimulusEvidence} from './restart.ts';
import {objectsAround, ofObject, podsOf, unlessObjectGap} from './workloads.ts';

const indexLabel = 'batch.kubernetes.io/job-completion-index';

const exitCodes = z.looseObject({operator: z.string(), values: z.array(z.number())});

const jobSchema = z.looseObject({
  spec: z.looseObject({
    backoffLimit: z.number(),
    podFailurePolicy: z
      .looseObject({rules: z.array(z.looseObject({action: z.string(), onExitCodes: exitCodes.optional()}))})
      .optional(),
  }),
  status: z
    .looseObject({
      failed: z.number().default(0),
      uncountedTerminatedPods: z.looseObject({failed: z.array(z.string()).default([])}).default({failed: []}),
      conditions: z
        .array(z.looseObject({type: z.string(), status: z.string(), reason: z.string().optional()}))
        .default([]),
    })
    .default({failed: 0, uncountedTerminatedPods: {failed: []}, conditions: []}),
});

type Job = z.infer<typeof jobSchema>;

interface JobVersion {
  readonly version: ObjectVersion;
  readonly job: Job;
}

/** The Job counts no failed Pod for the restart (KEP-5532, Beta; Jobs, "Pod backoff failure policy"). */
export function countsNoFailedPod(): Check {
  return timeline => {
    const expected = 'status.failed of the Job stays 0, and it is not failed';
    const jobs = jobsAfter(timeline);
    const trail = [stimulusEvidence(timeline)];
    for (const {version, job} of jobs) {
      const {failed, uncountedTerminatedPods} = job.status;
      if (failed > 0 || uncountedTerminatedPods.failed.length > 0)
        return broken(expected, 'the Job counted a failed Pod', [...trail, ofObject(version, `failed ${failed}`)]);
      if (conditionOf(job, 'Failed', 'FailureTarget') !== undefined)
        return broken(expected, 'the Job failed', [...trail, ofObject(version, 'failed')]);
    }
    const last = objectsOf(timeline.recording, 'jobs').at(-1);
    if (last === undefined) return unknown(expected, 'no version of the Job was seen', trail);
    const end = ofObject(last, `failed ${jobSchema.parse(last.object).status.failed}`);
    return ofRestart(timeline, unlessObjectGap(timeline, 'jobs', held(expected, [...trail, end])));
  };
}

/**
 * A podFailurePolicy that would end the Job at the source's code does not act: it is about Pods that failed, and the Pod did
 * not (KEP-5307, "Job PodFailurePolicy").
 */
export function leavesFailurePolicyAlone(): Check {
  return timeline => {
    const {code} = timeline;
    const expected = `the rule of podFailurePolicy that lists ${code} does not act`;
    const [before] = objectsAround(timeline, 'jobs');
    const listed = before.findLast(({object}) =>
      jobSchema
        .parse(object)
        .spec.podFailurePolicy?.rules.some(
          ({action, onExitCodes}) => action === 'FailJob' && onExitCodes?.values.includes(code),
        ),
    );
    if (listed === undefined) return unknown(expected, 'no rule of the Job lists the code');
    const trail = [ofObject(listed, `podFailurePolicy: FailJob at ${code}`), stimulusEvidence(timeline)];
    const acted = jobsAfter(timeline).find(
      ({job}) => conditionOf(job, 'Failed', 'FailureTarget')?.reason === 'PodFailurePolicy',
    );
    if (acted !== undefined)
      return broken(expected, 'the Job failed with reason PodFailurePolicy', [
        ...trail,
        ofObject(acted.version, 'failed, PodFailurePolicy'),
      ]);
    const last = objectsOf(timeline.recording, 'jobs').at(-1);
    const end = last === undefined ? trail : [...trail, ofObject(last, 'not failed')];
    return ofRestart(timeline, unlessObjectGap(timeline, 'jobs', held(expected, end)));
  };
}

/**
 * A podFailurePolicy that lists the source's code ends the Job where no rule of the container matches that code and the Pod
 * fails by it (Jobs, "Pod failure policy"): what it does not do after a restart of all it does without.
 */
export function failsJobByPolicy(): Check {
  return timeline => {
    const expected = 'the Job fails with reason PodFailurePolicy when its Pod has failed';
    return failsFor('PodFailurePolicy', timeline, expected, [stimulusEvidence(timeline)]);
  };
}

/**
 * The containers that were told to end with 0 end the Job well.
 *
 * @param beside a sidecar that is not told, and does not keep the Job from completing (Sidecar Containers, "Jobs with sidecar
 *   containers")
 */
export function completesJob(beside?: string): Check {
  return timeline => {
    const expected = `the Job becomes Complete${beside === undefined ? '' : `, though ${beside} still ran`}`;
    const trail: Evidence[] = [];
    if (beside !== undefined) {
      if (statusOf(timeline.before.pod, beside)?.state.running === undefined)
        return unknown(expected, `${beside} did not run when the others were told to exit`);
      trail.push(evidence(timeline.before, `${beside} running`));
    }
    trail.push(stimulusEvidence(timeline));
    for (const {version, job} of jobsAfter(timeline)) {
      if (conditionOf(job, 'Failed', 'FailureTarget') !== undefined)
        return broken(expected, 'the Job failed', [...trail, ofObject(version, 'failed')]);
      if (conditionOf(job, 'Complete') !== undefined) return held(expected, [...trail, ofObject(version, 'Complete')]);
    }
    return unlessObjectGap(timeline, 'jobs', missing(timeline, expected, 'the Job did not become Complete', trail));
  };
}

/**
 * Under restart policy OnFailure the restarts of all containers count against backoffLimit (Jobs, "Pod backoff failure
 * policy"), so that a Job fails as soon as they come to it.
 */
export function failsJobByRestarts(): Check {
  return timeline => {
    const expected = 'the Job fails with BackoffLimitExceeded once the restarts of its containers come to backoffLimit';
    const [before] = objectsAround(timeline, 'jobs');
    const limit = before.map(({object}) => jobSchema.parse(object).spec.backoffLimit).at(-1);
    if (limit === undefined) return unknown(expected, 'no version of the Job was seen');
    const trail = [stimulusEvidence(timeline)];
    const restarts = (pod: Timeline['before']['pod']): number =>
      statusesOf(pod).reduce((sum, {restartCount}) => sum + restartCount, 0);
    const reached = timeline.after.find(({pod}) => restarts(pod) >= limit);
    if (reached === undefined) return missing(timeline, expected, 'the restarts did not come to backoffLimit', trail);
    trail.push(evidence(reached, `restarts of all containers ${restarts(reached.pod)}, backoffLimit ${limit}`));
    return failsFor('BackoffLimitExceeded', timeline, expected, trail);
  };
}

/** Held where the Job fails, or begins to, and says that it does for that reason. */
function failsFor(reason: string, timeline: Timeline, expected: string, trail: readonly Evidence[]): Finding {
  for (const {version, job} of jobsAfter(timeline)) {
    const failed = conditionOf(job, 'Failed', 'FailureTarget');
    if (failed === undefined) continue;
    const seen = [...trail, ofObject(version, `${failed.type}, ${failed.reason ?? 'no reason'}`)];
    return failed.reason === reason
      ? held(expected, seen)
      : broken(expected, 'the Job failed for another reason', seen);
  }
  return unlessObjectGap(timeline, 'jobs', missing(timeline, expected, 'the Job did not fail', trail));
}

/** In an Indexed Job the Pods of the other indexes go on, and the restarted one keeps its index (Jobs, "Completion mode"). */
export function restartsOneIndex(): Check {
  return timeline => {
    const {before, stimulusIndex} = timeline;
    const index = before.pod.metadata.labels?.[indexLabel];
    const expected = 'the Pod keeps its index, and no container of another index is started again';
    const controller = controllerOf(before.pod);
    if (index === undefined || controller === undefined) return unknown(expected, 'the Pod has no index');
    const trail = [evidence(before, `index ${index}`), stimulusEvidence(timeline)];
    const moved = timeline.after.find(({pod}) => pod.metadata.labels?.[indexLabel] !== index);
    if (moved !== undefined) return broken(expected, 'the index changed', [...trail, evidence(moved, 'another index')]);
    const others = podsOf(timeline).filter(
      ({pod}) => controllerOf(pod)?.uid === controller.uid && pod.metadata.name !== before.pod.metadata.name,
    );
    const was = others.findLast(each => each.index < stimulusIndex);
    const own = (pod: Timeline['before']['pod']) => timeline.containers.map(({name}) => statusOf(pod, name));
    const ids = (pod: Timeline['before']['pod']): string =>
      JSON.stringify(own(pod).map(status => [status?.containerID, status?.restartCount]));
    if (was === undefined || own(was.pod).some(status => status?.state.running === undefined))
      return unknown(expected, 'no other index ran when the source was told to exit', trail);
    trail.push(evidence(was, `index ${was.pod.metadata.labels?.[indexLabel] ?? 'unknown'} runs`));
    for (const each of others.filter(({index: at}) => at > stimulusIndex)) {
      if (each.pod.metadata.uid !== was.pod.metadata.uid)
        return broken(expected, 'the Job created another Pod', [...trail, evidence(each, 'another Pod')]);
      if (ids(each.pod) !== ids(was.pod))
        return broken(expected, 'another index was restarted', [...trail, evidence(each, 'other containers')]);
    }
    return ofRestart(timeline, unlessGap(timeline, held(expected, trail), 'absence'));
  };
}

function jobsAfter(timeline: Timeline): readonly JobVersion[] {
  const [, after] = objectsAround(timeline, 'jobs');
  return after.map(version => ({version, job: jobSchema.parse(version.object)}));
}

function conditionOf({status}: Job, ...types: readonly string[]): Job['status']['conditions'][number] | undefined {
  return status.conditions.find(condition => condition.status === 'True' && types.includes(condition.type));
}
