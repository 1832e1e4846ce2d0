import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {ApiServer} from '../testing/api-server.ts';
import type {ExecCall} from '../testing/exec-call.ts';
import {exec, openExec} from './exec.ts';

let server: ApiServer;

beforeEach(async () => {
  server = await ApiServer.start();
});

afterEach(() => server[Symbol.asyncDispose]());

const run = (timeoutMs = 60_000): Promise<string> =>
  exec(openExec(server.config()), {
    namespace: 'test',
    pod: 'pod',
    container: 'trainer',
    command: ['cat', 'a b'],
    timeoutMs,
  });

test('gives what the command printed, all of it', async () => {
  server.onExec(call => {
    call.succeed(`${'line\n'.repeat(2000)}end`);
  });
  await expect(run()).resolves.toBe(`${'line\n'.repeat(2000)}end`);
});

test('runs the command as it is in that container', async () => {
  const {promise, resolve} = Promise.withResolvers<ExecCall>();
  server.onExec(call => {
    call.succeed('');
    resolve(call);
  });
  await run();
  await expect(promise).resolves.toMatchObject({container: 'trainer', command: ['cat', 'a b']});
});

test('gives a character whose bytes come in two pieces as one', async () => {
  server.onExec(call => {
    const bytes = Buffer.from('ü');
    call.open().print(bytes.subarray(0, 1)).print(bytes.subarray(1)).succeed('');
  });
  await expect(run()).resolves.toBe('ü');
});

test.each<[what: string, behave: (call: ExecCall) => void, message: string]>([
  [
    'the command fails',
    call => {
      call.fail('exit code 1', 'no such file');
    },
    'exec in pod/trainer failed: exit code 1 no such file',
  ],
  [
    'the connection dies without a status',
    call => {
      call.open().print(Buffer.from('half')).die();
    },
    'exec in pod/trainer: the connection ended without a status',
  ],
  [
    'the connection never opens and is closed',
    call => {
      call.die();
    },
    'exec in pod/trainer was refused: socket hang up',
  ],
])('settles when %s', async (_, behave, message) => {
  server.onExec(behave);
  await expect(run()).rejects.toThrow(message);
});

test.each<[what: string, behave: (call: ExecCall) => void]>([
  [
    'the command does not end',
    call => {
      call.open();
    },
  ],
  ['the connection never opens', () => undefined],
])('settles at its time limit when %s', async (_, behave) => {
  server.onExec(behave);
  await expect(run(20)).rejects.toThrow('exec in pod/trainer did not end within 20 ms');
});
