import * as fc from 'fast-check';
import {stories} from './model/arbitrary.ts';
import type {Story} from './model/pod.ts';
import {removeNamespaces} from './scenario/namespace.ts';
import {tellStory, type StoryContext, type ToldStory} from './scenario/story.ts';

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
  /** Namespaces that could not be removed. */
  readonly left: readonly string[];
}

/** The stories of a seed. */
export function storiesOf({seed, pods, path}: Pick<SearchOptions, 'seed' | 'pods' | 'path'>): readonly Story[] {
  return path === undefined ? fc.sample(stories, {seed, numRuns: pods}) : fc.sample(stories, {seed, path, numRuns: 1});
}

/**
 * Tells generated Pods on a cluster, several at a time, and compares each with the model. The first that disagrees is told
 * again, and made smaller as long as what is left disagrees.
 *
 * @param say called for each story told
 * @throws SuiteError for what concerns the whole run
 */
export async function search(
  context: StoryContext,
  options: SearchOptions,
  say: (found: Found) => void,
): Promise<SearchResult> {
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const told: Found[] = [];
  const tell = async (id: string, path: string, story: Story): Promise<Found> => {
    const found = {...(await tellStory({...context, signal}, id, story)), id, path, story};
    say(found);
    return found;
  };
  const queue = storiesOf(options).entries();
  const work = async (): Promise<void> => {
    for (const [at, story] of queue) told.push(await tell(`pod-${at + 1}`, options.path ?? String(at), story));
  };
  let smallest: Found | undefined;
  try {
    await Promise.all(Array.from({length: options.atOnce}, work));
    const first = told.find(({comparison}) => comparison.outcome === 'disagrees');
    if (first !== undefined) smallest = await shrink(first, options, tell);
  } catch (error) {
    stop.abort(error); // what one of these throws concerns all
  }
  const left = await removeNamespaces(context.api, context.id, context.budgets).then(
    removal => removal.left,
    () => [],
  );
  signal.throwIfAborted();
  return {told, smallest, left};
}

/** Tells a story again and every smaller one in turn, and goes on from the first that disagrees. */
async function shrink(
  {path}: Found,
  {seed, shrinkSteps}: SearchOptions,
  tell: (id: string, path: string, story: Story) => Promise<Found>,
): Promise<Found | undefined> {
  let steps = 0;
  let smallest: Found | undefined;
  const broken = new AbortController();
  const agrees = async (story: Story): Promise<boolean> => {
    steps += 1;
    if (steps > shrinkSteps || broken.signal.aborted) return true;
    try {
      const found = await tell(`smaller-${steps}`, path, story);
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
