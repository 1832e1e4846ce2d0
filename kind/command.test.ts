import {readFileSync} from 'node:fs';
import {describe, expect, test} from '@jest/globals';
import {SuiteError} from '../harness/errors.ts';
import {ask, pasteable, run} from './command.ts';

const signal = new AbortController().signal;

describe('run', () => {
  test('gives standard output, and every line as it comes', async () => {
    const lines: string[] = [];
    const output = await run('sh', ['-c', 'echo out; echo err >&2'], {signal, onLine: line => lines.push(line)});
    expect(output).toBe('out');
    expect(lines.sort()).toEqual(['err', 'out']);
  });

  test('passes text to standard input', async () => {
    expect(await run('cat', [], {signal, input: 'in'})).toBe('in');
  });

  test('a failure has the command as it can be pasted, its exit code and its last lines', async () => {
    await expect(
      run('sh', ['-c', 'echo why >&2; exit 3'], {signal, exit: 'bootFailed', next: 'do this'}),
    ).rejects.toMatchObject({
      exit: 'bootFailed',
      next: 'do this',
      message: "sh -c 'echo why >&2; exit 3' failed: exit code 3\n       why",
    });
  });

  test('a missing command says so', async () => {
    await expect(run('no-such-command', [], {signal})).rejects.toMatchObject({
      message: expect.stringContaining('no such command'),
    });
  });

  test('a full disk is told apart', async () => {
    await expect(
      run('sh', ['-c', 'echo "write x: no space left on device" >&2; exit 1'], {signal}),
    ).rejects.toMatchObject({exit: 'diskFull'});
  });

  test('an abort ends the command and throws its reason', async () => {
    const controller = new AbortController();
    const reason = new SuiteError('interrupted', 'stopped');
    const running = run('sleep', ['60'], {signal: controller.signal});
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    await expect(run('true', [], {signal: controller.signal})).rejects.toBe(reason);
  });
});

test('an abort kills what a command started too, where that is asked for', async () => {
  const controller = new AbortController();
  const {promise: started, resolve} = Promise.withResolvers<number>();
  const running = run('sh', ['-c', 'sleep 60 & echo $!; wait'], {
    signal: controller.signal,
    killAll: true,
    onLine: line => {
      resolve(Number(line));
    },
  });
  const child = await started;
  controller.abort(new SuiteError('interrupted', 'stopped'));
  await expect(running).rejects.toMatchObject({exit: 'interrupted'});
  expect(readState(child)).not.toBe('running');
});

function readState(pid: number): 'running' | 'gone' {
  try {
    // A zombie that nobody has waited for yet no longer runs.
    return /^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')) ? 'gone' : 'running';
  } catch {
    return 'gone';
  }
}

test('ask gives undefined where the answer is no', async () => {
  expect(await ask('false', [], signal)).toBeUndefined();
  expect(await ask('no-such-command', [], signal)).toBeUndefined();
  expect(await ask('echo', ['yes'], signal)).toBe('yes');
});

test('pasteable quotes what a shell would take apart', () => {
  expect(pasteable('a', ['b=c', "it's", 'two words'])).toBe(`a b=c 'it'\\''s' 'two words'`);
});
