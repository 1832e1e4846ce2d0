import {atShare} from '../at-share.ts';
import {nodeClock, subjectOf, type Timeline} from '../recording/timeline.ts';
import {marks} from '../timeouts.ts';
import {broken, held, missing, unknown, type Check, type Evidence, type Finding} from './finding.ts';
import {countedRestarts, restartsOf, type Restart} from './restarts.ts';
import {isHeldUp, slowness} from './slowness.ts';

/** A restart in which every container started again. */
interface Done {
  readonly restart: Restart;
  /** From the source's exit until the first container started, and until the last one had. */
  readonly firstMs: number;
  readonly allMs: number;
  readonly evidence: Evidence;
}

/** How many restarts are needed to say something of 99 in 100. */
const enough = 100;

/** The share of restarts that are late where the kubelet is slow, not the node busy at times. */
const half = 0.5;

/**
 * The first container is started within 5 s of the source's exit, in 99 of 100 restarts of a two-container Pod (KEP-5532,
 * Monitoring Requirements). More that are late count where the kubelet's retry after an error had to help, or where half of
 * them are: a few that are late by less come of whatever else the node does.
 */
export function startsFirstInTime(): Check {
  const {ms} = marks.firstContainer;
  const expected = `the first container is started within ${ms / 1000} s of the source's exit, in 99 of 100 restarts`;
  return timeline => {
    const done = allDone(timeline, expected);
    if ('outcome' in done) return done;
    const figures = [`exit to the first container started: ${spread(done.map(({firstMs}) => firstMs))}`];
    const late = done.filter(({firstMs}) => firstMs > ms);
    const trail = (late.length > 0 ? late : latest(done, ({firstMs}) => firstMs)).map(({evidence}) => evidence);
    const measured = (finding: Finding): Finding => ({...finding, figures});
    if (done.length < enough) return measured(unknown(expected, `fewer than ${enough} restarts were recorded`, trail));
    const allowed = Math.floor(done.length / 100);
    if (late.length <= allowed) return measured(held(expected, trail));
    const saw = 'the first container was late more often';
    const retried = late.filter(({firstMs}) => firstMs >= marks.errorRetry.ms).length > allowed;
    if (retried || late.length >= half * done.length) return measured(lateFinding(timeline, expected, saw, trail, ms));
    return measured(unknown(expected, `${saw}, by no more than a node explains that is busy at times`, trail));
  };
}

/** Every container runs again within a minute of the source's exit (KEP-5532, Goals). */
export function restartsInTime(): Check {
  const {ms} = marks.everything;
  const expected = `every container is started again within ${ms / 1000} s of the source's exit`;
  return timeline => {
    const done = allDone(timeline, expected);
    if ('outcome' in done) return done;
    const figures = [`exit to the last container started: ${spread(done.map(({allMs}) => allMs))}`];
    const late = done.filter(({allMs}) => allMs > ms);
    const trail = (late.length > 0 ? late : latest(done, ({allMs}) => allMs)).map(({evidence}) => evidence);
    const finding =
      late.length === 0 ? held(expected, trail) : lateFinding(timeline, expected, lateAs(late), trail, ms);
    return {...finding, figures};
  };
}

/**
 * Whether there was anything but the source, whose end would have made the kubelet look again, and whether the periodic sync
 * is what came instead.
 */
function lateAs(late: readonly Done[]): string {
  const minute = `took longer than ${marks.everything.ms / 1000} s`;
  if (late.some(({restart}) => restart.containers > 1)) return `a restart ${minute}`;
  const whose = 'the restart of a Pod in which the source alone ran';
  return late.every(({allMs}) => allMs <= marks.resyncOver.ms)
    ? `${whose} ${minute}`
    : `${whose} took longer than the periodic sync explains`;
}

