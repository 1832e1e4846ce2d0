import * as fc from 'fast-check';
import {stories} from './model/arbitrary.ts';
import type {Story} from './model/pod.ts';
import type {ToldStory} from './scenario/story.ts';

/** Which generated Pods are told. */
export interface SearchOptions {
  readonly seed: number;
  /** How many. */
  readonly pods: number;
  /** How many side by side. */
  readonly atOnce: number;
  /** The one at this path alone, as an earlier search printed it. */
  readonly path?: string | undefined;
  /** Longest search for a smaller Pod, in Pods told. */
  readonly shrinkSteps: number;
  readonly signal: AbortSignal;
}

/** A story that was told, and where it stands among those of its seed. */
export interface Found extends ToldStory {
  readonly id: string;
  readonly story: Story;
  readonly path: string;
}

/** What a search gave. */
export interface SearchResult {
  readonly told: readonly Found[];
  /** The smallest Pod that still disagreed when it was told again; undefined where none did. */
  readonly smallest: Found | undefined;
}

/** Tells a story on a cluster under a name of its own. */
export type Tell = (id: string, story: Story, signal: AbortSignal) => Promise<ToldStory>;

/** The stories of a seed, or the one at a path of it. */
export function storiesOf({seed, pods, path}: Pick<SearchOptions, 'seed' | 'pods' | 'path'>): readonly Story[] {
  return path === undefined ? fc.sample(stories, {seed, numRuns: pods}) : fc.sample(stories, {seed, path, numRuns: 1});
}

/**
 * Tells generated Pods, several at a time. The first that disagrees with the model is told again, and made smaller as long as
 * what is left disagrees too.
 *
 * @param say called for each story told
 * @throws what `tell` throws, which ends the search
 */
export async function search(tell: Tell, options: SearchOptions, say: (found: Found) => void): Promise<SearchResult> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const told: Found[] = [];
  const find = async (id: string, path: string, story: Story): Promise<Found> => {
    const found = {...(await tell(id, story, signal)), id, path, story};
    say(found);
    return found;
  };
  const queue = storiesOf(options).entries();
  const work = async (): Promise<void> => {
    for (const [at, story] of queue) {
      signal.throwIfAborted();
      told.push(await find(`pod-${at + 1}`, options.path ?? String(at), story));
    }
  };
  const workers = Array.from({length: options.atOnce}, async () => {
    await work().catch((error: unknown) => {
      stop.abort(error); // what one of these throws concerns all; the signal keeps the first reason
    });
  });
  await Promise.all(workers);
  signal.throwIfAborted();
  const first = told.find(({comparison}) => comparison.outcome === 'disagrees');
  return {told, smallest: first === undefined ? undefined : await shrink(first, options, find)};
}

/** Tells a story again and every smaller one in turn, and goes on from the first that disagrees. */
async function shrink(
  {path}: Found,
  {seed, shrinkSteps}: SearchOptions,
  find: (id: string, path: string, story: Story) => Promise<Found>,
): Promise<Found | undefined> {
  let steps = 0;
  let smallest: Found | undefined;
  const broken = new AbortController();
  const agrees = async (story: Story): Promise<boolean> => {
    steps += 1;
    if (steps > shrinkSteps || broken.signal.aborted) return true;
    try {
      const found = await find(`smaller-${steps}`, path, story);
      if (found.comparison.outcome !== 'disagrees') return true;
      smallest = found;
      return false;
    } catch (error) {
      broken.abort(error); // fast-check would take it for a disagreement
      return true;
    }
  };
  const {counterexamplePath} = await fc.check(fc.asyncProperty(stories, agrees), {seed, path, numRuns: 1});
  broken.signal.throwIfAborted();
  return smallest === undefined ? undefined : {...smallest, path: counterexamplePath ?? path};
}
