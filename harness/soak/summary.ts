import type {Outcome} from '../verdicts/verdict.ts';
import {upperBound} from './bound.ts';
import type {Entry, RunEntry} from './ledger.ts';

/** A run's verdict on a requirement that is another than that of most runs. */
export interface Difference {
  readonly run: RunEntry;
  readonly outcome: Outcome;
}

/** What all runs on one release say of a requirement. */
export interface Steadiness {
  readonly id: string;
  readonly runs: number;
  /** The verdict of most runs; of two that are as frequent, the one that came first. */
  readonly rule: Outcome;
  readonly differing: readonly Difference[];
  /** Share of runs below which differing verdicts stay, at 95 %. */
  readonly bound: number;
}

/** What the runs of a ledger on one release come to. */
export interface Soaked {
  readonly server: string;
  readonly runs: readonly RunEntry[];
  readonly requirements: readonly Steadiness[];
}

/** What a ledger comes to, by release; runs without a verdict count in none. */
export function soaked(entries: readonly Entry[]): readonly Soaked[] {
  const runs = entries.filter(entry => entry.kind === 'run');
  return [...Map.groupBy(runs, ({server}) => server)].map(([server, its]) => ({
    server,
    runs: its,
    requirements: [...new Set(its.flatMap(({verdicts}) => Object.keys(verdicts)))].map(id => steadiness(id, its)),
  }));
}

function steadiness(id: string, runs: readonly RunEntry[]): Steadiness {
  const judged = runs.flatMap(run => {
    const outcome = run.verdicts[id];
    return outcome === undefined ? [] : [{run, outcome}];
  });
  const byOutcome = [...Map.groupBy(judged, ({outcome}) => outcome)];
  const [[rule] = ['Error' as const]] = byOutcome.toSorted(([, a], [, b]) => b.length - a.length);
  const differing = judged.filter(({outcome}) => outcome !== rule);
  return {id, runs: judged.length, rule, differing, bound: upperBound(differing.length, judged.length)};
}

/** So many runs must have the same verdicts before one of their folders is no loss. */
const witnesses = 3;

/** Verdicts that have to be explained by a recording. */
const unexplained = new Set<Outcome>(['Failed', 'Inconclusive', 'Error']);

/**
 * The runs whose folders show nothing that others don't: every verdict is that of most runs, and of several. Where runs differ,
 * one with a verdict that has to be explained is kept even if most runs have it.
 */
export function unremarkable(entries: readonly Entry[]): readonly RunEntry[] {
  return soaked(entries).flatMap(({runs, requirements}) => {
    const steady = requirements.every(({runs: judged, differing}) => judged - differing.length >= witnesses);
    const remarkable = new Set(requirements.flatMap(({differing}) => differing.map(({run}) => run.number)));
    const divided = requirements.filter(({differing}) => differing.length > 0).map(({id}) => id);
    const explained = ({verdicts}: RunEntry) => divided.every(id => !unexplained.has(verdicts[id] ?? 'Passed'));
    return steady ? runs.filter(run => !remarkable.has(run.number) && explained(run)) : [];
  });
}
