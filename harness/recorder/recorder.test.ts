import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {readRecording} from '../recording/recording.ts';
import {ApiServer, refuse} from '../testing/api-server.ts';
import {aHeader} from '../testing/a-header.ts';
import {aPod, running} from '../testing/a-pod.ts';
import {Calls} from '../testing/changes.ts';
import {respond, type Collection} from '../testing/collection.ts';
import {budgets} from '../timeouts.ts';
import {OutOfPatience, Recorder} from './recorder.ts';

let server: ApiServer;
let pods: Collection;
let folder: string;
let file: string;
let stop: AbortController;

const patient = {...budgets().podReady, ms: 60_000};
const impatient = {...patient, ms: 20};
const seen = (): boolean => true;

beforeEach(async () => {
  server = await ApiServer.start();
  pods = server.collection('/api/v1/namespaces/test/pods');
  folder = mkdtempSync(join(tmpdir(), 'rac-recorder-'));
  file = join(folder, 'a.ndjson');
  stop = new AbortController();
});

afterEach(async () => {
  stop.abort();
  await server[Symbol.asyncDispose]();
  rmSync(folder, {recursive: true});
});

const open = (): Promise<Recorder> =>
  Recorder.open({
    api: server.api(),
    namespace: 'test',
    file,
    header: aHeader,
    budgets: {...budgets(), reconnect: {...patient, ms: 1}, confirm: {...patient, ms: 300}},
    signal: stop.signal,
  });

/** The recording without times, as it is after the given end. */
const recorded = (recorder: Recorder) => {
  recorder.close('settled', 'done');
  return readRecording(file).observations.map(({atMs, ...rest}) => rest);
};

describe('a recording', () => {
  test('holds every object as it came, without managedFields', async () => {
    const recorder = await open();
    const metadata = {name: 'pod', uid: 'u'};
    const pod = {...aPod({regular: {a: running('1')}}), unheard: {of: 1}, metadata};
    const withManagers = {...metadata, managedFields: [{manager: 'kubelet'}]};
    pods.put({...pod, metadata: withManagers});
    await recorder.until('a Pod', patient, seen);
    const object = {...pod, metadata: {...metadata, resourceVersion: '101'}};
    expect(recorded(recorder)[0]).toEqual({kind: 'pod', type: 'ADDED', object});
    expect(readFileSync(file, 'utf8')).not.toContain('managedFields');
  });

  test('has its lines in the order of their times', async () => {
    const recorder = await open();
    recorder.add({kind: 'note', text: 'first'});
    pods.put(aPod({}));
    await recorder.until('a Pod', patient, seen);
    recorder.close('settled', 'done');
    const times = readRecording(file).observations.map(({atMs}) => atMs);
    expect(times).toHaveLength(3);
    expect(times.toSorted((a, b) => a - b)).toEqual(times);
  });

  test('takes each journal line once, and says which it can not read', async () => {
    const recorder = await open();
    const ready = JSON.stringify({container: 'a', what: 'ready', uptime: 9.5});
    recorder.addJournal(`10.00 20.00\n${ready}\n`, 0);
    recorder.addJournal(`11.00 22.00\n${ready}\n{"container":"a","what":"re\n`, 0);
    expect(recorded(recorder)).toEqual([
      {kind: 'clock', uptime: 10, askedAtMs: 0},
      {kind: 'journal', entry: {container: 'a', what: 'ready', uptime: 9.5}},
      {kind: 'clock', uptime: 11, askedAtMs: 0},
      {kind: 'gap', resource: 'journal', why: expect.stringMatching(/^unreadable journal line/)},
      {kind: 'end', reason: 'settled', text: 'done'},
    ]);
  });

  test('says where the watch lost continuity', async () => {
    const recorder = await open();
    await pods.until(() => pods.openWatches === 1);
    pods.put(aPod({}));
    await recorder.until('a Pod', patient, seen);
    pods.say('not JSON\n');
    await pods.until(() => pods.watchedFrom.length === 2);
    const why = 'the watch sent an unreadable line of 8 characters';
    expect(recorded(recorder)).toMatchObject([
      {kind: 'pod'},
      {kind: 'gap', resource: 'pods', why},
      {kind: 'pod', type: 'LISTED'},
      {kind: 'end'},
    ]);
  });

  test('says where the watch had no connection at its end', async () => {
    const recorder = await open();
    await pods.until(() => pods.openWatches === 1);
    const refusals = new Calls<undefined>();
    server.on('GET', /pods$/, (response, received) => {
      refuse(503, 'the server is shutting down')(response, received);
      refusals.take(undefined);
    });
    pods.cut();
    await refusals.first(2);
    const why = 'the watch had no connection: the server is shutting down';
    expect(recorded(recorder)).toMatchObject([{kind: 'gap', resource: 'pods', why}, {kind: 'end'}]);
  });

  test('has no gap where the watch has brought what the API server has', async () => {
    const recorder = await open();
    pods.put(aPod({}));
    await recorder.confirm();
    expect(recorded(recorder)).toMatchObject([{kind: 'pod'}, {kind: 'end'}]);
  });

  test('has a gap where the watch looks alive and did not bring what the API server has', async () => {
    const recorder = await open();
    const items = [{metadata: {name: 'pod', resourceVersion: '99'}}];
    server.on('GET', /pods$/, response => {
      respond(response, 200, {metadata: {resourceVersion: '99'}, items});
    });
    await recorder.confirm();
    const why = 'the watch could not be confirmed: the watch brings what the API server has: not within 0.3 s';
    expect(recorded(recorder)).toMatchObject([{kind: 'gap', resource: 'pods', why}, {kind: 'end'}]);
  });

  test('is whole where a list is refused', async () => {
    server.on('GET', /events$/, refuse(403, 'events is forbidden'));
    await expect(open()).rejects.toThrow('events is forbidden');
    expect(readRecording(file).observations).toMatchObject([
      {kind: 'end', reason: 'interrupted', text: 'events is forbidden'},
    ]);
    await pods.until(() => pods.openWatches === 0);
  });

  test('is not written over another', async () => {
    const recorder = await open();
    await expect(open()).rejects.toThrow(/EEXIST/);
    recorder.close('settled', 'done');
  });
});

