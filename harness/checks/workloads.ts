import {z} from 'zod';
import {controllerOf, type Pod} from '../recording/pod.ts';
import {objectsOf, type ObjectVersion, type Timeline} from '../recording/timeline.ts';
import {broken, held, missing, unknown, unlessGap, type Check, type Evidence, type Finding} from './finding.ts';
import {allRestarted, evidence, ofRestart, stimulusEvidence} from './restart.ts';

/** A version of any Pod of the recording, with its place. */
interface AnyPod {
  readonly index: number;
  readonly atMs: number;
  readonly type: string;
  readonly pod: Pod;
}

const availabilitySchema = z.looseObject({
  spec: z.looseObject({replicas: z.number()}),
  status: z.looseObject({availableReplicas: z.number().default(0)}),
});

const budgetSchema = z.looseObject({
  status: z
    .looseObject({
      desiredHealthy: z.number().default(0),
      expectedPods: z.number().default(0),
      currentHealthy: z.number().default(0),
      disruptedPods: z.record(z.string(), z.unknown()).default({}),
    })
    .default({desiredHealthy: 0, expectedPods: 0, currentHealthy: 0, disruptedPods: {}}),
});

/**
 * The Pod's controller keeps it, under its UID, and makes no other (KEP-5532, Summary: in place, without a new Pod). That the
 * same watch brought the creation of this Pod shows that it would have brought another.
 */
export function keepsOnlyPod(): Check {
  return timeline => {
    const {pod} = timeline.before;
    const {name, uid} = pod.metadata;
    const controller = controllerOf(pod);
    const expected = `the Pod keeps its UID and the ${controller?.kind ?? 'controller'} creates no other`;
    if (controller === undefined) return unknown(expected, 'the Pod has no controller');
    const siblings = podsOf(timeline).filter(each => controllerOf(each.pod)?.uid === controller.uid);
    const created = siblings.find(each => each.type === 'ADDED' && each.pod.metadata.uid === uid);
    if (created === undefined) return unknown(expected, 'the watch did not bring the creation of the Pod');
    const trail = [evidence(created, 'created'), stimulusEvidence(timeline)];
    const known = new Set(
      siblings.filter(({index}) => index < timeline.stimulusIndex).map(each => each.pod.metadata.uid),
    );
    for (const each of siblings.filter(({index}) => index > timeline.stimulusIndex)) {
      const {metadata} = each.pod;
      const going = each.type === 'DELETED' || metadata.deletionTimestamp !== undefined;
      if (metadata.uid === uid && going)
        return broken(expected, 'the Pod was deleted', [...trail, evidence(each, 'deleted')]);
      if (known.has(metadata.uid) || isForAnotherNode(each, siblings, timeline)) continue;
      const saw = metadata.name === name ? 'the Pod was replaced' : 'another Pod was created';
      return broken(expected, saw, [...trail, evidence(each, `Pod ${metadata.name}`)]);
    }
    const left = timeline.after.find(each => controllerOf(each.pod)?.uid !== controller.uid);
    if (left !== undefined)
      return broken(expected, 'the Pod lost its controller', [...trail, evidence(left, 'another owner, or none')]);
    const last = timeline.after.at(-1);
    const end = last === undefined ? trail : [...trail, evidence(last, 'the same UID, and no other Pod')];
    return ofRestart(timeline, unlessGap(timeline, held(expected, end), 'absence'));
  };
}

/** What a DaemonSet makes for a node that has just come is not made in place of this Pod. */
function isForAnotherNode({pod}: AnyPod, siblings: readonly AnyPod[], {before}: Timeline): boolean {
  if (controllerOf(pod)?.kind !== 'DaemonSet') return false;
  const node = siblings.findLast(each => each.pod.metadata.uid === pod.metadata.uid)?.pod.spec.nodeName;
  return node !== undefined && node !== before.pod.spec.nodeName;
}

/** The objects of a kind that were there before stay, and no other comes. */
export function keepsObjects(kind: string): Check {
  return timeline => {
    const expected = `no object among ${kind} comes or goes`;
    const [before, after] = objectsAround(timeline, kind);
    const [first] = before;
    if (first === undefined) return unknown(expected, 'none was there when the source was told to exit');
    const known = new Set(before.map(({object}) => object.metadata.uid));
    const trail = [ofObject(first, 'there'), stimulusEvidence(timeline)];
    for (const each of after) {
      const saw =
        each.type === 'DELETED'
          ? `one of ${kind} was deleted`
          : known.has(each.object.metadata.uid)
            ? undefined
            : `one more of ${kind} was created`;
      if (saw !== undefined) return broken(expected, saw, [...trail, ofObject(each, saw)]);
    }
    return ofRestart(timeline, unlessObjectGap(timeline, kind, held(expected, trail)));
  };
}

