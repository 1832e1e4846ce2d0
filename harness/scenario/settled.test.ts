import {describe, expect, test} from '@jest/globals';
import {aPod, exited, notReady, running, waiting, type PodShape} from '../testing/a-pod.ts';
import {isAs, readyForStimulus, restartedAll, restartedAlone, restartedOften} from './settled.ts';

const before: PodShape = {
  init: {prepare: exited('p1', 0)},
  sidecars: {watcher: running('w1')},
  regular: {trainer: running('t1')},
};
const after: PodShape = {
  init: {prepare: exited('p2', 0)},
  sidecars: {watcher: running('w2')},
  regular: {trainer: running('t2')},
};

describe('a Pod is ready for the stimulus', () => {
  test.each<[ready: boolean, source: string, when: string, shape: PodShape]>([
    [true, 'trainer', 'everything is up', before],
    [true, 'watcher', 'everything is up', before],
    [true, 'trainer', 'an ephemeral container does not run', {...before, ephemeral: {debugger: exited('d1', 1)}}],
    [false, 'trainer', 'it is not ready', {...before, regular: {trainer: notReady('t1')}}],
    [false, 'watcher', 'a container after it waits', {...before, regular: {trainer: waiting('PodInitializing')}}],
    [false, 'watcher', 'it waits itself', {...before, sidecars: {watcher: waiting('PodInitializing')}}],
    [false, 'trainer', 'it has ended', {...before, regular: {trainer: exited('t1', 0)}}],
    [false, 'other', 'there is no such container', before],
    [
      true,
      'prepare',
      'it runs',
      {...before, init: {prepare: notReady('p1')}, sidecars: {}, regular: {trainer: waiting('PodInitializing')}},
    ],
    [false, 'prepare', 'it has ended', before],
    [true, 'second', 'the one before it has ended', {init: {first: exited('f1', 0), second: notReady('s1')}}],
    [false, 'second', 'the one before it has failed', {init: {first: exited('f1', 1), second: notReady('s1')}}],
  ])('%s: for %s where %s', (ready, source, _, shape) => {
    expect(readyForStimulus(aPod(shape), source)).toBe(ready);
  });
});

describe('a restart of all is over', () => {
  test.each<[over: boolean, when: string, now: PodShape]>([
    [true, 'every container is another and up', after],
    [true, 'and the condition is False again', {...after, restarting: 'False'}],
    [true, 'and an ephemeral container is the same', {...after, ephemeral: {debugger: running('d1')}}],
    [false, 'nothing happened', before],
    [false, 'the condition is still True', {...after, restarting: 'True'}],
    [false, 'a regular container is the same', {...after, regular: {trainer: running('t1')}}],
    [false, 'a sidecar is the same', {...after, sidecars: {watcher: running('w1')}}],
    [false, 'an init container is the same', {...after, init: {prepare: exited('p1', 0)}}],
    [false, 'an init container failed', {...after, init: {prepare: exited('p2', 1)}}],
    [false, 'a regular container is not ready', {...after, regular: {trainer: notReady('t2')}}],
    [false, 'a regular container has no status', {...after, regular: {trainer: waiting('PodInitializing')}}],
  ])('%s: %s', (over, _, now) => {
    expect(restartedAll(aPod(before), aPod(now))).toBe(over);
  });
});

describe('a restart of the source alone is over', () => {
  test.each<[over: boolean, when: string, now: PodShape]>([
    [true, 'it is another and up', {...before, sidecars: {watcher: running('w2')}}],
    [true, 'and others are new too', after],
    [
      true,
      'and an ephemeral container has ended',
      {...before, sidecars: {watcher: running('w2')}, ephemeral: {debugger: exited('d1', 0)}},
    ],
    [false, 'nothing happened', before],
    [false, 'it has ended', {...before, sidecars: {watcher: exited('w1', 1)}}],
    [false, 'it is not ready', {...before, sidecars: {watcher: notReady('w2')}}],
    [false, 'another is down', {...before, sidecars: {watcher: running('w2')}, regular: {trainer: exited('t1', 137)}}],
  ])('%s: %s', (over, _, now) => {
    expect(restartedAlone(aPod(before), aPod(now), 'watcher')).toBe(over);
  });

  test('where it is an init container that ended well', () => {
    const now = {...before, init: {prepare: exited('p2', 0)}};
    expect(restartedAlone(aPod(before), aPod(now), 'prepare')).toBe(true);
  });
});

describe('a container waits for its back-off', () => {
  const at = (secondsAgo: number) => ({
    exitCode: 1,
    finishedAt: new Date(Date.now() - secondsAgo * 1000).toISOString(),
  });

  test.each<[is: boolean, when: string, endedSecondsAgo: number, message: string]>([
    [true, 'for most of its back-off yet', 1, 'back-off 10s restarting failed container=crasher'],
    [false, 'that is nearly over', 9, 'back-off 10s restarting failed container=crasher'],
    [false, 'that is over', 12, 'back-off 10s restarting failed container=crasher'],
    [true, 'and the longer back-off is shown late', 12, 'back-off 20s restarting failed container=crasher'],
    [true, 'for minutes', 100, 'back-off 2m40s restarting failed container=crasher'],
    [true, 'by a clock that is behind ours', 3600, 'back-off 10s restarting failed container=crasher'],
    [true, 'for a time that the message does not tell', 12, 'restarting'],
  ])('%s: %s', (is, _, endedSecondsAgo, message) => {
    const lastState = {terminated: at(endedSecondsAgo)};
    const crashed = {...waiting('CrashLoopBackOff', message), lastState, restartCount: 2};
    expect(isAs(aPod({regular: {crasher: crashed}}), 'crasher', 'crashed')).toBe(is);
  });

  test.each<[is: boolean, when: string, endedSecondsAgo: number, restartCount: number, exitCode: number]>([
    [true, 'it has crashed for the third time', 1, 2, 1],
    [false, 'that is over', 16, 2, 1],
    [true, 'and the fourth is longer', 16, 3, 1],
    [false, 'it has crashed for the second time, which is to be shown first', 1, 1, 1],
    [false, 'it has ended well', 1, 2, 0],
  ])('%s, as it is not shown yet: %s', (is, _, endedSecondsAgo, restartCount, exitCode) => {
    const crashed = {...exited('c1', exitCode), state: {terminated: {...at(endedSecondsAgo), exitCode}}, restartCount};
    expect(isAs(aPod({regular: {crasher: crashed}}), 'crasher', 'crashed')).toBe(is);
  });
});

test('each container has been restarted so often', () => {
  const counted = (restartCount: number) => ({...running('c1'), restartCount});
  const pod = aPod({
    sidecars: {watcher: counted(3)},
    regular: {trainer: counted(2)},
    ephemeral: {debugger: running('d1')},
  });
  expect(restartedOften(pod, 2)).toBe(true);
  expect(restartedOften(pod, 3)).toBe(false);
});
