import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {z} from 'zod';
import {ApiServer, answer, refuse} from '../testing/api-server.ts';
import {respond} from '../testing/collection.ts';
import {budgets} from '../timeouts.ts';
import type {May} from '../target/access.ts';
import {checkPulls} from './pull-check.ts';

const {signal} = new AbortController();
const namespace = 'rac-abc-image';
const sentSchema = z.looseObject({
  metadata: z.looseObject({name: z.string(), labels: z.record(z.string(), z.string())}),
  spec: z.looseObject({
    affinity: z
      .looseObject({
        nodeAffinity: z.looseObject({
          requiredDuringSchedulingIgnoredDuringExecution: z.looseObject({
            nodeSelectorTerms: z.tuple([
              z.looseObject({matchFields: z.tuple([z.looseObject({values: z.tuple([z.string()])})])}),
            ]),
          }),
        }),
      })
      .optional(),
    imagePullSecrets: z.array(z.object({name: z.string()})).optional(),
  }),
});

let server: ApiServer;

beforeEach(async () => {
  server = await ApiServer.start();
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
});

const node = (name: string, spec: object = {}, operatingSystem = 'linux') => ({
  metadata: {name},
  spec,
  status: {nodeInfo: {operatingSystem}},
});

const ended = (exitCode: number, more = {}) => ({state: {terminated: {exitCode, ...more}}});
const waiting = (reason: string, message = 'not found') => ({state: {waiting: {reason, message}}});

/** Runs the check where each node does with the Pod as is said of it; `undefined` is a Pod of no particular node. */
async function checkOn(
  does: Record<string, object>,
  pullSecret?: {name: string; namespace: string},
  may: May = () => Promise.resolve(true),
) {
  const pods = server.collection(`/api/v1/namespaces/${namespace}/pods`);
  server.on('POST', new RegExp(`${namespace}/pods$`), (response, {body}) => {
    const {metadata, spec} = sentSchema.parse(body);
    const term = spec.affinity?.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0];
    const on = does[term?.matchFields[0].values[0] ?? 'any'] ?? {};
    const {conditions, beside, ...state} = {conditions: [], beside: [], ...on};
    const own = {name: 'image', restartCount: 0, ready: false, ...state};
    const status = {conditions, containerStatuses: [own], initContainerStatuses: beside};
    const version = {metadata: {...metadata, uid: 'u'}, spec: {containers: [{name: 'image'}]}, status};
    respond(response, 201, pods.put(version));
  });
  return checkPulls({
    id: 'abc',
    api: server.api(),
    image: 'mirror/busybox:1',
    budgets: budgets(),
    may,
    signal,
    ...(pullSecret === undefined ? {} : {pullSecret: {...pullSecret, type: 't', data: {}}}),
  });
}

function nodes(...items: object[]): void {
  server.on('GET', /^\/api\/v1\/nodes$/, answer({items}));
}

const triedOn = () =>
  server.received
    .filter(({method, path}) => method === 'POST' && path.endsWith('/pods'))
    .map(({body}) => sentSchema.parse(body).spec.affinity !== undefined);

test('an image that runs on each node is usable, and the namespace is deleted', async () => {
  nodes(node('a'), node('b'));
  expect(await checkOn({a: ended(0), b: ended(0)})).toEqual([]);
  expect(triedOn()).toEqual([true, true]);
  expect(server.received.some(({method, path}) => method === 'DELETE' && path.endsWith(namespace))).toBe(true);
});

test('a sidecar that admission puts beside it says nothing of the image', async () => {
  nodes(node('a'));
  const mesh = {name: 'mesh', restartCount: 0, ready: false, state: {terminated: {exitCode: 143}}};
  expect(await checkOn({a: {...ended(0), beside: [mesh]}})).toEqual([]);
});

test('a sidecar that admission puts beside it and that can not start is one error, which names it', async () => {
  nodes(node('a'));
  const mesh = {name: 'mesh', restartCount: 0, ready: false, ...waiting('ErrImagePull')};
  await expect(checkOn({a: {...waiting('PodInitializing'), beside: [mesh]}})).rejects.toMatchObject({
    exit: 'notRecorded',
    message: "image mirror/busybox:1 can't be used on a: admission added mesh, which waits: ErrImagePull: not found",
  });
});

test('one that a node can not pull is one error, with the node and the reason', async () => {
  nodes(node('a'), node('b'), node('c'));
  await expect(
    checkOn({a: ended(0), b: waiting('ErrImagePull'), c: waiting('ImagePullBackOff')}),
  ).rejects.toMatchObject({
    exit: 'notRecorded',
    message: "image mirror/busybox:1 can't be used on b: ErrImagePull: not found (and on 1 more)",
    next: expect.stringContaining('--image-registry'),
  });
});

test.each([
  [ended(128, {reason: 'StartError', message: 'no such file'}), 'it lacks a shell like that of busybox: no such file'],
  [ended(127), 'it lacks a shell like that of busybox: exit code 127'],
])('one without a shell is an error too', async (does, message) => {
  nodes(node('a'));
  await expect(checkOn({a: does})).rejects.toThrow(message);
});

test('nodes that no Pod of a run gets to are left out', async () => {
  nodes(
    node('a'),
    node('cordoned', {unschedulable: true}),
    node('control-plane', {taints: [{key: 'k', effect: 'NoSchedule'}]}),
    node('soft', {taints: [{key: 'k', effect: 'PreferNoSchedule'}]}),
    node('other', {}, 'windows'),
  );
  await checkOn({a: ended(0), soft: ended(0)});
  expect(triedOn()).toHaveLength(2);
});

test('a node without room is named, and is no error', async () => {
  nodes(node('a'), node('full'));
  const full = {conditions: [{type: 'PodScheduled', status: 'False', message: 'insufficient cpu'}]};
  expect(await checkOn({a: ended(0), full})).toEqual(['full: insufficient cpu']);
});

test('without the right to list nodes it is tried on one of the scheduler', async () => {
  expect(await checkOn({any: ended(0)}, undefined, ([, resource]) => Promise.resolve(resource !== 'nodes'))).toEqual(
    [],
  );
  expect(server.received.some(({path}) => path.endsWith('/nodes'))).toBe(false);
  expect(triedOn()).toEqual([false]);
});

test('the Secret is copied before the Pod that needs it', async () => {
  nodes(node('a'));
  await checkOn({a: ended(0)}, {name: 'pull', namespace: 'team'});
  const made = server.received.filter(({method}) => method === 'POST').map(({path}) => path.split('/').at(-1));
  expect(made).toEqual(['namespaces', 'secrets', 'pods']);
});

test('a Pod that is refused ends the run with what the API server says', async () => {
  nodes(node('a'));
  server.on('POST', /\/pods$/, refuse(403, 'exceeded quota'));
  const may = () => Promise.resolve(true);
  const check = {id: 'abc', api: server.api(), image: 'i', budgets: budgets(), may, signal};
  await expect(checkPulls(check)).rejects.toMatchObject({
    exit: 'notRecorded',
    message: expect.stringContaining('quota'),
  });
});
