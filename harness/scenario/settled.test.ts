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
  const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
  const crasher = (now: object) => aPod({regular: {crasher: {...exited('c1', 1), ...{restartCount: 2}, ...now}}});

  test.each<[is: boolean, when: string, endedSecondsAgo: number, message: string]>([
    [true, 'for most of its back-off yet', 1, 'back-off 20s restarting failed container=crasher'],
    [false, 'that is too short', 0, 'back-off 10s restarting failed container=crasher'],
    [false, 'that is half over', 10, 'back-off 20s restarting failed container=crasher'],
    [false, 'that is long over', 65, 'back-off 20s restarting failed container=crasher'],
    [true, 'and a longer one is shown late', 16, 'back-off 40s restarting failed container=crasher'],
    [true, 'for minutes', 100, 'back-off 2m40s restarting failed container=crasher'],
    [true, 'by a clock that is behind ours', 3600, 'back-off 20s restarting failed container=crasher'],
    [true, 'by a clock that is ahead of ours', -3600, 'back-off 20s restarting failed container=crasher'],
    [false, 'for so short a time as a cluster can be set to', 0, 'back-off 2s restarting failed container=crasher'],
    [false, 'for part of a second more', 0, 'back-off 2.5s restarting failed container=crasher'],
    [false, 'for a time that the message does not tell', 0, 'restarting'],
  ])('%s: %s', (is, _, endedSecondsAgo, message) => {
    const crashed = {
      ...waiting('CrashLoopBackOff', message),
      lastState: {terminated: {exitCode: 1, finishedAt: ago(endedSecondsAgo)}},
    };
    expect(isAs(crasher(crashed), 'crasher', 'crashed')).toBe(is);
  });

  test.each<
    [is: boolean, when: string, waited: number, endedSecondsAgo: number, restartCount: number, exitCode: number]
  >([
    [true, 'it has waited once', 10, 1, 2, 1],
    [false, 'half of that is over', 10, 10, 2, 1],
    [true, 'it has waited twice', 20, 1, 3, 1],
    [false, 'most of that is over', 20, 30, 3, 1],
    [false, 'it has waited for no longer than a cluster can be set to', 2, 1, 3, 1],
    [false, 'it has ended well', 20, 1, 3, 0],
  ])('%s, as is not shown yet: %s', (is, _, waited, endedSecondsAgo, restartCount, exitCode) => {
    const [startedAt, finishedAt] = [ago(endedSecondsAgo), ago(endedSecondsAgo)];
    const lastState = {terminated: {exitCode: 1, finishedAt: ago(endedSecondsAgo + waited)}};
    const crashed = {state: {terminated: {exitCode, startedAt, finishedAt}}, lastState, restartCount};
    expect(isAs(crasher(crashed), 'crasher', 'crashed')).toBe(is);
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