/** After the restart an object counts all its Pods as available again. */
export function isAvailableAgain(kind: string): Check {
  return timeline => {
    const expected = `availableReplicas of ${kind} comes back to spec.replicas`;
    const version = objectsOf(timeline.recording, kind).at(-1);
    const known = availabilitySchema.safeParse(version?.object);
    if (version === undefined || !known.success) return unknown(expected, 'its status was not seen');
    const {spec, status} = known.data;
    const seen = [ofObject(version, `availableReplicas ${status.availableReplicas} of ${spec.replicas}`)];
    if (status.availableReplicas < spec.replicas) {
      const late = missing(timeline, expected, 'availableReplicas did not come back', seen);
      return unlessObjectGap(timeline, kind, late);
    }
    return ofRestart(timeline, unlessObjectGap(timeline, kind, held(expected, seen)));
  };
}

/**
 * A PodDisruptionBudget that allows no disruption neither holds the restart up nor records a disrupted Pod: containers that
 * exit are no eviction (Disruptions, "Pod disruption budgets").
 */
export function leavesBudgetAlone(): Check {
  return timeline => {
    const expected = 'every container is started again, and status.disruptedPods stays empty';
    const kind = 'poddisruptionbudgets';
    const [before, after] = objectsAround(timeline, kind);
    const budgets = [...before, ...after].map(version => ({
      version,
      status: budgetSchema.parse(version.object).status,
    }));
    const force = budgets.find(({status}) => status.expectedPods > 0 && status.desiredHealthy >= status.expectedPods);
    if (force === undefined) return unknown(expected, 'the budget was not seen in force');
    const trail = [
      ofObject(
        force.version,
        `expectedPods ${force.status.expectedPods}, desiredHealthy ${force.status.desiredHealthy}`,
      ),
      stimulusEvidence(timeline),
    ];
    const charged = budgets.find(({status}) => Object.keys(status.disruptedPods).length > 0);
    if (charged !== undefined)
      return broken(expected, 'a disrupted Pod was recorded', [...trail, ofObject(charged.version, 'disruptedPods')]);
    if (!allRestarted(timeline)) return missing(timeline, expected, 'not every container was started again', trail);
    const last = budgets.at(-1);
    const end = last === undefined ? [] : [ofObject(last.version, `currentHealthy ${last.status.currentHealthy}`)];
    return ofRestart(timeline, unlessObjectGap(timeline, kind, held(expected, [...trail, ...end])));
  };
}

/** Every version of any Pod, with its place in the recording. */
export function podsOf({recording}: Timeline): readonly AnyPod[] {
  return recording.observations.flatMap((o, index) =>
    o.kind === 'pod' ? [{index, atMs: o.atMs, type: o.type, pod: o.object}] : [],
  );
}

/** The versions of a kind before containers were told to exit, and after. */
export function objectsAround(
  {recording, stimulusIndex}: Timeline,
  kind: string,
): readonly [before: readonly ObjectVersion[], after: readonly ObjectVersion[]] {
  const versions = objectsOf(recording, kind);
  return [versions.filter(({index}) => index < stimulusIndex), versions.filter(({index}) => index > stimulusIndex)];
}

/** One version of an object as evidence. */
export function ofObject({index, atMs, object}: ObjectVersion, text: string): Evidence {
  return {index, atMs, text: `rv ${object.metadata.resourceVersion}  ${object.metadata.name} ${text}`};
}

/** What speaks of something that never came to an object is unknown where continuity of its watch was lost. */
export function unlessObjectGap({recording, stimulusIndex}: Timeline, kind: string, finding: Finding): Finding {
  const gap = recording.observations.find(
    (o, index) => o.kind === 'gap' && o.resource === kind && index > stimulusIndex,
  );
  if (gap?.kind !== 'gap') return finding;
  return unknown(finding.expected, `the watch of ${kind} lost continuity: ${gap.why}`, finding.evidence);
}
