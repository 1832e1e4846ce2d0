import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {Recorder} from '../recorder/recorder.ts';
import {readRecording, type Recording} from '../recording/recording.ts';
import type {Pod} from '../recording/pod.ts';
import {openExec} from '../target/exec.ts';
import {aHeader} from '../testing/a-header.ts';
import {aPod, exited, running, waiting} from '../testing/a-pod.ts';
import {serverAndFolder} from '../testing/server-and-folder.ts';
import {budgets} from '../timeouts.ts';
import {homeOf} from './labels.ts';
import {awaitJournal, readJournal} from './stimulus.ts';

const {signal} = new AbortController();

const site = serverAndFolder();

const ending = aPod({regular: {source: exited('source-1', 88), worker: exited('worker-1', 143)}, restarting: 'True'});
const removed = aPod({
  regular: {source: waiting('RestartingAllContainers'), worker: waiting('RestartingAllContainers')},
  restarting: 'False',
});
const again = aPod({regular: {source: waiting('ContainerCreating'), worker: running('worker-2')}, restarting: 'False'});

/**
 * Reads the journal of a Pod that is as it is first, and becomes what is given in the time after.
 *
 * @param refused so many commands fail first
 */
async function reads(
  first: Pod,
  after: readonly Pod[],
  readableMs: number,
  refused = 0,
  read = awaitJournal,
): Promise<Recording> {
  const pods = site.server.collection('/api/v1/namespaces/ns/pods');
  pods.put(first);
  let left = refused;
  site.server.onExec(call => {
    if (left-- > 0) call.fail('the container is not running', '');
    else call.succeed('10.00 20.00\n');
  });
  const api = site.server.api();
  const waits = {...budgets(), readable: {...budgets().readable, ms: readableMs}};
  const file = join(site.folder, 'a.ndjson');
  const recorder = await Recorder.open({api, namespace: 'ns', file, header: aHeader, budgets: waits, signal});
  await recorder.until('the Pod', budgets().podReady, () => true);
  const home = homeOf('run1', 'a', undefined);
  const subject = {open: openExec(api.config), home, namespace: 'ns', pod: 'pod', budgets: waits, signal};
  const reading = read(recorder, subject);
  for (const pod of after) pods.put(pod);
  await reading;
  recorder.close('settled', '');
  return readRecording(file);
}

const kinds = ({observations}: Recording) =>
  observations.map(({kind}) => kind).filter(kind => kind === 'clock' || kind === 'gap');

test.each([
  ['while the old containers end', ending, [removed, again]],
  ['before the new ones run', removed, [again]],
])('during a restart of all, %s, the journal is read once a container runs', async (_, first, after) => {
  expect(kinds(await reads(first, after, 60_000))).toEqual(['clock']);
});

test('where none comes to run, the recording has a gap', async () => {
  expect(kinds(await reads(removed, [], 50))).toEqual(['gap']);
});

test('a container that has ended already is not taken for the last through which it could be read', async () => {
  const stale = aPod({regular: {source: running('source-1')}});
  expect(kinds(await reads(stale, [removed, again], 60_000, 1))).toEqual(['clock']);
});

test('without a restart of all nothing is waited for', async () => {
  const crashed = aPod({regular: {source: waiting('CrashLoopBackOff')}});
  expect(kinds(await reads(crashed, [], Infinity))).toEqual(['gap']);
});

test('nor is anything once the patience is over, by when the periodic resync could come', async () => {
  expect(kinds(await reads(removed, [], Infinity, 0, readJournal))).toEqual(['gap']);
});
