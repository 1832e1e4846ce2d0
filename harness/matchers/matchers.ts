import {expect as jestExpect} from 'expect';
import * as alone from '../checks/alone.ts';
import * as barrier from '../checks/barrier.ts';
import * as conditions from '../checks/conditions.ts';
import * as containers from '../checks/containers.ts';
import * as counts from '../checks/counts.ts';
import * as ends from '../checks/ends.ts';
import * as disruption from '../checks/disruption.ts';
import * as ephemeral from '../checks/ephemeral.ts';
import * as failure from '../checks/failure.ts';
import type {Check, Finding, RecordingCheck} from '../checks/finding.ts';
import * as identity from '../checks/identity.ts';
import * as injection from '../checks/injection.ts';
import * as jobs from '../checks/jobs.ts';
import * as jobSet from '../checks/jobset.ts';
import * as logs from '../checks/logs.ts';
import * as loop from '../checks/loop.ts';
import * as node from '../checks/node.ts';
import * as output from '../checks/output.ts';
import * as podStatus from '../checks/pod-status.ts';
import * as probes from '../checks/probes.ts';
import * as resources from '../checks/resources.ts';
import * as restart from '../checks/restart.ts';
import * as rollout from '../checks/rollout.ts';
import * as service from '../checks/service.ts';
import * as sources from '../checks/sources.ts';
import * as declaredFeatures from '../checks/declared-features.ts';
import * as validation from '../checks/validation.ts';
import * as serviceLevel from '../checks/service-level.ts';
import * as volumes from '../checks/volumes.ts';
import * as workloads from '../checks/workloads.ts';
import type {Recording} from '../recording/recording.ts';
import type {Timeline} from '../recording/timeline.ts';
import {excerpt, explain} from './explain.ts';

/** What was expected: the matcher, what it was given, and the step where it is not the first. */
export interface Expectation {
  readonly matcher: string;
  readonly given: readonly unknown[];
  readonly step?: string;
}

/** What a matcher is applied to: a scenario whose recording can be judged, and where findings go. */
export interface Judgeable {
  readonly timeline: Timeline;
  /** The whole recording, for what does not turn on a container's exit. */
  readonly recording: Recording;
  /**
   * Takes what was found.
   *
   * @param failure explains what did not hold; undefined where it held
   */
  collect(found: {
    finding: Finding;
    excerpt: () => readonly string[];
    by: Expectation;
    failure: Error | undefined;
  }): void;
}

/** Thrown where a precondition was not seen to be met: what is expected after it says nothing then. */
export class Undecided extends Error {}

/**
 * Wraps a check of a restart's timeline. The finding is collected, and all of a requirement are weighed at its end, so that
 * one does not hide another.
 */
function matcher<Arguments extends readonly unknown[]>(name: string, check: (...given: Arguments) => Check) {
  return function (this: {isNot?: boolean | undefined}, run: Judgeable, ...given: Arguments) {
    refuseNot(name, this.isNot);
    const {timeline} = run;
    return outcome(run, check(...given)(timeline), timeline, {matcher: name, given});
  };
}

/** As matcher, for a check whose unknown leaves nothing to say of what is expected after it. */
function precondition<Arguments extends readonly unknown[]>(name: string, check: (...given: Arguments) => Check) {
  const wrapped = matcher(name, check);
  return function (this: {isNot?: boolean | undefined}, run: Judgeable, ...given: Arguments) {
    const result = wrapped.call(this, run, ...given);
    if (result.outcome === 'unknown') throw new Undecided(result.message());
    return result;
  };
}

/** Wraps a check of a whole recording, which need not have a restart; times count from its begin. */
function recordingMatcher<Arguments extends readonly unknown[]>(
  name: string,
  check: (...given: Arguments) => RecordingCheck,
) {
  return function (this: {isNot?: boolean | undefined}, run: Judgeable, ...given: Arguments) {
    refuseNot(name, this.isNot);
    const {recording} = run;
    return outcome(run, check(...given)(recording), {recording, stimulusAtMs: 0}, {matcher: name, given});
  };
}

function refuseNot(name: string, isNot: boolean | undefined): void {
  if (isNot === true) throw new Error(`${name} has no .not: an empty recording would pass it`);
}

function outcome(
  run: Judgeable,
  finding: Finding,
  from: Pick<Timeline, 'recording' | 'stimulusAtMs'>,
  by: Expectation,
) {
  const shown = () => excerpt(finding, from);
  const message = (): string => explain(finding, shown());
  run.collect({finding, excerpt: shown, by, failure: finding.outcome === 'held' ? undefined : new Error(message())});
  return {pass: true, message, outcome: finding.outcome};
}

