import type {ContainerKind} from '../recording/pod.ts';
import {statusOf} from '../recording/pod.ts';
import {
  restartingVersions,
  runsAround,
  runsOf,
  type ContainerRun,
  type JournalLine,
  type Timeline,
} from '../recording/timeline.ts';
import {broken, held, journalHole, missing, unknown, type Check, type Evidence} from './finding.ts';
import {marks} from '../timeouts.ts';
import {notRaised} from './conditions.ts';
import {allRestarted, evidence, ofRestart, restartedIn, stimulusEvidence} from './restart.ts';
import {longest, slowness} from './slowness.ts';

const of = ({index, atMs, entry}: JournalLine): Evidence => ({index, atMs, text: `${entry.container} ${entry.what}`});

/**
 * After the restart the containers of a kind start in their turn: each after every init container before it has ended and
 * every sidecar before it has passed its startup probe (KEP-5532, Proposal; sidecar containers, "Pod lifecycle"). For sidecars
 * that is also said of whatever follows one of them.
 */
export function startsInTurn(kind: Extract<ContainerKind, 'init' | 'sidecar' | 'regular'>): Check {
  const follows = kind === 'sidecar' ? ', and what follows a sidecar after that one is ready' : '';
  const expected = `each ${kind} container starts after the init containers before it have ended and the sidecars before it are ready${follows}`;
  return timeline => {
    const hole = journalHole(timeline);
    if (hole !== undefined) return unknown(expected, hole);
    const trail: Evidence[] = [];
    for (const [position, {name, kind: own}] of timeline.containers.entries()) {
      const awaited = timeline.containers
        .slice(0, position)
        .filter(each => each.kind !== 'regular' && (own === kind || (kind === 'sidecar' && each.kind === 'sidecar')));
      if (own !== kind && awaited.length === 0) continue;
      const [run] = runsAround(timeline, name).after;
      if (run === undefined) return missing(timeline, expected, `${name} did not start`, trail);
      for (const earlier of awaited) {
        const up = runsAround(timeline, earlier.name).after[0]?.lines.find(
          ({entry}) => entry.what === (earlier.kind === 'init' ? 'done' : 'ready'),
        );
        const start: Evidence = {...of(run.start), atMs: run.start.atMs - beganAgoMs(run)};
        if (up === undefined || up.entry.uptime > run.start.entry.began) {
          const late = up === undefined ? [] : [of(up)];
          return broken(
            expected,
            `${name} started before ${earlier.name} was ${earlier.kind === 'init' ? 'done' : 'ready'}`,
            [...trail, start, ...late],
            trail.length,
          );
        }
        if (!trail.some(({index}) => index === up.index)) trail.push(of(up));
      }
      trail.push({...of(run.start), atMs: run.start.atMs - beganAgoMs(run)});
      if (kind === 'init' && !run.lines.some(({entry}) => entry.what === 'done')) {
        return missing(timeline, expected, `${name} did not run to completion`, trail);
      }
    }
    if (trail.length === 0) return unknown(expected, `the Pod has no ${kind} container`);
    return ofRestart(timeline, held(expected, trail));
  };
}

function beganAgoMs({start}: ContainerRun): number {
  return (start.entry.uptime - start.entry.began) * 1000;
}

/** Each container that had run gets a new container id: it was ended and made anew, not kept. */
export function renewsContainerIds(): Check {
  return timeline => {
    const expected = 'each container that had run gets a new container id';
    const trail: Evidence[] = [];
    for (const name of timeline.hadRun) {
      const version = restartedIn(timeline, name);
      if (version === undefined) return missing(timeline, expected, `${name} kept its container id`, trail);
      trail.push(evidence(version, `${name} ${statusOf(version.pod, name)?.containerID ?? ''}`));
    }
    return trail.length === 0 ? unknown(expected, 'no container had run') : held(expected, trail);
  };
}

