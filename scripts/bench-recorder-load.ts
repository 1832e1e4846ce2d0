import {setTimeout as delay} from 'node:timers/promises';
import {json} from 'node:stream/consumers';
import {KubeConfig} from '@kubernetes/client-node';
import {z} from 'zod';
import {orderSchema, statusAfter, type ChangeAnswer, type Order, type Saying} from '../harness/bench/recorder-load.ts';
import {messageOf, SuiteError} from '../harness/errors.ts';
import {Api, ApiError} from '../harness/target/api.ts';

// The process of bench-recorder.ts that changes Pods: gets an order, says what came of it.
const changedSchema = z.looseObject({metadata: z.looseObject({resourceVersion: z.string()})});

/** Changes the Pods in turn, each when its turn has come by the rate, and never one whose last change has no answer yet. */
async function carryOut({kubeconfig, userAgent, namespace, pods, rate, seconds, inFlight}: Order): Promise<Saying> {
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  const api = new Api(config, userAgent, {connections: inFlight});
  const free = pods.map(name => ({name, changes: 0}));
  const answers: ChangeAnswer[] = [];
  const refused: Record<string, number> = {};
  const began = performance.now();
  const over = began + seconds * 1000;
  let sent = 0;
  let last = began;
  const change = async (pod: {readonly name: string; changes: number}): Promise<void> => {
    const path = `/api/v1/namespaces/${namespace}/pods/${pod.name}/status`;
    const body = {status: statusAfter(pod.changes++, new Date().toISOString().replace(/\.\d+Z$/, 'Z'))};
    try {
      const answer = await api.json(path, {method: 'PATCH', contentType: 'application/merge-patch+json', body});
      last = performance.now();
      const {resourceVersion} = changedSchema.parse(answer).metadata;
      answers.push({pod: pod.name, resourceVersion, atMs: performance.timeOrigin + last});
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const why = `${error.code} ${error.message.replaceAll(pod.name, 'POD')}`;
      refused[why] = (refused[why] ?? 0) + 1;
    }
  };
  const work = async (): Promise<void> => {
    for (;;) {
      const due = began + (sent++ / rate) * 1000;
      if (Math.max(due, performance.now()) >= over) return;
      if (due > performance.now()) await delay(due - performance.now());
      const pod = free.shift();
      if (pod === undefined) return; // there are as many workers as Pods at most
      await change(pod);
      free.push(pod);
    }
  };
  await Promise.all(Array.from({length: Math.min(inFlight, pods.length)}, work));
  const {user, system} = process.cpuUsage();
  return {
    answers,
    refused,
    tookSeconds: (last - began) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakRssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

function asSaying(error: unknown): Saying {
  if (!(error instanceof SuiteError)) return {exit: 'internal', message: messageOf(error)};
  const {exit, message, next} = error;
  return {exit, message, ...(next === undefined ? {} : {next})};
}

const order = orderSchema.parse(await json(process.stdin));
process.stdout.write(JSON.stringify(await carryOut(order).catch(asSaying)));
