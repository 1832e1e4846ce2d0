import {Watch} from '@kubernetes/client-node';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {ApiError} from '../target/api.ts';
import {hangUp, refuse} from '../testing/api-server.ts';
import {Calls} from '../testing/changes.ts';
import {WatchedPods} from '../testing/watched-pods.ts';

let watched: WatchedPods;

beforeEach(async () => {
  watched = await WatchedPods.serve();
});

afterEach(() => watched[Symbol.asyncDispose]());

describe('an unbroken watch', () => {
  test('delivers what is there, then every change in order', async () => {
    watched.put('old');
    await watched.start();
    watched.put('new');
    watched.put('old');
    watched.pods.remove('new');
    await expect(watched.seen(4)).resolves.toEqual(['LISTED old', 'ADDED new', 'MODIFIED old', 'DELETED new']);
  });

  test('delivers what changed between the list and the stream', async () => {
    watched.server.on('GET', /pods$/, (response, {query}) => {
      if (query.has('watch')) {
        watched.pods.answerWatch(response, query.get('resourceVersion') ?? '', '');
      } else {
        watched.pods.answerList(response, '');
        watched.put('meanwhile');
      }
    });
    await watched.start();
    await expect(watched.seen(1)).resolves.toEqual(['ADDED meanwhile']);
  });

  test('asks for bookmarks and for the objects of its selector alone', async () => {
    await watched.start({labelSelector: 'note=this'});
    await watched.watching(1);
    watched.put('other', 'that');
    watched.put('own', 'this');
    await expect(watched.seen(1)).resolves.toEqual(['ADDED own']);
    expect(watched.server.received.at(-1)?.query.get('allowWatchBookmarks')).toBe('true');
  });

  test('delivers a character whose bytes come in two pieces as one', async () => {
    await watched.start();
    await watched.watching(1);
    const line = (name: string) =>
      `{"type":"ADDED","object":{"metadata":{"name":"${name}","resourceVersion":"101"}}}\n`;
    const bytes = Buffer.from(line('first') + line('ü'));
    const half = bytes.indexOf('ü') + 1;
    watched.pods.say(bytes.subarray(0, half));
    await watched.seen(1);
    watched.pods.say(bytes.subarray(half));
    await expect(watched.seen(2)).resolves.toEqual(['ADDED first', 'ADDED ü']);
  });
});

describe('a stream that ends', () => {
  const whole = JSON.stringify({type: 'ADDED', object: {metadata: {name: 'b', resourceVersion: '102'}}});

  test.each([
    ['in good order', undefined],
    ['by a broken connection', ''],
    ['in the middle of a line', whole.slice(0, 20)],
    ['after a line without its line break', whole],
  ])('%s is resumed from the last version, nothing lost or twice', async (_, last) => {
    await watched.start();
    watched.put('a');
    await watched.seen(1);
    if (last === undefined) watched.pods.end();
    else watched.pods.cut(last);
    watched.put('b');
    watched.put('c');
    await expect(watched.seen(3)).resolves.toEqual(['ADDED a', 'ADDED b', 'ADDED c']);
    expect(watched.pods.watchedFrom).toEqual(['100', '101']);
  });

  test('is resumed from the last bookmark', async () => {
    await watched.start();
    await watched.watching(1);
    watched.pods.advance();
    watched.pods.bookmark();
    watched.pods.forget('refused');
    watched.pods.end();
    await watched.watching(2);
    watched.put('after');
    await expect(watched.seen(1)).resolves.toEqual(['ADDED after']);
    expect(watched.pods.watchedFrom).toEqual(['100', '101']);
  });

  test('is resumed as often as that takes', async () => {
    await watched.start();
    await watched.watching(1);
    let refusals = 3;
    watched.server.on('GET', /pods$/, (response, received) => {
      if (refusals-- > 0) (refusals % 2 === 0 ? hangUp : refuse(500, 'etcd has no leader'))(response, received);
      else watched.pods.answerWatch(response, received.query.get('resourceVersion') ?? '', '');
    });
    watched.pods.cut();
    watched.put('after');
    await expect(watched.seen(1)).resolves.toEqual(['ADDED after']);
  });

  test('silently, is resumed after the time that silence may last', async () => {
    await watched.start({silenceMs: 20});
    await watched.watching(2);
    watched.put('after');
    await expect(watched.seen(1)).resolves.toEqual(['ADDED after']);
  });
});

describe('the end', () => {
  test('comes with the signal, and closes the connection', async () => {
    await watched.start();
    await watched.watching(1);
    watched.stop.abort();
    await watched.pods.until(() => watched.pods.openWatches === 0);
    expect(watched.pods.watchedFrom).toHaveLength(1);
  });

  test('comes with the signal while a connection is refused', async () => {
    const timers = () => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length;
    const state = await watched.start({reconnectMs: 60_000});
    await watched.watching(1);
    watched.server.on('GET', /pods$/, refuse(503, 'away'));
    watched.pods.cut();
    while (state.away === undefined && !watched.stop.signal.aborted) await new Promise(setImmediate);
    const whilePaused = timers();
    watched.stop.abort();
    expect(timers()).toBe(whilePaused - 1);
  });

  test('is an error where the first list is refused', async () => {
    watched.server.on('GET', /pods$/, refuse(403, 'pods is forbidden'));
    await expect(watched.start()).rejects.toThrow(new ApiError(403, 'pods is forbidden'));
  });
});

test("client-node's own watch loses what its callback throws, and bad lines", async () => {
  const ended = new Calls<unknown>();
  const called = new Calls<string>();
  const callback = (type: string): void => {
    called.take(type);
    throw new Error('a defect');
  };
  await new Watch(watched.server.config()).watch(WatchedPods.path, {resourceVersion: '100'}, callback, ended.take);
  await watched.watching(1);
  watched.put('a');
  watched.pods.say('not JSON\n');
  watched.put('b');
  await called.first(2);
  watched.pods.end();
  await expect(ended.first(1)).resolves.toEqual([null]);
});