/** A Pod in which the source alone ran is not left until the kubelet's periodic sync (Kubernetes source, from 1.36 on). */
export function restartsBeforeResync(): Check {
  const {ms} = marks.resync;
  const expected = "the container is started again before the kubelet's periodic sync";
  return timeline => {
    const done = allDone(timeline, expected);
    if ('outcome' in done) return done;
    const trail = done.map(({evidence}) => evidence);
    const late = done.some(({allMs}) => allMs >= ms);
    return late
      ? lateFinding(timeline, expected, 'it started with the periodic sync', trail, ms)
      : held(expected, trail);
  };
}

/**
 * A restart of Pods whose source had been restarted alone before is not begun by the kubelet's retry after an error (KEP-5532,
 * Monitoring Requirements: 5 s until the first container starts). A restart that is late by no more than such a retry does not
 * count where the node may have stood still; and one alone may come of whatever else the node does, unless the kubelet
 * did nothing for that Pod while it restarted others on the node promptly.
 */
export function startsWithoutRetry(): Check {
  const {ms} = marks.errorRetry;
  const expected = `the first container is started sooner than the kubelet tries again after an error, ${ms / 1000} s`;
  return timeline => {
    const told = timeline.recording.observations[timeline.stimulusIndex];
    const step = told?.kind === 'stimulus' ? told.step : undefined;
    const done = allDone(timeline, expected, restart => restart.step === step);
    if ('outcome' in done) return done;
    const alone = restartsIn(timeline).filter(restart => restart.step !== step && restart.missing.length > 0);
    const had = new Set(alone.map(({pod}) => pod));
    if (!done.every(({restart}) => had.has(restart.pod)))
      return unknown(expected, 'not every source had been restarted alone before');
    const late = done.filter(({firstMs}) => firstMs >= ms);
    const trail = (late.length > 0 ? late : latest(done, ({firstMs}) => firstMs)).map(({evidence}) => evidence);
    const figures = [`exit to the first container started: ${spread(done.map(({firstMs}) => firstMs))}`];
    const [one, another] = late;
    if (one === undefined) return {...held(expected, trail), figures};
    const longer = late.some(({firstMs}) => firstMs > marks.errorRetryOver.ms);
    if (longer) {
      const saw = 'restarts took longer than such a retry explains';
      return {...lateFinding(timeline, expected, saw, trail, ms), figures};
    }
    const saw = 'restarts came with such a retry';
    if (another !== undefined) {
      const lines = linesOf(timeline);
      const but = 'restarts were late, by no more than a node explains that stands still for a while';
      const isCertain = late.filter(each => fills(lines, each)).length > 1;
      return {
        ...(isCertain ? lateFinding(timeline, expected, saw, trail, ms) : unknown(expected, but, trail)),
        figures,
      };
    }
    const others = promptMeanwhile(done, one);
    if (startsEnding(timeline, one) || !fills(others.map(whole), one)) {
      const but = 'one restart was late, by no more than a node explains that is busy at times';
      return {...unknown(expected, but, trail), figures};
    }
    const shown = [...trail, ...others.map(({evidence}) => evidence)];
    return {...lateFinding(timeline, expected, saw, shown, ms), figures};
  };
}

/** A stretch of time by a node's clock, s. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

const exitOf = ({restart}: Pick<Done, 'restart'>): number => restart.exit?.entry.uptime ?? NaN;
/** From the source's exit until the last container had started. */
const whole = (done: Done): Stretch => ({from: exitOf(done), to: exitOf(done) + done.allMs / 1000});
/** From the source's exit until the first container started. */
const wait = (done: Done): Stretch => ({from: exitOf(done), to: exitOf(done) + done.firstMs / 1000});

/** The restarts of other Pods, which are on the same node, that were over promptly while a late one was waited for. */
function promptMeanwhile(done: readonly Done[], late: Done): readonly Done[] {
  const {from, to} = wait(late);
  return done
    .filter(other => other.allMs <= marks.firstContainer.ms && whole(other).from > from && whole(other).to < to)
    .toSorted((a, b) => exitOf(a) - exitOf(b));
}