/** The postStart hook runs again in each container that has one. */
export function repeatsPostStart(): Check {
  return timeline => {
    const expected = 'the postStart hook of each container runs once more';
    const hole = journalHole(timeline);
    if (hole !== undefined) return unknown(expected, hole);
    const trail: Evidence[] = [];
    for (const name of withHook(timeline, 'postStart')) {
      const {after} = runsAround(timeline, name);
      const lines = hookLines(timeline, name, 'postStart');
      trail.push(...lines.map(of));
      if (lines.length === 0) return missing(timeline, expected, `postStart of ${name} did not run again`, trail);
      if (lines.length > after.length)
        return broken(expected, `postStart of ${name} ran more often than ${name}`, trail);
    }
    return trail.length === 0
      ? unknown(expected, 'no container with a postStart hook had run')
      : ofRestart(timeline, held(expected, trail));
  };
}

/**
 * No preStop hook runs in the restart (KEP-5532; the announcement). That SIGTERM came, in the journal of the same
 * container, shows that it was ended and could have written of its hook.
 */
export function skipsPreStop(): Check {
  return timeline => {
    const expected = 'no preStop hook runs';
    const hole = journalHole(timeline);
    if (hole !== undefined) return unknown(expected, hole);
    const trail: Evidence[] = [stimulusEvidence(timeline)];
    const ran = withHook(timeline, 'preStop').flatMap(name => hookLines(timeline, name, 'preStop'));
    if (ran[0] !== undefined)
      return broken(expected, `preStop of ${ran[0].entry.container} ran`, [...trail, of(ran[0])]);
    const ended = withHook(timeline, 'preStop').flatMap(name => hookLines(timeline, name, 'SIGTERM'));
    if (ended.length === 0) return unknown(expected, 'no container with a preStop hook was seen to get SIGTERM', trail);
    return ofRestart(timeline, held(expected, [...trail, ...ended.map(of)]));
  };
}

/**
 * A container that stays after SIGTERM is ended within the kubelet's minimum of 2 s, whatever terminationGracePeriodSeconds
 * says (KEP-5532, "Scalability"): it writes to the journal every 0.1 s until it is gone.
 *
 * @param ownMs the kubelet's minimum; what the node needs beyond it comes from the calibration
 */
export function endsContainersWithin(ownMs: number): Check {
  return timeline => {
    const expected = `a container that stays after SIGTERM is gone ${ownMs / 1000} s later`;
    const hole = journalHole(timeline);
    if (hole !== undefined) return unknown(expected, hole);
    const trail: Evidence[] = [];
    for (const {name} of timeline.containers) {
      const told = hookLines(timeline, name, 'SIGTERM')[0];
      const last = hookLines(timeline, name, 'alive').at(-1);
      if (told === undefined || last === undefined) continue;
      const lastedMs = Math.round((last.entry.uptime - told.entry.uptime) * 1000);
      trail.push(of(told), {...of(last), text: `${name} last alive, ${lastedMs / 1000} s after SIGTERM`});
      if (lastedMs <= ownMs + marks.leastTolerance.ms) continue;
      const saw = `${name} was alive for longer`;
      const boundMs = longest(timeline, ownMs, graceMs(timeline));
      const slow = boundMs === undefined ? 'on a node that is too slow to tell' : slowness(timeline);
      if (slow !== undefined) return unknown(expected, `${saw}, ${slow}`, trail);
      if (lastedMs > (boundMs ?? Infinity)) return broken(expected, saw, trail);
    }
    return trail.length === 0
      ? unknown(expected, 'no container was seen to stay after SIGTERM')
      : ofRestart(timeline, held(expected, trail));
  };
}

/** The Pod's grace period. */
export function graceMs({before}: Timeline): number {
  const seconds = before.pod.spec['terminationGracePeriodSeconds'];
  return (typeof seconds === 'number' ? seconds : 30) * 1000;
}

