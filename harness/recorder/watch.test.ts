import {Watch} from '@kubernetes/client-node';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {ApiError, type Api} from '../target/api.ts';
import {ApiServer, hangUp, refuse} from '../testing/api-server.ts';
import {Calls} from '../testing/changes.ts';
import type {Collection} from '../testing/collection.ts';
import {watch, type Delivery, type Watching, type WatchOptions} from './watch.ts';

const path = '/api/v1/namespaces/test/pods';

let server: ApiServer;
let api: Api;
let pods: Collection;
let stop: AbortController;
let deliveries: Calls<Delivery>;

beforeEach(async () => {
  server = await ApiServer.start();
  api = server.api();
  pods = server.collection(path);
  stop = new AbortController();
  deliveries = new Calls();
});

afterEach(async () => {
  stop.abort();
  await server[Symbol.asyncDispose]();
});

const start = (more: Partial<WatchOptions> = {}): Promise<Watching> =>
  watch(api, {path, deliver: deliveries.take, signal: stop.signal, silenceMs: 60_000, reconnectMs: 1, ...more});

const put = (name: string, note?: string): void => {
  pods.put({metadata: {name, ...(note === undefined ? {} : {labels: {note}})}});
};

const watching = (count: number): Promise<void> => pods.until(() => pods.watchedFrom.length >= count);

/** Deliveries as "TYPE name", once there are that many. */
const seen = async (count: number): Promise<string[]> => (await deliveries.first(count)).map(told);

const told = (delivery: Delivery): string =>
  delivery.type === 'GAP'
    ? `GAP ${delivery.why}`
    : `${delivery.type} ${/"name":"(\w+)"/.exec(JSON.stringify(delivery.object))?.[1] ?? '?'}`;

describe('an unbroken watch', () => {
  test('delivers what is there, then every change in order', async () => {
    put('old');
    await start();
    put('new');
    put('old');
    pods.remove('new');
    await expect(seen(4)).resolves.toEqual(['LISTED old', 'ADDED new', 'MODIFIED old', 'DELETED new']);
  });

  test('delivers what changed between the list and the stream', async () => {
    server.on('GET', /pods$/, (response, {query}) => {
      if (query.has('watch')) {
        pods.answerWatch(response, query.get('resourceVersion') ?? '', '');
      } else {
        pods.answerList(response, '');
        put('meanwhile');
      }
    });
    await start();
    await expect(seen(1)).resolves.toEqual(['ADDED meanwhile']);
  });

  test('asks for bookmarks and for the objects of its selector alone', async () => {
    await start({labelSelector: 'note=this'});
    await watching(1);
    put('other', 'that');
    put('own', 'this');
    await expect(seen(1)).resolves.toEqual(['ADDED own']);
    expect(server.received.at(-1)?.query.get('allowWatchBookmarks')).toBe('true');
  });

  test('delivers a character whose bytes come in two pieces as one', async () => {
    await start();
    await watching(1);
    const line = Buffer.from(
      '{"type":"ADDED","object":{"metadata":{"name":"a","resourceVersion":"101"},"text":"ü"}}\n',
    );
    const half = line.indexOf('ü') + 1;
    pods.say(line.subarray(0, half));
    await new Promise(setImmediate);
    pods.say(line.subarray(half));
    await expect(deliveries.first(1)).resolves.toMatchObject([{object: {text: 'ü'}}]);
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
    await start();
    put('a');
    await seen(1);
    if (last === undefined) pods.end();
    else pods.cut(last);
    put('b');
    put('c');
    await expect(seen(3)).resolves.toEqual(['ADDED a', 'ADDED b', 'ADDED c']);
    expect(pods.watchedFrom).toEqual(['100', '101']);
  });

  test('is resumed from the last bookmark', async () => {
    await start();
    await watching(1);
    pods.advance();
    pods.bookmark();
    pods.forget('refused');
    pods.end();
    await watching(2);
    put('after');
    await expect(seen(1)).resolves.toEqual(['ADDED after']);
    expect(pods.watchedFrom).toEqual(['100', '101']);
  });

  test('is resumed as often as that takes', async () => {
    await start();
    await watching(1);
    let refusals = 3;
    server.on('GET', /pods$/, (response, received) => {
      if (refusals-- > 0) (refusals % 2 === 0 ? hangUp : refuse(500, 'etcd has no leader'))(response, received);
      else pods.answerWatch(response, received.query.get('resourceVersion') ?? '', '');
    });
    pods.cut();
    put('after');
    await expect(seen(1)).resolves.toEqual(['ADDED after']);
  });

  test('silently, is resumed after the time that silence may last', async () => {
    await start({silenceMs: 20});
    await watching(2);
    put('after');
    await expect(seen(1)).resolves.toEqual(['ADDED after']);
  });
});

