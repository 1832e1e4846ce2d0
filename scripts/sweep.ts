import {leftBehind, removeRun, type Site} from '../harness/scenario/removal.ts';
import {fateOf, forgetRun} from './living-runs.ts';
import {say} from './say.ts';

/**
 * Removes what runs left on a target that are over: killed on this machine, or nothing new of theirs for an hour. What goes on
 * is left alone.
 *
 * @returns what is still there, each as kubectl names it
 */
export async function sweep(site: Site): Promise<readonly string[]> {
  return removeRuns(site, await leftBehind(site, run => fateOf(run)));
}

/** Removes what the given runs left on a target, and says so. */
export async function removeRuns(site: Site, runs: readonly string[]): Promise<readonly string[]> {
  const all: string[] = [];
  for (const run of runs) {
    const {removed, left} = await removeRun(site, run);
    if (removed.length > 0) say(`removed what run ${run} left: ${removed.join(', ')}`);
    if (left.length === 0) forgetRun(run);
    all.push(...left);
  }
  return all;
}
