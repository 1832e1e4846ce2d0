import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {refuse} from '../testing/api-server.ts';
import {WatchedPods} from '../testing/watched-pods.ts';

let watched: WatchedPods;

beforeEach(async () => {
  watched = await WatchedPods.serve();
});

afterEach(() => watched[Symbol.asyncDispose]());

describe('a position that the server no longer knows', () => {
  test.each(['refused', 'in the stream'] as const)('is one gap and a new list where 410 comes %s', async how => {
    await watched.start();
    watched.put('a');
    await watched.seen(1);
    watched.pods.advance();
    watched.pods.forget(how);
    watched.pods.cut();
    await watched.watching(3);
    watched.put('b');
    await expect(watched.seen(4)).resolves.toEqual([
      'ADDED a',
      'GAP too old resource version: 101',
      'LISTED a',
      'ADDED b',
    ]);
    expect(watched.pods.watchedFrom).toEqual(['100', '101', '102']);
  });

  test('is one gap, however often the new list fails', async () => {
    await watched.start();
    await watched.watching(1);
    let refusals = 3;
    watched.server.on('GET', /pods$/, (response, received) => {
      if (received.query.has('watch'))
        watched.pods.answerWatch(response, received.query.get('resourceVersion') ?? '', '');
      else if (refusals-- > 0) refuse(410, 'too old')(response, received);
      else watched.pods.answerList(response, '');
    });
    watched.put('a');
    await watched.seen(1);
    watched.pods.advance();
    watched.pods.forget('refused');
    watched.pods.cut();
    await watched.watching(3);
    await expect(watched.seen(3)).resolves.toEqual(['ADDED a', 'GAP too old resource version: 101', 'LISTED a']);
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
    await watched.start();
    watched.put('a');
    await watched.seen(1);
    watched.pods.say(`${line}\n`);
    await watched.watching(2);
    watched.put('b');
    await expect(watched.seen(4)).resolves.toEqual(['ADDED a', `GAP ${why}`, 'LISTED a', 'ADDED b']);
  });
});
