import {restartsOf, type Restart} from '../checks/restarts.ts';
import {allUp, containersOf, isAnother, isUp, type Pod} from '../recording/pod.ts';
import {nameInApi} from '../recording/observation.ts';
import type {Recording} from '../recording/recording.ts';
import type {Step} from '../recording/scenario.ts';
import {nodeClock, subjectOf, type JournalLine} from '../recording/timeline.ts';
import type {Part, Sample, Way} from './sample.ts';

/**
 * Everything that one recording measures: each restart in place, each restart of one container alone, each Pod that was
 * deleted and created again and each that its Job replaced. What did not come to its end is left out, and counted by
 * `unfinished`.
 *
 * @param shape id of the shape that was recorded
 */
export function samplesOf(recording: Recording, shape: string): readonly Sample[] {
  const versions = versionsOf(recording);
  return recording.header.scenario.steps.flatMap(step => {
    switch (wayOf(step)) {
      case 'in place':
      case 'container alone':
        return restartSamples(recording, shape, step, versions);
      case 'deleted and created':
        return recreatedSamples(recording, shape, step, versions);
      case 'replaced by its Job':
        return replacedSamples(recording, shape, step);
      case undefined:
        return [];
    }
  });
}

/** How many Pods were to be restarted in a recording, or made anew, of those that were there: what there should be samples of. */
export function wanted(recording: Recording): number {
  return recording.header.scenario.steps
    .filter(step => wayOf(step) !== undefined)
    .reduce((sum, step) => {
      const begun = recording.observations.find(o => o.kind === 'step' && o.name === step.name);
      return begun === undefined ? sum : sum + podsIn(recording, step, begun.atMs).length;
    }, 0);
}

/** The Pods of a step by their names in the API, without those that were not made, as where a node takes fewer. */
function podsIn(recording: Pick<Recording, 'header' | 'observations'>, step: Step, atMs: number): readonly string[] {
  const {observations, header} = recording;
  const subject = subjectOf({header, observations});
  const named = 'pods' in step ? step.pods : undefined;
  if (named === undefined) return [subject];
  const there = new Set(
    observations.flatMap(o => (o.kind === 'pod' && o.atMs <= atMs ? [o.object.metadata.name] : [])),
  );
  return named.map(name => nameInApi(recording, name)).filter(name => there.has(name));
}

function wayOf(step: Step): Way | undefined {
  if (step.do === 'recreate') return 'deleted and created';
  if (step.do !== 'exit') return undefined;
  switch (step.until) {
    case 'restarted':
    case 'starting':
      return 'in place';
    case 'restarted alone':
      return 'container alone';
    case 'replaced by another':
      return 'replaced by its Job';
    default:
      return undefined;
  }
}

interface Version {
  readonly atMs: number;
  readonly pod: Pod;
}

type Versions = ReadonlyMap<string, readonly Version[]>;

function versionsOf({observations}: Recording): Versions {
  const versions = observations.flatMap(o =>
    o.kind === 'pod' && o.type !== 'DELETED' ? [{atMs: o.atMs, pod: o.object}] : [],
  );
  return Map.groupBy(versions, ({pod}) => pod.metadata.name);
}

function restartSamples(recording: Recording, shape: string, step: Step, versions: Versions): readonly Sample[] {
  const {offset} = nodeClock(recording.observations);
  const its = restartsOf(recording).filter(restart => restart.step === step.name);
  const alone = wayOf(step) === 'container alone';
  return its.flatMap((restart): Sample[] => {
    const {exit, pod, starts, missing} = restart;
    if (exit === undefined) return [];
    const measured = alone ? starts.filter(({entry}) => entry.container === exit.entry.container) : starts;
    const last = measured.at(-1);
    if (last === undefined || (!alone && missing.length > 0)) return [];
    const exitAtMs = exit.entry.uptime * 1000 + offset;
    const seen = upAgain(versions.get(pod) ?? [], exitAtMs, alone ? [exit.entry.container] : undefined);
    const own = {...restart, starts: measured};
    return [
      {
        shape,
        way: alone ? 'container alone' : 'in place',
        pods: its.length,
        scenario: recording.header.scenario.id,
        step: step.name,
        pod,
        originMs: tenths(exitAtMs),
        ...(measured[0] === undefined ? {} : {firstMs: measured[0].afterMs}),
        startedMs: last.afterMs,
        ...(seen === undefined ? {} : {seenMs: tenths(seen - exitAtMs)}),
        ...(alone ? {} : partsOf(recording, own, exit, versions.get(pod)?.at(-1)?.pod)),
      },
    ];
  });
}

/** When the watch first brought a version in which these containers, or all, are up under other ids than at a time before. */
function upAgain(versions: readonly Version[], atMs: number, names?: readonly string[]): number | undefined {
  const before = versions.findLast(version => version.atMs <= atMs)?.pod;
  if (before === undefined) return undefined;
  return versions.find(
    ({atMs: at, pod}) =>
      at > atMs &&
      pod.metadata.uid === before.metadata.uid &&
      containersOf(pod)
        .filter(({name}) => names === undefined || names.includes(name))
        .every(each => isUp(pod, each) && isAnother(before, pod, each.name)),
  )?.atMs;
}