describe('a position that the server no longer knows', () => {
  test.each(['refused', 'in the stream'] as const)('is one gap and a new list where 410 comes %s', async how => {
    await start();
    put('a');
    await seen(1);
    pods.advance();
    pods.forget(how);
    pods.cut();
    await watching(3);
    put('b');
    await expect(seen(4)).resolves.toEqual(['ADDED a', 'GAP too old resource version: 101', 'LISTED a', 'ADDED b']);
    expect(pods.watchedFrom).toEqual(['100', '101', '102']);
  });

  test('is one gap, however often the new list fails', async () => {
    await start();
    await watching(1);
    let refusals = 3;
    server.on('GET', /pods$/, (response, received) => {
      if (received.query.has('watch')) pods.answerWatch(response, received.query.get('resourceVersion') ?? '', '');
      else if (refusals-- > 0) refuse(410, 'too old')(response, received);
      else pods.answerList(response, '');
    });
    put('a');
    await seen(1);
    pods.advance();
    pods.forget('refused');
    pods.cut();
    await watching(3);
    await expect(seen(3)).resolves.toEqual(['ADDED a', 'GAP too old resource version: 101', 'LISTED a']);
  });
});

describe('a line that can not be taken', () => {
  const lines: [what: string, line: string, why: string][] = [
    ['is not JSON', '{"type":"ADDED","obj', 'the watch sent an unreadable line of 20 characters'],
    ['is of an unknown type', '{"type":"MOVED","object":{}}', 'the watch sent an unreadable line of 28 characters'],
    [
      'has no resourceVersion',
      '{"type":"ADDED","object":{"metadata":{}}}',
      'the watch sent an object without a resourceVersion',
    ],
    ['is an error', '{"type":"ERROR","object":{"code":500,"message":"etcd is away"}}', 'etcd is away'],
    ['is an error without a message', '{"type":"ERROR","object":{}}', 'the watch sent an error without a message'],
  ];

  test.each(lines)('since it %s is a gap and a new list', async (_, line, why) => {
    await start();
    put('a');
    await seen(1);
    pods.say(`${line}\n`);
    await watching(2);
    put('b');
    await expect(seen(4)).resolves.toEqual(['ADDED a', `GAP ${why}`, 'LISTED a', 'ADDED b']);
  });
});

describe('the end', () => {
  test('comes with the signal, and closes the connection', async () => {
    await start();
    await watching(1);
    stop.abort();
    await pods.until(() => pods.openWatches === 0);
    expect(pods.watchedFrom).toHaveLength(1);
  });

  test('comes with the signal while a connection is refused', async () => {
    await start({reconnectMs: 60_000});
    await watching(1);
    const refused = new Calls<undefined>();
    server.on('GET', /pods$/, (response, received) => {
      refuse(503, 'away')(response, received);
      refused.take(undefined);
    });
    pods.cut();
    await refused.first(1);
    stop.abort(); // Jest reports the open handle if the pause goes on
    expect(refused.all).toHaveLength(1);
  });

  test('is an error where the first list is refused', async () => {
    server.on('GET', /pods$/, refuse(403, 'pods is forbidden'));
    await expect(start()).rejects.toThrow(new ApiError(403, undefined, 'pods is forbidden'));
  });
});

test("client-node's own watch loses what its callback throws, and bad lines", async () => {
  const ended = new Calls<unknown>();
  const called = new Calls<string>();
  const callback = (type: string): void => {
    called.take(type);
    throw new Error('a defect');
  };
  await new Watch(server.config()).watch(path, {resourceVersion: '100'}, callback, ended.take);
  await watching(1);
  put('a');
  pods.say('not JSON\n');
  put('b');
  await called.first(2);
  pods.end();
  await expect(ended.first(1)).resolves.toEqual([null]);
});