/** The moments at which the Pods' containers wrote something, in order. */
function linesOf({recording}: Timeline): readonly Stretch[] {
  return recording.observations
    .flatMap(o => (o.kind === 'journal' ? [{from: o.entry.uptime, to: o.entry.uptime}] : []))
    .toSorted((a, b) => a.from - b.from);
}

/** Whether another container of its Pod was told to end before the kubelet could have tried again. */
function startsEnding({recording}: Timeline, {restart}: Pick<Done, 'restart'>): boolean {
  const from = exitOf({restart});
  const subject = subjectOf(recording);
  return recording.observations.some(
    o =>
      o.kind === 'journal' &&
      (o.pod ?? subject) === restart.pod &&
      o.entry.what === 'SIGTERM' &&
      o.entry.uptime > from &&
      o.entry.uptime < from + marks.errorRetry.ms / 1000,
  );
}

/**
 * Whether what happened on the node meanwhile leaves no stretch that explains a late restart, had the node stood still in it: without
 * the longest one it is late all the same.
 *
 * @param meanwhile in the order of time
 */
function fills(meanwhile: readonly Stretch[], late: Done): boolean {
  const {from, to} = wait(late);
  const within = meanwhile.filter(each => each.from > from && each.to < to);
  const ends = [from, ...within.map(each => each.to)];
  const begins = [...within.map(each => each.from), to];
  const longest = Math.max(...ends.map((end, at) => (begins[at] ?? to) - end));
  return late.firstMs - longest * 1000 > marks.firstContainer.ms;
}

/** What each further container adds to a restart, from Pods with few and with many of them (KEP-5532, Monitoring Requirements). */
export function addsLittlePerContainer(): Check {
  const {ms} = marks.furtherContainer;
  const expected = `each further container adds less than ${ms / 1000} s to the restart`;
  return timeline => {
    const done = allDone(timeline, expected);
    if ('outcome' in done) return done;
    const sizes = [...new Set(done.map(({restart}) => restart.containers))].toSorted((a, b) => a - b);
    const [few, many] = [sizes.at(0), sizes.at(-1)];
    const trail = done.map(({evidence}) => evidence);
    if (few === undefined || many === undefined || few === many)
      return unknown(expected, 'no Pods with different numbers of containers were restarted', trail);
    const tookBy = (size: number) => done.filter(({restart}) => restart.containers === size).map(({allMs}) => allMs);
    const [short, long] = [quantile(tookBy(few), 0.5), quantile(tookBy(many), 0.5)];
    const eachMs = (long - short) / (many - few);
    const figures = [
      `${few} containers: ${spread(tookBy(few))}`,
      `${many} containers: ${spread(tookBy(many))}`,
      `each further container adds ${seconds(eachMs)}`,
    ];
    const finding =
      eachMs < ms
        ? held(expected, trail)
        : lateFinding(timeline, expected, 'each further container added more', trail, ms);
    return {...finding, figures};
  };
}

/**
 * The containers run again sooner after a restart in place than after the Pod was deleted and created again (announcement,
 * "1. Efficient restarts for ML/Batch jobs"), by the medians of both, which take turns in one recording.
 */
export function isFasterThanRecreating(): Check {
  const expected = 'a restart in place is faster than deleting and creating the Pod';
  return timeline => {
    const done = allDone(timeline, expected);
    if ('outcome' in done) return done;
    const anew = recreations(timeline);
    const trail = [...done.map(({evidence}) => evidence), ...anew.map(({evidence}) => evidence)];
    if (anew.length === 0) return unknown(expected, 'no Pod was seen to be deleted and created again', trail);
    const [inPlace, recreated] = [done.map(({allMs}) => allMs), anew.map(({allMs}) => allMs)];
    const ratio = quantile(recreated, 0.5) / quantile(inPlace, 0.5);
    const figures = [
      `in place: ${spread(inPlace)}`,
      `deleted and created: ${spread(recreated)}`,
      `deleting and creating takes ${ratio.toFixed(2)} times as long`,
    ];
    const slow = slowness(timeline);
    const finding =
      ratio > 1
        ? held(expected, trail)
        : slow === undefined
          ? broken(expected, 'deleting and creating the Pod was no slower', trail)
          : unknown(expected, `deleting and creating the Pod was no slower, ${slow}`, trail);
    return {...finding, figures};
  };
}

