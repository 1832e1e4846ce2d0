import {expect, test} from '@jest/globals';
import {goodRecording} from '../testing/recorded.ts';
import {samplesOf, wanted} from './measure.ts';
import {partNames} from './sample.ts';

test('every restart of a recording is measured, and where its time went adds up to it', () => {
  const recording = goodRecording('hundred-restarts');
  const samples = samplesOf(recording, 'two-containers');
  expect(samples).toHaveLength(100);
  expect(wanted(recording)).toBe(100);
  for (const {parts, readyMs = NaN, startedMs = NaN, firstMs = NaN} of samples) {
    expect(partNames.reduce((sum, part) => sum + (parts?.[part] ?? NaN), 0)).toBe(readyMs);
    expect(firstMs).toBeLessThanOrEqual(startedMs);
    expect(startedMs).toBeLessThan(readyMs);
  }
});

test('a Pod that is created again is measured from the request that deletes it', () => {
  const samples = samplesOf(goodRecording('in-place-and-anew'), 'two-containers');
  expect(Map.groupBy(samples, ({way}) => way).get('in place')).toHaveLength(7);
  const anew = samples.filter(({way}) => way === 'deleted and created');
  expect(anew).toHaveLength(7);
  for (const {startedMs = NaN, seenMs = NaN} of anew) expect(startedMs).toBeLessThan(seenMs);
});

test('Pods that are told in one step are one crowd', () => {
  const samples = samplesOf(goodRecording('ten-pods-at-once'), 'many-at-once');
  expect(samples.map(({pods}) => pods)).toEqual([1, ...Array.from({length: 10}, () => 10)]);
});

test('an ordinary restart of one container is measured as such, from its own exit', () => {
  const [sample] = samplesOf(goodRecording('sidecar-exits-otherwise'), 'two-containers');
  expect(sample).toMatchObject({way: 'container alone', pods: 1});
  expect(sample).not.toHaveProperty('parts');
});

test('a Pod that is not up again in the recording gives no time until then', () => {
  const {observations, ...rest} = goodRecording('in-place-and-anew');
  const first = observations.findIndex(o => o.kind === 'stimulus');
  const cut = [...observations.slice(0, first + 1), ...observations.slice(first + 1).filter(o => o.kind !== 'pod')];
  const [sample] = samplesOf({...rest, observations: cut}, 'two-containers');
  expect(sample?.startedMs).toBeGreaterThan(0);
  expect(sample).not.toHaveProperty('seenMs');
});
