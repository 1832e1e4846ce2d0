import {expect, test} from '@jest/globals';
import type {Collected} from '../verdicts/judge.ts';
import {timelineOf} from '../recording/timeline.ts';
import {Edit} from '../testing/edit.ts';
import {goodRecording} from '../testing/recorded.ts';
import {pointAtSuite, Undecided, type Judgeable} from './matchers.ts';

class Restart implements Judgeable {
  readonly timeline;
  readonly recording;
  readonly found: Collected[] = [];

  constructor(edit: (recording: Edit) => unknown = () => undefined) {
    const recording = new Edit(goodRecording('sidecar-exits'));
    edit(recording);
    const timeline = timelineOf(recording.recording);
    if (timeline === undefined) throw new Error('not a recording of a restart');
    this.timeline = timeline;
    this.recording = recording.recording;
  }

  collect(found: Collected): void {
    this.found.push(found);
  }

  get outcomes(): readonly string[] {
    return this.found.map(({finding}) => finding.outcome);
  }
}

test('a matcher passes and collects what it found where the requirement held', () => {
  const restart = new Restart();
  expect(restart).toPreserve('metadata.uid');
  expect(restart.outcomes).toEqual(['held']);
});

test('a failure says what was expected, what was seen, when, and where in the recording, and points at the suite', () => {
  const restart = new Restart(e => e.lastPods(2, pod => (pod.status.podIPs = [{ip: '10.244.0.9'}])));
  expect(restart).toPreserve('status.podIPs');
  const [found] = restart.found;
  expect(found?.failure?.message).toBe(
    [
      '  expected  status.podIPs [{"ip":"10.244.0.27"}] throughout',
      '  saw       status.podIPs changed',
      '      -0.14 s  rv 4822  status.podIPs [{"ip":"10.244.0.27"}]',
      '      +0.00 s  watcher told to exit with 88',
      '     +19.75 s  rv 5015  status.podIPs [{"ip":"10.244.0.27"}] -> [{"ip":"10.244.0.9"}]   <- here',
      '    recording v1.35.4/sidecar-exits.ndjson.gz:84',
    ].join('\n'),
  );
  if (found?.failure === undefined) throw new Error('no failure was collected');
  expect(/at .*/.exec(pointAtSuite(found.failure).stack ?? '')?.[0]).toContain('matchers.test.ts');
});

test('a recording with a hole where it matters is not called broken, and the next expectation is asked all the same', () => {
  const restart = new Restart(e =>
    e.insert(e.last, {kind: 'gap', atMs: 1e6, resource: 'pods', why: 'too old resource version'}),
  );
  expect(restart).toPreserve('metadata.uid');
  expect(restart.found[0]?.failure?.message).toContain('the watch lost continuity: too old resource version');
  expect(restart).toRestartAllContainers();
  expect(restart.outcomes).toEqual(['unknown', 'held']);
});

test('where a precondition was not seen to be met nothing more is asked', () => {
  const restart = new Restart();
  expect(() => {
    expect(restart).toEndForItsMemory();
  }).toThrow(Undecided);
  expect(restart.outcomes).toEqual(['unknown']);
});

test('.not is refused, since an empty recording would pass it', () => {
  expect(() => {
    expect(new Restart()).not.toSkipPreStop();
  }).toThrow('toSkipPreStop has no .not');
});
