import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {SuiteError} from './errors.ts';
import {record, type EndedRecording} from './record.ts';
import {readRecording} from './recording/recording.ts';
import type {Right} from './target/access.ts';
import {aHeader} from './testing/a-header.ts';
import {answer, ApiServer, echo, hangUp, refuse, type Answer} from './testing/api-server.ts';
import {playKubelet, type Behaviour} from './testing/kubelet.ts';
import {recordedTarget} from './testing/recorded.ts';
import {runLabel} from './scenario/labels.ts';
import {budgets} from './timeouts.ts';

const {scenario} = aHeader;
const namespace = `rac-run1-${scenario.id}`;
const interrupted = new SuiteError('interrupted', 'stopped by SIGINT');

let server: ApiServer;
let folder: string;
let stop: AbortController;
let told: EndedRecording[];

beforeEach(async () => {
  server = await ApiServer.start();
  folder = mkdtempSync(join(tmpdir(), 'rac-record-'));
  stop = new AbortController();
  told = [];
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, {recursive: true});
});

/** Whether a right is one on namespaces and what is in them. */
const mayInNamespaces = ([, resource]: Right): Promise<boolean> =>
  Promise.resolve(['namespaces', 'pods'].includes(resource));

const within = (ms: number) => ({ms, meaning: '', conformant: ''});

const run = (
  patience: Partial<ReturnType<typeof budgets>> = {},
  scenarios: Parameters<typeof record>[1] = [scenario],
): Promise<readonly string[]> => {
  const context = {
    id: 'run1',
    api: server.api(),
    target: {...recordedTarget, image: 'busybox:test'},
    suite: '0.0.0',
    manifests: fileURLToPath(new URL('../manifests', import.meta.url)),
    recordings: folder,
    budgets: {...budgets(), quiet: within(1), reconnect: within(1), ...patience},
    may: mayInNamespaces,
    signal: stop.signal,
  };
  return record(context, scenarios, 2, each => told.push(each));
};

const play = (behaviour: Behaviour = {}): void => void playKubelet(server, namespace, behaviour);

const onPost = (path: RegExp, say: Answer) => (): void => {
  server.on('POST', path, say);
};

const observations = () => readRecording(join(folder, `${scenario.id}.ndjson`)).observations;
const ending = () => observations().at(-1);
const namespaces = () => server.collection('/api/v1/namespaces').names;
const deleted = () => server.received.some(({method, path}) => method === 'DELETE' && path.endsWith(`/${namespace}`));

const leavesNothing = (): void => {
  expect({namespaces: namespaces(), deleted: deleted()}).toEqual({namespaces: [], deleted: true});
};

afterEach(leavesNothing);

describe('a scenario that runs to its end', () => {
  test('is recorded with its Pod, its stimulus and what followed', async () => {
    play();
    await expect(run()).resolves.toEqual([]);
    expect(ending()).toMatchObject({kind: 'end', reason: 'settled', text: 'everything came that was waited for'});
    const kinds = observations().map(({kind}) => kind);
    expect(kinds.indexOf('stimulus')).toBeLessThan(kinds.lastIndexOf('pod'));
    expect(kinds.filter(kind => kind === 'clock')).toHaveLength(2);
    expect(kinds).not.toContain('gap');
    expect(told).toMatchObject([{scenario, ending: {reason: 'settled'}}]);
  });

  test('has its watches open before the first object is created', async () => {
    play();
    await run();
    const order = server.received.map(({method, path}) => `${method} ${path}`);
    expect(order.indexOf(`GET /api/v1/namespaces/${namespace}/pods`)).toBeLessThan(
      order.indexOf(`POST /api/v1/namespaces/${namespace}/configmaps`),
    );
  });

  test('says what did not come where there is no restart', async () => {
    play({insteadOfRestart: () => undefined});
    await expect(run({restart: within(20)})).resolves.toEqual([]);
    expect(ending()).toMatchObject({reason: 'out-of-patience', text: expect.stringContaining('not within 0.02 s')});
  });

  test('goes on where the command that tells the container is killed with it', async () => {
    play();
    server.onExec(call => {
      if (call.command.at(0) === 'cat') call.succeed('10.00 20.00\n');
      else call.fail('command terminated with exit code 137', '');
    });
    await expect(run({restart: within(20)})).resolves.toEqual([]);
    const text = expect.stringMatching(/ended badly: .* exit code 137$/);
    expect(observations()).toContainEqual(expect.objectContaining({kind: 'note', text}));
    expect(ending()).toMatchObject({reason: 'out-of-patience'});
  });

  test('has a gap where the API server went away during the restart', async () => {
    play({
      insteadOfRestart: () => {
        server.on('GET', /pods$/, hangUp);
        server.collection(`/api/v1/namespaces/${namespace}/pods`).cut();
      },
    });
    await run({restart: within(100)});
    expect(observations()).toContainEqual(expect.objectContaining({kind: 'gap', resource: 'pods'}));
    expect(ending()).toMatchObject({reason: 'out-of-patience'});
  });
});