/** Lets a failure that was collected point at the suite which expects something, not at what looks for it. */
export function pointAtSuite(error: Error): Error {
  const frames = (error.stack ?? '').split('\n').filter(line => /^\s+at /.test(line));
  const own = frames.findLastIndex(line => /[\\/](matchers[\\/]matchers\.ts|node_modules[\\/]expect[\\/])/.test(line));
  error.stack = [`${error.name}: ${error.message}`, ...frames.slice(own + 1)].join('\n');
  return error;
}

/** Every matcher with the check that it wraps. */
const matchers = {
  toRestartAllContainers: matcher('toRestartAllContainers', restart.restartsAll),
  toRestartAlone: matcher('toRestartAlone', alone.restartsAlone),
  toStayEnded: matcher('toStayEnded', alone.staysEnded),
  toStartNothing: matcher('toStartNothing', alone.startsNothing),
  toRestartOnceOrTwice: matcher('toRestartOnceOrTwice', sources.restartsOnceOrTwice),
  toStartFromTheFirst: matcher('toStartFromTheFirst', sources.startsFromTheFirst),
  toTriggerBeforeStarted: precondition('toTriggerBeforeStarted', sources.triggersBeforeStarted),
  toEndBySignal: precondition('toEndBySignal', sources.endsBySignal),
  toEndForItsMemory: precondition('toEndForItsMemory', sources.endsForItsMemory),
  toFailProbe: precondition('toFailProbe', sources.failsProbe),
  toEndWith: precondition('toEndWith', sources.endsWith),
  toExitOnlyWith: matcher('toExitOnlyWith', sources.exitsOnlyWith),
  toRunAgain: matcher('toRunAgain', sources.runsAgain),
  toPreserve: matcher('toPreserve', identity.preserves),
  toPreserveNamespaces: matcher('toPreserveNamespaces', identity.preservesNamespaces),
  toPreserveHostname: matcher('toPreserveHostname', identity.preservesHostname),
  toPreserveUserNamespace: matcher('toPreserveUserNamespace', identity.preservesUserNamespace),
  toFindMended: matcher('toFindMended', volumes.findsMended),
  toPreserveVolume: matcher('toPreserveVolume', volumes.preservesVolume),
  toPreserveEnvironment: matcher('toPreserveEnvironment', volumes.preservesEnvironment),
  toPreserveImages: matcher('toPreserveImages', containers.preservesImages),
  toRenewWritableLayers: matcher('toRenewWritableLayers', volumes.renewsWritableLayers),
  toFindWhatEarlierRunsLeft: matcher('toFindWhatEarlierRunsLeft', volumes.findsWhatItLeft),
  toStartInTurn: matcher('toStartInTurn', containers.startsInTurn),
  toRestartEachOnce: matcher('toRestartEachOnce', counts.restartsEachOnce),
  toCountRestart: matcher('toCountRestart', counts.countsRestart),
  toStartUncounted: matcher('toStartUncounted', counts.startsUncounted),
  toRenewContainerIds: matcher('toRenewContainerIds', containers.renewsContainerIds),
  toRepeatPostStart: matcher('toRepeatPostStart', containers.repeatsPostStart),
  toSkipPreStop: matcher('toSkipPreStop', containers.skipsPreStop),
  toEndContainersWithin: matcher('toEndContainersWithin', containers.endsContainersWithin),
  toEndContainersSideBySide: matcher('toEndContainersSideBySide', ends.endsSideBySide),
  toSignalFirst: matcher('toSignalFirst', ends.signalsFirst),
  toRunNoneTwiceAtATime: matcher('toRunNoneTwiceAtATime', ends.runsNoneTwice),
  toDeleteGracefully: matcher('toDeleteGracefully', ends.deletesGracefully),
  toReadPreviousLog: matcher('toReadPreviousLog', logs.readsPreviousLog),
  toPreserveResources: matcher('toPreserveResources', resources.preservesResources),
  toKeepEndpoint: matcher('toKeepEndpoint', service.keepsEndpoint),
  toHaveNoReadyEndpoint: matcher('toHaveNoReadyEndpoint', service.hasNoReadyEndpoint),
  toTellLastState: matcher('toTellLastState', containers.tellsLastState),
  toShowExitCode: matcher('toShowExitCode', containers.showsExitCode),
  toTerminateEphemeral: matcher('toTerminateEphemeral', ephemeral.terminatesEphemeral),
  toNotStartEphemeral: matcher('toNotStartEphemeral', ephemeral.doesNotStartEphemeral),
  toAddEphemeral: matcher('toAddEphemeral', ephemeral.addsEphemeral),
  toKeepEphemeral: matcher('toKeepEphemeral', ephemeral.keepsEphemeral),
  toNotRaiseBefore: matcher('toNotRaiseBefore', conditions.isNotRaisedBefore),
  toRaiseCondition: matcher('toRaiseCondition', conditions.raisesCondition),
  toLowerCondition: matcher('toLowerCondition', conditions.lowersCondition),
  toRaiseOnce: matcher('toRaiseOnce', conditions.raisesOnce),
  toDateTransitions: matcher('toDateTransitions', conditions.datesTransitions),
  toGiveReason: matcher('toGiveReason', conditions.givesReason),
  toNameSource: matcher('toNameSource', conditions.namesSource),
  toInterruptReadiness: matcher('toInterruptReadiness', podStatus.interruptsReadiness),
  toKeepTrue: matcher('toKeepTrue', podStatus.keepsTrue),
  toNeverLower: matcher('toNeverLower', podStatus.neverLowers),
  toStartFirstContainerInTime: matcher('toStartFirstContainerInTime', serviceLevel.startsFirstInTime),
  toRestartInTime: matcher('toRestartInTime', serviceLevel.restartsInTime),
  toStartWithoutRetry: matcher('toStartWithoutRetry', serviceLevel.startsWithoutRetry),
  toRestartBeforeResync: matcher('toRestartBeforeResync', serviceLevel.restartsBeforeResync),
  toAddLittlePerContainer: matcher('toAddLittlePerContainer', serviceLevel.addsLittlePerContainer),
  toBeFasterThanRecreating: matcher('toBeFasterThanRecreating', serviceLevel.isFasterThanRecreating),
  toRestartEachPodOnce: matcher('toRestartEachPodOnce', serviceLevel.restartsEachPodOnce),
  toStayInPhase: matcher('toStayInPhase', podStatus.staysInPhase),
  toBePendingMeanwhile: matcher('toBePendingMeanwhile', podStatus.isPendingMeanwhile),
  toWaitWithReason: matcher('toWaitWithReason', podStatus.waitsWithReason),
  toKeepOnlyPod: matcher('toKeepOnlyPod', workloads.keepsOnlyPod),
  toKeepObjects: matcher('toKeepObjects', workloads.keepsObjects),
  toBeAvailableAgain: matcher('toBeAvailableAgain', workloads.isAvailableAgain),
  toLeaveBudgetAlone: matcher('toLeaveBudgetAlone', workloads.leavesBudgetAlone),
  toCountNoFailedPod: matcher('toCountNoFailedPod', jobs.countsNoFailedPod),
  toLeaveFailurePolicyAlone: matcher('toLeaveFailurePolicyAlone', jobs.leavesFailurePolicyAlone),
  toCompleteJob: matcher('toCompleteJob', jobs.completesJob),
  toFailJobByPolicy: matcher('toFailJobByPolicy', jobs.failsJobByPolicy),
  toFailJobByRestarts: matcher('toFailJobByRestarts', jobs.failsJobByRestarts),
  toRestartOneIndex: matcher('toRestartOneIndex', jobs.restartsOneIndex),
  toRestartGroupOnce: matcher('toRestartGroupOnce', jobSet.restartsGroupOnce),
  toKeepGroup: matcher('toKeepGroup', jobSet.keepsGroup),
  toKeepJobSet: matcher('toKeepJobSet', jobSet.keepsJobSet),
  toWaitForBarrier: matcher('toWaitForBarrier', barrier.waitsForBarrier),
  toRestartInjected: matcher('toRestartInjected', injection.restartsInjected),
  toKeepCgroup: matcher('toKeepCgroup', node.keepsCgroup),
  toKeepSandbox: matcher('toKeepSandbox', node.keepsSandbox),
  toRemoveOldContainers: matcher('toRemoveOldContainers', node.removesOldContainers),
  toWaitForImage: matcher('toWaitForImage', node.waitsForImage),
  toComeThrough: matcher('toComeThrough', disruption.comesThrough),
  toComeThroughEveryTime: recordingMatcher('toComeThroughEveryTime', disruption.comesThroughEveryTime),
  toRestartWithoutApiServer: matcher('toRestartWithoutApiServer', disruption.restartsWithoutApiServer),
  toRestartOnceKubeletIsBack: matcher('toRestartOnceKubeletIsBack', disruption.restartsOnceKubeletIsBack),
  toRestartOrEnd: matcher('toRestartOrEnd', disruption.restartsOrEnds),
  toRunInitContainersAgain: recordingMatcher('toRunInitContainersAgain', disruption.runsInitContainersAgain),
  toGoOnWithoutRule: recordingMatcher('toGoOnWithoutRule', disruption.goesOnWithoutRule),
  toDeclareAsTurned: recordingMatcher('toDeclareAsTurned', rollout.declaresAsTurned),
  toStayUpdatable: recordingMatcher('toStayUpdatable', rollout.staysUpdatable),
  toSayTheSame: matcher('toSayTheSame', output.saysTheSame),
  toKeepLogFiles: matcher('toKeepLogFiles', node.keepsLogFiles),
  toSpareKubelet: recordingMatcher('toSpareKubelet', disruption.sparesKubelet),
  toBeRefusedByNode: recordingMatcher('toBeRefusedByNode', disruption.isRefusedByNode),
  toNeverContradict: matcher('toNeverContradict', conditions.isNeverContradictory),
  toAccept: recordingMatcher('toAccept', validation.accepts),
  toReject: recordingMatcher('toReject', validation.rejects),
  toKeepRules: recordingMatcher('toKeepRules', validation.keepsRules),
  toDropRules: recordingMatcher('toDropRules', validation.dropsRules),
  toDeclareFeature: recordingMatcher('toDeclareFeature', declaredFeatures.declaresFeature),
  toNotDeclareFeature: recordingMatcher('toNotDeclareFeature', declaredFeatures.doesNotDeclareFeature),
  toScheduleWithoutFeature: recordingMatcher('toScheduleWithoutFeature', declaredFeatures.schedulesWithoutFeature),
  toKeepUnscheduled: recordingMatcher('toKeepUnscheduled', declaredFeatures.keepsUnscheduled),
  toNameFeature: recordingMatcher('toNameFeature', declaredFeatures.namesFeature),
  toScheduleOnceDeclared: recordingMatcher('toScheduleOnceDeclared', declaredFeatures.schedulesOnceDeclared),
  toHaveConditionOnce: matcher('toHaveConditionOnce', conditions.isUnique),
  toLowerConditionWithin: matcher('toLowerConditionWithin', conditions.isLoweredWithin),
  toEndLowered: matcher('toEndLowered', conditions.isLoweredInTheEnd),
  toStartOverStartupProbe: matcher('toStartOverStartupProbe', probes.startsOverStartupProbe),
  toStartOverReadinessProbe: matcher('toStartOverReadinessProbe', probes.startsOverReadinessProbe),
  toStartOverLivenessProbe: matcher('toStartOverLivenessProbe', probes.startsOverLivenessProbe),
  toForgetLivenessFailures: matcher('toForgetLivenessFailures', probes.forgetsLivenessFailures),
  toDelayProbesAnew: matcher('toDelayProbesAnew', probes.delaysProbesAnew),
  toProbeNewContainers: matcher('toProbeNewContainers', probes.probesNewContainers),
  toFailPod: matcher('toFailPod', failure.failsPod),
  toFailPodByStartupProbe: matcher('toFailPodByStartupProbe', failure.failsPodByStartupProbe),
  toStartNothingAfter: matcher('toStartNothingAfter', failure.startsNothingAfter),
  toTryAgain: matcher('toTryAgain', failure.triesAgain),
  toEndWhenDeleted: matcher('toEndWhenDeleted', failure.endsWhenDeleted),
  toEndInFinalPhase: matcher('toEndInFinalPhase', failure.endsInFinalPhase),
  toKeepDeadline: matcher('toKeepDeadline', failure.keepsDeadline),
  toSlowDown: matcher('toSlowDown', loop.slowsDown),
  toKeepLooping: matcher('toKeepLooping', loop.keepsLooping),
  toCountEachRestart: matcher('toCountEachRestart', loop.countsEachRestart),
  toLeaveAlone: matcher('toLeaveAlone', loop.leavesAlone),
  toHaveNoCondition: matcher('toHaveNoCondition', loop.hasNoCondition),
  toEndByDeletion: matcher('toEndByDeletion', loop.endsByDeletion),
};

export type MatcherName = keyof typeof matchers;

jestExpect.extend(matchers);

const expectations = new WeakMap<Judgeable, ReturnType<typeof jestExpect<Judgeable>>>();

/** What a suite expects of a scenario; Jest makes it anew at each call, which takes longer than most checks. */
export function expect(run: Judgeable): ReturnType<typeof jestExpect<Judgeable>> {
  const known = expectations.get(run) ?? jestExpect(run);
  expectations.set(run, known);
  return known;
}

/** The matchers as methods of `expect(restart)`. */
type RestartMatchers<R> = {
  [Name in keyof typeof matchers]: Parameters<(typeof matchers)[Name]> extends [Judgeable, ...infer Given]
    ? (...given: Given) => R
    : never;
};

declare module 'expect' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- adds the matchers to Jest's
  interface Matchers<R extends void | Promise<void>> extends RestartMatchers<R> {}
}