/** However many Pods of a node restart at once, each does so once and none is left behind (KEP-5532, Motivation). */
export function restartsEachPodOnce(): Check {
  const expected = 'every Pod restarts once for each time that it is told, however many are told at once';
  return timeline => {
    const done = allDone(timeline, expected);
    if ('outcome' in done) return done;
    const {observations} = timeline.recording;
    const index = observations.findIndex(o => o.kind === 'gap' && o.resource === 'copies');
    const fewer = observations[index];
    if (fewer?.kind === 'gap')
      return unknown(expected, 'the node did not get so many Pods up in time', [
        {index, atMs: fewer.atMs, text: fewer.why},
      ]);
    const trail = latest(done, ({allMs}) => allMs).map(({evidence}) => evidence);
    const times = Map.groupBy(done, ({restart}) => restart.pod);
    const again = done.find(({restart}) => restart.repeated.length > 0);
    if (again !== undefined) return broken(expected, 'a container of a Pod ran twice', [...trail, again.evidence]);
    for (const [pod, its] of times) {
      const counts = [...countedRestarts(timeline.recording, pod)];
      const other = counts.find(([, count]) => count !== its.length);
      if (other !== undefined) {
        const text = `${pod} was told ${its.length} times, restartCount of ${other[0]} went up by ${other[1]}`;
        return broken(expected, 'restartCount of a Pod went up by another number', [
          ...trail,
          {...last(timeline), text},
        ]);
      }
    }
    return {...held(expected, trail), figures: [...Map.groupBy(done, ({restart}) => restart.step).values()].map(round)};
  };
}

/** The figures of Pods that were told in one step. */
function round(done: readonly Done[]): string {
  const exits = done.map(exitOf);
  const over = Math.max(...done.map(each => whole(each).to));
  const within = (Math.max(...exits) - Math.min(...exits)) * 1000;
  const all = (over - Math.min(...exits)) * 1000;
  return `${done.length} at once (exits within ${seconds(within)}): all run again after ${seconds(all)}; each ${spread(done.map(({allMs}) => allMs))}`;
}

/** Restarts by the timeline of their recording: a hundred of them are not to be found anew by each check. */
const known = new WeakMap<Timeline, readonly Restart[]>();

function restartsIn(timeline: Timeline): readonly Restart[] {
  const found = known.get(timeline) ?? restartsOf(timeline.recording);
  known.set(timeline, found);
  return found;
}

/** Every restart of the recording, or those that are asked for, or why nothing can be said of them: one that did not come, or a hole. */
function allDone(
  timeline: Timeline,
  expected: string,
  isAsked: (restart: Restart) => boolean = () => true,
): readonly Done[] | Finding {
  const {observations} = timeline.recording;
  const hole = observations.find(o => o.kind === 'gap' && o.resource === 'journal' && o.why.startsWith('unreadable'));
  if (hole?.kind === 'gap') return unknown(expected, `the journal has a hole: ${hole.why}`);
  const done: Done[] = [];
  for (const restart of restartsIn(timeline).filter(isAsked)) {
    const {exit, pod, starts, missing: absent} = restart;
    if (exit === undefined) return unknown(expected, 'the journal of a Pod that was told has no line on its exit');
    const evidence: Evidence = {index: exit.index, atMs: exit.atMs, text: `${pod}: ${exit.entry.container} exits`};
    const [first] = starts;
    const final = starts.at(-1);
    if (first === undefined || final === undefined || absent.length > 0) return stuck(timeline, expected, evidence);
    const took = `first container started ${seconds(first.afterMs)} later, last one ${seconds(final.afterMs)}`;
    done.push({
      restart,
      firstMs: first.afterMs,
      allMs: final.afterMs,
      evidence: {...evidence, text: `${evidence.text}, ${took}`},
    });
  }
  return done.length === 0 ? unknown(expected, 'no container was told to exit') : done;
}

