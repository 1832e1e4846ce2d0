import {worstFirst, type Outcome} from '../verdicts/verdict.ts';
import type {Planned, RunEvent} from './events.ts';

/** How far a run is. */
export interface Tally {
  readonly server: string;
  readonly parallel: number;
  readonly planned: readonly Planned[];
  /** Scenarios that run, with when they began, in ms of the caller's clock. */
  readonly running: ReadonlyMap<string, {readonly title: string; readonly since: number}>;
  readonly ended: ReadonlySet<string>;
  /** By requirement. */
  readonly verdicts: ReadonlyMap<string, Outcome>;
}

export const nothingYet: Tally = {
  server: '',
  parallel: 1,
  planned: [],
  running: new Map(),
  ended: new Set(),
  verdicts: new Map(),
};

/** How far a run is after one more event. */
export function after(tally: Tally, event: RunEvent, now: number): Tally {
  switch (event.event) {
    case 'target':
      return {...tally, server: event.server};
    case 'recording':
      return {
        ...tally,
        parallel: event.parallel,
        planned: event.scenarios,
        running: new Map(),
        ended: new Set(),
      };
    case 'began':
      return {...tally, running: new Map([...tally.running, [event.scenario, {title: event.title, since: now}]])};
    case 'ended': {
      const running = new Map(tally.running);
      running.delete(event.scenario);
      return {...tally, running, ended: new Set([...tally.ended, event.scenario])};
    }
    case 'verdict': {
      const both = [event.outcome, tally.verdicts.get(event.requirement)];
      const worst = worstFirst.find(each => both.includes(each)) ?? event.outcome;
      return {...tally, verdicts: new Map([...tally.verdicts, [event.requirement, worst]])};
    }
    case 'recorded':
      return tally;
  }
}

/** How many requirements have each outcome so far, worst first; outcomes that none has are left out. */
export function counts({verdicts}: Tally): readonly (readonly [Outcome, number])[] {
  return worstFirst.flatMap(outcome => {
    const count = [...verdicts.values()].filter(each => each === outcome).length;
    return count === 0 ? [] : [[outcome, count] as const];
  });
}

/** How many of a profile's scenarios have ended, by profile in the order in which they are planned. */
export function byProfile({planned, ended}: Tally): readonly {profile: string; done: number; of: number}[] {
  const names = [...new Set(planned.flatMap(({profiles}) => profiles))];
  return names.map(profile => {
    const its = planned.filter(({profiles}) => profiles.includes(profile));
    return {profile, done: its.filter(({scenario}) => ended.has(scenario)).length, of: its.length};
  });
}

/**
 * How many seconds a run still takes, where each scenario takes as long as planned: those that run go on, the others start
 * in their order as soon as there is room, and at the end come those beside which nothing runs.
 */
export function secondsLeft({planned, running, ended, parallel}: Tally, now: number): number {
  const left = ({scenario, seconds}: Planned): number => {
    const since = running.get(scenario)?.since;
    return since === undefined ? seconds : Math.max(0, seconds - (now - since) / 1000);
  };
  const open = planned.filter(({scenario}) => !ended.has(scenario));
  const beside = open.filter(({alone}) => !alone);
  const lanes = beside.filter(({scenario}) => running.has(scenario)).map(left);
  while (lanes.length < parallel) lanes.push(0);
  for (const next of beside.filter(({scenario}) => !running.has(scenario))) {
    const first = lanes.indexOf(Math.min(...lanes));
    lanes[first] = (lanes[first] ?? 0) + left(next);
  }
  return Math.max(...lanes) + open.filter(({alone}) => alone).reduce((sum, each) => sum + left(each), 0);
}