/** After the restart each container's last state says that this action ended its last run (KEP-5532, "Container status"). */
export function tellsLastState(): Check {
  return timeline => {
    const expected = 'lastState of each restarted container is terminated, with reason RestartingAllContainers';
    const last = timeline.after.at(-1);
    if (last === undefined) return unknown(expected, 'no version of the Pod came after the stimulus');
    if (!allRestarted(timeline)) return unknown(expected, 'no restart of all containers was seen');
    const told = timeline.hadRun.map(name => ({name, terminated: statusOf(last.pod, name)?.lastState.terminated}));
    const trail = told.map(({name, terminated}) =>
      evidence(
        last,
        `${name} lastState ${terminated === undefined ? 'empty' : `terminated, ${terminated.reason ?? 'no reason'}`}`,
      ),
    );
    const wrong = (fits: (each: (typeof told)[number]) => boolean, saw: string) => {
      const at = told.findIndex(fits);
      return at === -1 ? undefined : broken(expected, saw, trail, at);
    };
    return (
      wrong(
        ({terminated}) => terminated !== undefined && terminated.reason !== 'RestartingAllContainers',
        'lastState is terminated for another reason',
      ) ??
      wrong(({terminated}) => terminated === undefined, 'lastState is empty') ??
      ofRestart(timeline, held(expected, trail))
    );
  };
}

/** The code that the source exited with stands in its status at some time. */
export function showsExitCode(): Check {
  return timeline => {
    const {code} = timeline;
    const expected = `state.terminated.exitCode of ${timeline.source} is ${code} in some version`;
    const version = timeline.after.find(({pod}) => statusOf(pod, timeline.source)?.state.terminated?.exitCode === code);
    const [raised] = restartingVersions(timeline);
    if (version === undefined && raised === undefined) return notRaised(expected);
    if (version === undefined) return missing(timeline, expected, 'the exit code was never shown');
    return held(expected, [
      stimulusEvidence(timeline),
      evidence(version, `${timeline.source} terminated, exitCode ${code}`),
    ]);
  };
}

/** The image id of each container is the one it had, in every version from its new start on. */
export function preservesImages(): Check {
  return timeline => {
    const expected = 'each container has the image id that it had';
    const trail: Evidence[] = [];
    for (const name of timeline.hadRun) {
      const version = restartedIn(timeline, name);
      if (version === undefined) return unknown(expected, `${name} was not seen to start again`, trail);
      const was = statusOf(timeline.before.pod, name)?.imageID ?? '';
      const is = statusOf(version.pod, name)?.imageID ?? '';
      trail.push(evidence(version, `${name} ${is}`));
      if (was === '' || is === '') return unknown(expected, `${name} has no image id`, trail);
      const other = timeline.after.find(({index, pod}) => {
        const now = statusOf(pod, name)?.imageID ?? '';
        return index >= version.index && now !== '' && now !== was;
      });
      if (other !== undefined)
        return broken(expected, `the image of ${name} changed`, [
          ...trail,
          evidence(other, `${name} has another image id`),
        ]);
    }
    return ofRestart(timeline, held(expected, trail));
  };
}

/** What a container wrote of a kind since the source's exit. */
function hookLines(
  {journal, exit}: Timeline,
  container: string,
  what: JournalLine['entry']['what'],
): readonly JournalLine[] {
  const since = exit?.entry.uptime ?? 0;
  return journal.filter(({entry}) => entry.container === container && entry.what === what && entry.uptime >= since);
}

/** Containers that had run and have that hook in their spec. */
function withHook(timeline: Timeline, hook: 'postStart' | 'preStop'): readonly string[] {
  const {initContainers, containers} = timeline.before.pod.spec;
  return [...initContainers, ...containers]
    .filter(({lifecycle}) => typeof lifecycle === 'object' && lifecycle !== null && hook in lifecycle)
    .map(({name}) => name)
    .filter(name => timeline.hadRun.includes(name) && runsOf(timeline, name).length > 0);
}