/** A Pod whose containers did not all start again: unknown where its journal could not be read to the end, or others are still at work. */
function stuck(timeline: Timeline, expected: string, evidence: Evidence): Finding {
  const {observations} = timeline.recording;
  const saw = 'a Pod was not started again';
  if (observations.some(o => o.kind === 'gap' && o.resource === 'journal'))
    return unknown(expected, `${saw}, as far as its journal could be read`, [evidence]);
  const newest = observations.findLast(({kind}) => kind === 'pod')?.atMs ?? 0;
  const {end} = timeline;
  if (isWholeHeldUp(timeline)) return unknown(expected, `${saw}, on a node that was held up meanwhile`, [evidence]);
  if (end.reason === 'out-of-patience' && end.atMs - newest < marks.standstill.ms)
    return unknown(expected, `${saw}, and the node was still at work when the patience was over`, [evidence]);
  return missing(timeline, expected, saw, [evidence]);
}

function lateFinding(
  timeline: Timeline,
  expected: string,
  saw: string,
  trail: readonly Evidence[],
  boundMs: number,
): Finding {
  const slow =
    slowness(timeline, boundMs) ?? (isWholeHeldUp(timeline) ? 'on a node that was held up meanwhile' : undefined);
  return slow === undefined ? broken(expected, saw, trail) : unknown(expected, `${saw}, ${slow}`, trail);
}

/** As isHeldUp, over every Pod of the recording. */
function isWholeHeldUp({recording}: Timeline): boolean {
  const lines = recording.observations.filter(o => o.kind === 'journal');
  return [...Map.groupBy(lines, ({pod}) => pod).values()].some(its => isHeldUp(its.map(({entry}) => entry)));
}

/** From each request that deleted the Pod until every container of the new one had started. */
function recreations({recording}: Timeline): readonly {allMs: number; evidence: Evidence}[] {
  const {observations} = recording;
  const {offset} = nodeClock(observations);
  const steps = observations.flatMap((o, index) => (o.kind === 'step' ? [{...o, index}] : []));
  return steps.flatMap(({does, atMs, name, index}) => {
    if (does !== 'recreate') return [];
    const over = steps.find(step => step.index > index)?.atMs ?? Infinity;
    const starts = observations.flatMap(o => {
      if (o.kind !== 'journal' || o.entry.what !== 'start' || o.pod !== undefined) return [];
      const began = o.entry.began * 1000 + offset;
      return began > atMs && began < over ? [began - atMs] : [];
    });
    if (starts.length === 0) return [];
    const allMs = Math.max(...starts);
    return [{allMs, evidence: {index, atMs, text: `${name}: last container started ${seconds(allMs)} after`}}];
  });
}

function last({recording}: Timeline): {index: number; atMs: number} {
  const index = recording.observations.findLastIndex(({kind}) => kind === 'pod');
  return {index, atMs: recording.observations[index]?.atMs ?? 0};
}

/** The one that took longest. */
function latest(done: readonly Done[], by: (each: Done) => number): readonly Done[] {
  return done.toSorted((a, b) => by(b) - by(a)).slice(0, 1);
}

/** Half, nine tenths, 99 in 100 and the longest of some times, and how many there are. */
function spread(times: readonly number[]): string {
  const at = (share: number) => seconds(quantile(times, share));
  const few = `p50 ${at(0.5)}, max ${at(1)}, n ${times.length}`;
  return times.length < 20 ? few : `p50 ${at(0.5)}, p90 ${at(0.9)}, p99 ${at(0.99)}, max ${at(1)}, n ${times.length}`;
}

function quantile(times: readonly number[], share: number): number {
  return (
    atShare(
      times.toSorted((a, b) => a - b),
      share,
    ) ?? NaN
  );
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
