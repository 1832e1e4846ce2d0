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

test('an exit that was not read takes no other with it', () => {
  const {observations, ...rest} = goodRecording('hundred-restarts');
  const all = samplesOf({observations, ...rest}, 'two-containers');
  const lost = observations.findIndex(o => o.kind === 'journal' && o.entry.what === 'exit' && o.pod === undefined);
  const left = samplesOf({...rest, observations: observations.toSpliced(lost, 1)}, 'two-containers');
  expect(left).toHaveLength(99);
  expect(all).toEqual(expect.arrayContaining([...left]));
});

test('a container that says that it is ready only once its Pod was made anew, was not ready before', () => {
  const {observations, ...rest} = goodRecording('in-place-and-anew');
  const isReady = (o: (typeof observations)[number]): boolean => o.kind === 'journal' && o.entry.what === 'ready';
  const anew = observations.findIndex(o => o.kind === 'step' && o.does === 'recreate');
  const [sample] = samplesOf({...rest, observations: observations.filter((o, at) => at > anew || !isReady(o))}, 'x');
  expect(sample).toMatchObject({way: 'in place', step: 'in place 1'});
  expect(sample).not.toHaveProperty('readyMs');
});

test('in a namespace that was given, Pods are found by their names there', () => {
  const recording = goodRecording('in-place-and-anew');
  const {header} = recording;
  const steps = header.scenario.steps.map(step => (step.do === 'recreate' ? {...step, pods: [header.pod]} : step));
  const observations = recording.observations.map(o =>
    o.kind === 'pod' ? {...o, object: {...o.object, metadata: {...o.object.metadata, name: `run-${header.pod}`}}} : o,
  );
  const its = {...header, pod: `run-${header.pod}`, prefix: 'run-', scenario: {...header.scenario, steps}};
  const samples = samplesOf({...recording, header: its, observations}, 'two-containers');
  expect(samples.filter(({way}) => way === 'deleted and created')).toHaveLength(7);
});

test('Pods that were not made are not missed', () => {
  const {header, ...rest} = goodRecording('ten-pods-at-once');
  const steps = header.scenario.steps.map(step =>
    'pods' in step && step.pods !== undefined ? {...step, pods: [...step.pods, 'two-containers-11']} : step,
  );
  expect(wanted({...rest, header: {...header, scenario: {...header.scenario, steps}}})).toBe(11);
});