describe('a scenario that does not get to its stimulus', () => {
  const pods = new RegExp(`/${namespace}/pods$`);

  test.each<[when: string, arrange: () => void, reason: string, text: RegExp]>([
    [
      'the Pod does not get ready',
      () => {
        play({stuck: 'PodInitializing'});
      },
      'not-started',
      /ready for the stimulus: not within 0.2 s: prepare: PodInitializing/,
    ],
    [
      'the image can not be pulled',
      () => {
        play({stuck: 'ErrImagePull'});
      },
      'not-started',
      /^prepare could not be started: prepare: ErrImagePull \(no luck\)/,
    ],
    ['the quota is used up', onPost(pods, refuse(403, 'exceeded quota')), 'error', /^exceeded quota$/],
    [
      'a rule is dropped',
      onPost(pods, answer({kind: 'Pod'}, 201)),
      'error',
      /^Pod source-sidecar was not stored as sent: /,
    ],
    ['the Pod is never seen', onPost(pods, echo), 'not-started', /the Pod was never seen$/],
  ])('is recorded to its end where %s', async (_, arrange, reason, text) => {
    arrange();
    await expect(run({podReady: within(200)})).rejects.toMatchObject({exit: 'notRecorded'});
    expect(ending()).toMatchObject({kind: 'end', reason, text: expect.stringMatching(text)});
  });

  test('concerns the whole run where the API server does not answer', async () => {
    server.on('POST', pods, hangUp).on('GET', /\/version$/, hangUp);
    await expect(run()).rejects.toMatchObject({exit: 'unreachable'});
    expect(ending()).toMatchObject({reason: 'interrupted', text: expect.stringContaining('does not answer')});
  });

  test('costs no other where one request is not answered', async () => {
    server.on('POST', pods, hangUp);
    void playKubelet(server, 'rac-run1-another');
    await expect(run({}, [scenario, {...scenario, id: 'another'}])).resolves.toEqual([]);
    const text = expect.stringContaining('does not answer');
    expect(ending()).toMatchObject({reason: 'interrupted', text});
    expect(new Map(told.map(each => [each.scenario.id, each.ending]))).toMatchObject(
      new Map([
        [scenario.id, {reason: 'error', text}],
        ['another', {reason: 'settled'}],
      ]),
    );
  });
});

describe('Ctrl-C', () => {
  const abort = (): void => {
    stop.abort(interrupted);
  };

  test.each<[when: string, arrange: () => void]>([
    [
      'while objects are created',
      onPost(/configmaps$/, (response, received) => {
        abort();
        echo(response, received);
      }),
    ],
    [
      'while the Pod starts',
      onPost(/pods$/, (response, received) => {
        echo(response, received);
        abort();
      }),
    ],
    [
      'while it restarts',
      () => {
        play({insteadOfRestart: abort});
      },
    ],
    [
      'while a command hangs',
      () => {
        play();
        server.onExec(call => {
          call.open();
          abort();
        });
      },
    ],
  ])('%s ends the recording and leaves nothing', async (_, arrange) => {
    arrange();
    await expect(run()).rejects.toBe(interrupted);
    expect(ending()).toMatchObject({kind: 'end', reason: 'interrupted', text: 'stopped by SIGINT'});
    expect(observations().map(({kind}) => kind)).not.toContain('gap');
    expect(told).toEqual([]);
  });

  test('while the namespace is created leaves nothing, though the server creates it later', async () => {
    server.on('POST', /namespaces$/, (response, {body}) => {
      abort();
      setTimeout(() => {
        const metadata = {name: namespace, labels: {[runLabel]: 'run1'}, creationTimestamp: new Date().toISOString()};
        server.collection('/api/v1/namespaces').put({metadata});
        answer(body, 201)(response, {method: '', path: '', query: new URLSearchParams(), headers: {}, body});
      }, 50);
    });
    await expect(run()).rejects.toBe(interrupted);
  });
});

describe('a clean-up that fails', () => {
  const mayDelete = (say: Answer): void => {
    server.on('DELETE', new RegExp(`/${namespace}$`), say);
  };
  afterEach(() => {
    server.collection('/api/v1/namespaces').remove(namespace);
  });

  test.each([429, 500])('with %d names what it leaves and keeps the recording', async code => {
    play();
    mayDelete(refuse(code, 'not now'));
    await expect(run()).resolves.toEqual([`namespace/${namespace}`]);
    expect(ending()).toMatchObject({reason: 'settled'});
  });

  test('since the API server goes away names what it leaves', async () => {
    play();
    mayDelete(hangUp);
    server.on('GET', /namespaces$/, hangUp);
    await expect(run()).resolves.toEqual([`namespaces --selector=${runLabel}=run1`]);
  });

  test('does not hide that the run was stopped', async () => {
    play({
      insteadOfRestart: () => {
        server.on('GET', /namespaces$/, hangUp);
        stop.abort(interrupted);
      },
    });
    mayDelete(hangUp);
    await expect(run()).rejects.toBe(interrupted);
    await server
      .api()
      .json(`/api/v1/namespaces/${namespace}`, {method: 'DELETE'})
      .catch(() => undefined);
  });
});