describe('a wait', () => {
  test('ends with the first version that fits', async () => {
    const recorder = await open();
    const ready = recorder.until('two containers', patient, pod => pod.spec.containers.length === 2);
    pods.put(aPod({regular: {a: running('1')}}));
    pods.put(aPod({regular: {a: running('1'), b: running('2')}}));
    await expect(ready).resolves.toMatchObject({metadata: {resourceVersion: '102'}});
    recorder.close('settled', 'done');
  });

  test('is out of patience after its budget', async () => {
    const recorder = await open();
    await expect(recorder.until('the Pod is ready', impatient, seen)).rejects.toThrow(
      new OutOfPatience('the Pod is ready: not within 0.02 s'),
    );
    recorder.close('settled', 'done');
  });

  test.each(['before', 'during'])('ends with the reason of the run where that is broken off %s it', async when => {
    const recorder = await open();
    const reason = new Error('stopped by SIGINT');
    if (when === 'before') stop.abort(reason);
    const wait = recorder.until('the Pod is ready', patient, seen);
    stop.abort(reason);
    await expect(wait).rejects.toBe(reason);
    recorder.close('interrupted', 'stopped');
  });

  test('ends with what its condition throws', async () => {
    const recorder = await open();
    const hopeless = new Error('hopeless');
    const wait = recorder.until('the Pod is ready', patient, () => {
      throw hopeless;
    });
    pods.put(aPod({}));
    await expect(wait).rejects.toBe(hopeless);
    recorder.close('settled', 'done');
  });
});

describe('a version of the Pod that can not be taken', () => {
  const broken = {metadata: {name: 'pod'}, spec: {containers: 'none'}};

  test('is thrown to whoever waits, and to whoever waits later', async () => {
    const recorder = await open();
    const wait = recorder.until('the Pod is ready', patient, seen);
    pods.put(broken);
    await expect(wait).rejects.toThrow(/containers/);
    await expect(recorder.until('the Pod is ready', patient, seen)).rejects.toThrow(/containers/);
    recorder.close('error', 'broken');
  });

  test('is a gap where nobody waits', async () => {
    const recorder = await open();
    const wait = recorder.until('the Pod is ready', patient, seen);
    pods.put(broken);
    await wait.catch(() => undefined);
    const why = expect.stringContaining("the watch brought what can't be recorded");
    expect(recorded(recorder)).toMatchObject([{kind: 'gap', resource: 'pods', why}, {kind: 'end'}]);
  });
});
