import {describe, expect, test} from '@jest/globals';
import {predictAll} from './model/model.ts';
import type {Story} from './model/pod.ts';
import type {ToldStory} from './scenario/story.ts';
import {search, storiesOf, type Tell} from './search.ts';

const options = {seed: 5532, pods: 30, atOnce: 4, shrinkSteps: 200, signal: new AbortController().signal};
const ignore = () => undefined;

const outcome = (of: 'agrees' | 'disagrees' | 'undecided'): ToldStory => ({
  comparison: {outcome: of, disagreements: [], why: undefined},
  recording: 'a.ndjson',
});
const restartsAll = ({pod, exits}: Story): boolean =>
  predictAll(pod, exits).some(({action}) => action === 'restart all');
/** A cluster on which no restart of all containers is as it should be. */
const faulty: Tell = (_, story) => Promise.resolve(outcome(restartsAll(story) ? 'disagrees' : 'agrees'));

test('every story of the seed is told once, not more of them at a time than asked', async () => {
  let now = 0;
  let most = 0;
  const tell: Tell = async () => {
    most = Math.max(most, (now += 1));
    await Promise.resolve();
    now -= 1;
    return outcome('agrees');
  };
  const {told, smallest} = await search(tell, options, ignore);
  const inOrder = told.toSorted((a, b) => Number(a.path) - Number(b.path)).map(({story}) => story);
  expect(inOrder).toEqual(storiesOf(options));
  expect(most).toBe(options.atOnce);
  expect(smallest).toBeUndefined();
});

test('the same seed gives the same stories, another gives others', () => {
  expect(storiesOf(options)).toEqual(storiesOf(options));
  expect(storiesOf({...options, seed: 1})).not.toEqual(storiesOf(options));
});

describe('a story that disagrees', () => {
  test('is shrunk to the smallest Pod that does too', async () => {
    const {told, smallest} = await search(faulty, options, ignore);
    expect(told.filter(({comparison}) => comparison.outcome === 'disagrees').length).toBeGreaterThan(1);
    expect(smallest?.story.exits).toHaveLength(1);
    expect(smallest?.story.pod.containers.flatMap(({rules}) => rules)).toHaveLength(1);
  });

  test('is found again by its seed and path, large and small', async () => {
    const {told, smallest} = await search(faulty, options, ignore);
    for (const found of [...told, ...(smallest === undefined ? [] : [smallest])]) {
      expect(storiesOf({...options, path: found.path})).toEqual([found.story]);
    }
  });

  test('is shrunk in no more steps than asked', async () => {
    const ids: string[] = [];
    await search(faulty, {...options, shrinkSteps: 3}, ({id}) => void ids.push(id));
    expect(ids.filter(id => id.startsWith('smaller'))).toEqual(['smaller-1', 'smaller-2', 'smaller-3']);
  });

  test('has no smaller one where it agrees when it is told again', async () => {
    const once: Tell = (id, story) =>
      Promise.resolve(outcome(id.startsWith('pod') && restartsAll(story) ? 'disagrees' : 'agrees'));
    expect((await search(once, options, ignore)).smallest).toBeUndefined();
  });

  test('is not shrunk by what is undecided', async () => {
    const later: Tell = (id, story) =>
      Promise.resolve(outcome(!restartsAll(story) ? 'agrees' : id.startsWith('pod') ? 'disagrees' : 'undecided'));
    expect((await search(later, options, ignore)).smallest).toBeUndefined();
  });
});

describe('what concerns the whole run ends the search', () => {
  test.each([
    ['while stories are told side by side', 'pod-3'],
    ['while one is shrunk', 'smaller-2'],
  ])('%s', async (_, at) => {
    const ids: string[] = [];
    const tell: Tell = (id, story, signal) => {
      ids.push(id);
      return id === at ? Promise.reject(new Error('the API server is away')) : faulty(id, story, signal);
    };
    await expect(search(tell, options, ignore)).rejects.toThrow('the API server is away');
    expect(ids.length).toBeLessThan(options.pods + 3);
  });

  test('when the run is broken off', async () => {
    const stopped = {...options, signal: AbortSignal.abort(new Error('Ctrl-C'))};
    await expect(search(faulty, stopped, ignore)).rejects.toThrow('Ctrl-C');
  });
});
