import {expect, test} from '@jest/globals';
import type {Finding} from '../checks/finding.ts';
import {timelineOf} from '../recording/timeline.ts';
import {Edit} from '../testing/edit.ts';
import {goodRecording} from '../testing/recorded.ts';
import type {Judgeable} from './matchers.ts';
import './matchers.ts';

class Restart implements Judgeable {
  readonly timeline;
  readonly recording;
  readonly findings: Finding[] = [];

  constructor(edit: (recording: Edit) => unknown = () => undefined) {
    const recording = new Edit(goodRecording('sidecar-exits'));
    edit(recording);
    const timeline = timelineOf(recording.recording);
    if (timeline === undefined) throw new Error('not a recording of a restart');
    this.timeline = timeline;
    this.recording = recording.recording;
  }

  collect(finding: Finding): void {
    this.findings.push(finding);
  }
}

test('a matcher passes and collects what it found where the requirement held', () => {
  const restart = new Restart();
  expect(restart).toPreserve('metadata.uid');
  expect(restart.findings.map(({outcome}) => outcome)).toEqual(['held']);
});

test('a failure says what was expected, what was seen, when, and where in the recording', () => {
  const restart = new Restart(e => e.lastPods(2, pod => (pod.status.podIPs = [{ip: '10.244.0.9'}])));
  expect(() => {
    expect(restart).toPreserve('status.podIPs');
  }).toThrow(
    [
      '  expected  status.podIPs [{"ip":"10.244.0.27"}] throughout',
      '  saw       status.podIPs changed',
      '      -0.14 s  rv 4822  status.podIPs [{"ip":"10.244.0.27"}]',
      '      +0.00 s  watcher told to exit with 88',
      '     +19.75 s  rv 5015  status.podIPs [{"ip":"10.244.0.27"}] -> [{"ip":"10.244.0.9"}]   <- here',
      '    recording v1.35.4/sidecar-exits.ndjson.gz:84',
    ].join('\n'),
  );
});

test('a recording with a hole where it matters fails the expectation and is not called broken', () => {
  const restart = new Restart(e =>
    e.insert(e.last, {kind: 'gap', atMs: 1e6, resource: 'pods', why: 'too old resource version'}),
  );
  expect(() => {
    expect(restart).toPreserve('metadata.uid');
  }).toThrow('the watch lost continuity: too old resource version');
  expect(restart.findings.map(({outcome}) => outcome)).toEqual(['unknown']);
});

test('.not is refused, since an empty recording would pass it', () => {
  expect(() => {
    expect(new Restart()).not.toSkipPreStop();
  }).toThrow('toSkipPreStop has no .not');
});
