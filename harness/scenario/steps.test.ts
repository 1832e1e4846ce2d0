import {join} from 'node:path';
import {describe, expect, test} from '@jest/globals';
import {probeFails} from '../../suites/scenarios.ts';
import {Recorder} from '../recorder/recorder.ts';
import type {Pod} from '../recording/pod.ts';
import {openExec} from '../target/exec.ts';
import {aHeader} from '../testing/a-header.ts';
import {aPod, exited, notReady, running, type ContainerNow} from '../testing/a-pod.ts';
import {recordedTarget} from '../testing/recorded.ts';
import {serverAndFolder} from '../testing/server-and-folder.ts';
import {budgets, type Budget} from '../timeouts.ts';
import {homeOf} from './labels.ts';
import {takeSteps, type Ending} from './steps.ts';

const {signal} = new AbortController();
const within = (ms: number): Budget => ({ms, meaning: '', conformant: ''});
const probeFailsAlone = {...probeFails, steps: probeFails.steps.filter(({name}) => name === 'the probe fails')};

const site = serverAndFolder();

/** The Pod of failing-probe.yaml, to which a webhook added a sidecar and a container that ran once. */
const injected = (source: ContainerNow, worker: ContainerNow): Pod =>
  aPod({
    init: {setup: exited('setup-1', 0)},
    sidecars: {proxy: running('proxy-1')},
    regular: {source, worker},
  });

const before = injected(running('source-1'), running('worker-1'));
const onlySource = injected(running('source-2'), running('worker-1'));
const restarted = injected(running('source-2'), running('worker-2'));

/** Takes the step in which the worker's probe fails, on a Pod that becomes what is given when the source is told to exit. */
async function probeFailsOn(after: readonly Pod[], restart: Budget = budgets().restart): Promise<Ending> {
  const pods = site.server.collection('/api/v1/namespaces/ns/pods');
  pods.put(before);
  site.server.onExec(call => {
    if (call.command.at(0) === 'cat') {
      call.succeed('10.00 20.00\n');
      return;
    }
    call.succeed('');
    for (const pod of after) pods.put(pod);
  });
  const api = site.server.api();
  const waits = {...budgets(), quiet: within(1), restart};
  const options = {api, namespace: 'ns', file: join(site.folder, 'a.ndjson'), header: aHeader, budgets: waits, signal};
  const recorder = await Recorder.open(options);
  const home = homeOf('run1', 'a', undefined);
  const subject = {open: openExec(api.config), home, namespace: 'ns', pod: 'pod', budgets: waits, signal};
  const own = {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'pod'}};
  const stage = {api, recorder, subject, own, image: '', nodes: undefined, target: recordedTarget, disturbs: false};
  const ending = await takeSteps(stage, probeFailsAlone, before);
  recorder.close(ending.reason, ending.text);
  return ending;
}

describe('the step in which a probe fails', () => {
  test.each<[when: string, after: readonly Pod[]]>([
    ['at once', [restarted]],
    ['one after the other', [onlySource, restarted]],
  ])('is over once source and worker run again, %s, and not what was injected', async (_, after) => {
    expect(await probeFailsOn(after)).toMatchObject({reason: 'settled'});
  });

  test.each<[when: string, after: Pod]>([
    ['the worker is not ended', onlySource],
    ['the worker is not ready again', injected(running('source-2'), notReady('worker-2'))],
    ['the source is not started again', injected(exited('source-1', 77), running('worker-2'))],
  ])('is not where %s', async (_, after) => {
    expect(await probeFailsOn([after], within(100))).toMatchObject({reason: 'out-of-patience'});
  });
});