/**
 * Where the time between the source's exit and the last container's own word that it is ready went, from the journal alone,
 * so on the node's one clock. Their sum is that time. Removal and the creation of the first container are one: nothing in the
 * Pod runs that could tell them apart, and so is the detection, where nothing but the source had run.
 */
function partsOf(
  {observations, header}: Recording,
  {pod, starts, over}: Restart,
  exit: JournalLine,
  spec: Pod | undefined,
): {readonly readyMs?: number; readonly parts?: Readonly<Record<Part, number>>} {
  const [first] = starts;
  const last = starts.at(-1);
  if (spec === undefined || first === undefined || last === undefined) return {};
  const subject = subjectOf({header, observations});
  const after = (uptime: number): number => Math.round((uptime - exit.entry.uptime) * 1000);
  const journal = observations
    .flatMap(o => (o.kind === 'journal' && (o.pod ?? subject) === pod ? [o.entry] : []))
    .map(({what, container, uptime}) => ({what, container, ms: after(uptime)}))
    .toSorted((a, b) => a.ms - b.ms);
  const ofOldRuns = journal.filter(
    ({what, ms}) => (what === 'SIGTERM' || what === 'alive') && ms >= 0 && ms <= first.afterMs,
  );
  const signal = ofOldRuns[0]?.ms ?? 0;
  const signOfLife = ofOldRuns.at(-1)?.ms ?? 0;
  const ready = journal.find(
    ({what, container, ms}) =>
      what === 'ready' && container === last.entry.container && ms >= last.afterMs && ms < after(over),
  )?.ms;
  if (ready === undefined) return {};
  const kinds = new Map(containersOf(spec).map(({name, kind}) => [name, kind]));
  const starting = {init: 0, sidecar: 0, regular: 0, ephemeral: 0};
  for (const [at, {entry, afterMs}] of starts.entries()) {
    const next = starts[at + 1]?.afterMs;
    if (next !== undefined) starting[kinds.get(entry.container) ?? 'regular'] += next - afterMs;
  }
  return {
    readyMs: ready,
    parts: {
      detection: signal,
      kill: signOfLife - signal,
      removal: first.afterMs - signOfLife,
      init: starting.init,
      sidecars: starting.sidecar,
      regular: starting.regular,
      ready: ready - last.afterMs,
    },
  };
}

function recreatedSamples(
  {observations, header}: Recording,
  shape: string,
  step: Step,
  versions: Versions,
): readonly Sample[] {
  const {offset} = nodeClock(observations);
  const steps = observations.flatMap(o => (o.kind === 'step' ? [o] : []));
  const at = steps.findIndex(({name, does}) => name === step.name && does === 'recreate');
  const asked = steps[at];
  if (asked === undefined) return [];
  const over = steps[at + 1]?.atMs ?? Infinity;
  const subject = subjectOf({header, observations});
  const names = podsIn({header, observations}, step, asked.atMs);
  return names.flatMap((pod): Sample[] => {
    const its = versions.get(pod) ?? [];
    const before = its.findLast(version => version.atMs <= asked.atMs)?.pod;
    const seen = its.find(
      ({atMs, pod: now}) =>
        atMs > asked.atMs && atMs <= over && now.metadata.uid !== before?.metadata.uid && allUp(now),
    );
    const starts = observations.flatMap(o => {
      if (o.kind !== 'journal' || o.entry.what !== 'start' || (o.pod ?? subject) !== pod) return [];
      const began = o.entry.began * 1000 + offset;
      return began > asked.atMs && began < over ? [began] : [];
    });
    if (seen === undefined) return [];
    return [
      {
        shape,
        way: 'deleted and created',
        pods: names.length,
        scenario: header.scenario.id,
        step: step.name,
        pod,
        originMs: tenths(asked.atMs),
        ...(starts.length === 0
          ? {}
          : {
              firstMs: Math.round(Math.min(...starts) - asked.atMs),
              startedMs: Math.round(Math.max(...starts) - asked.atMs),
            }),
        seenMs: tenths(seen.atMs - asked.atMs),
      },
    ];
  });
}

/** From when the containers were to exit; the journal of the Pod that failed went with it. */
function replacedSamples(recording: Recording, shape: string, step: Step): readonly Sample[] {
  const {observations, header} = recording;
  if (step.do !== 'exit') return [];
  const stimulus = observations.find(o => o.kind === 'stimulus' && o.step === step.name);
  if (stimulus === undefined) return [];
  const delay = Math.max(0, ...step.tells.map(({afterSeconds = 0}) => afterSeconds)) * 1000;
  const origin = stimulus.atMs + delay;
  const subject = subjectOf({header, observations});
  const seen = observations.find(
    o => o.kind === 'pod' && o.atMs > origin && o.object.metadata.name !== subject && allUp(o.object),
  );
  if (seen?.kind !== 'pod') return [];
  return [
    {
      shape,
      way: 'replaced by its Job',
      pods: 1,
      scenario: header.scenario.id,
      step: step.name,
      pod: seen.object.metadata.name,
      originMs: tenths(origin),
      seenMs: tenths(seen.atMs - origin),
    },
  ];
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
