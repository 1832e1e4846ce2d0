import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {parseAllDocuments} from 'yaml';
import {z} from 'zod';
import {readManifest} from './manifest.ts';

const manifests = fileURLToPath(new URL('../../manifests/', import.meta.url));
const files = readdirSync(manifests).filter(name => name.endsWith('.yaml'));
const fit = {namespace: 'rac-1', labels: {run: '1'}, image: 'busybox:test'};

const containersSchema = z.array(z.looseObject({image: z.string(), command: z.array(z.string())})).default([]);
const podSchema = z.looseObject({
  spec: z.looseObject({containers: containersSchema, initContainers: containersSchema}),
});
const ownerSchema = z.looseObject({spec: z.looseObject({template: podSchema})});
const jobSetSchema = z.looseObject({
  spec: z.looseObject({replicatedJobs: z.tuple([z.looseObject({template: ownerSchema})])}),
});

/** The objects of a manifest as kubectl sends them. */
const plain = (name: string) =>
  parseAllDocuments(readFileSync(join(manifests, name), 'utf8'), {merge: true}).map(each =>
    z.unknown().parse(each.toJS({maxAliasCount: -1})),
  );

/** The containers of a Pod, of the Pods that an object makes, or none. */
const containersOf = (object: unknown) => {
  const owner = jobSetSchema.safeParse(object).data?.spec.replicatedJobs[0].template ?? object;
  const pod = ownerSchema.safeParse(owner).data?.spec.template ?? podSchema.safeParse(owner).data;
  return [...(pod?.spec.initContainers ?? []), ...(pod?.spec.containers ?? [])];
};

/** What a run puts into objects and Pod templates, taken out again. */
const unfitted = (object: unknown) =>
  z.unknown().parse(
    JSON.parse(JSON.stringify(object).replaceAll('"image":"busybox:test"', '"image":"busybox:1"'), (key, value) => {
      const {data} = z.record(z.string(), z.unknown()).safeParse(value);
      if (data === undefined || (key !== 'metadata' && key !== 'labels')) return z.unknown().parse(value);
      const own = Object.entries(data).filter(([name]) => name !== 'run' && name !== 'namespace');
      return own.length === 0 ? undefined : Object.fromEntries(own);
    }),
  );

/** Whether an object keeps its name, and does not name one that can't; see the test of volumes. */
const isNamedAsItIs = (object: unknown) =>
  !['PersistentVolume', 'PersistentVolumeClaim', 'Node'].includes(z.looseObject({kind: z.string()}).parse(object).kind);

test('a volume, which has no namespace, gets the name of the run, and its claim names it', () => {
  const [volume, claim] = readManifest(join(manifests, 'node-volumes.yaml'), fit).objects;
  expect(volume?.metadata).toEqual({name: 'rac-1', labels: {run: '1'}});
  expect(claim).toMatchObject({metadata: {name: 'node-volumes', namespace: 'rac-1'}, spec: {volumeName: 'rac-1'}});
});

test("the Pod template of a JobSet gets the run's label and the scenario's overlay, and its containers are known", () => {
  const overlay = {containers: {worker: {restartPolicy: 'Always'}}};
  const {objects, owned, containers} = readManifest(join(manifests, 'jobset.yaml'), {...fit, overlay});
  expect({owned, containers}).toEqual({owned: true, containers: ['agent', 'worker']});
  const template = {metadata: {labels: {run: '1'}}, spec: {containers: [{name: 'worker', restartPolicy: 'Always'}]}};
  expect(objects).toMatchObject([{spec: {replicatedJobs: [{template: {spec: {completions: 2, template}}}]}}]);
});

describe.each(files)('%s', name => {
  test('is sent as it lies there, but for namespace, label and image', () => {
    const objects = readManifest(join(manifests, name), fit).objects.filter(isNamedAsItIs);
    expect(objects.map(({metadata: {namespace, labels}}) => ({namespace, run: labels?.['run']}))).toEqual(
      objects.map(() => ({namespace: 'rac-1', run: '1'})),
    );
    expect(objects.map(unfitted)).toEqual(plain(name).filter(isNamedAsItIs));
  });

  test('has the image of the run in every container', () => {
    const {objects} = readManifest(join(manifests, name), fit);
    const images = objects.flatMap(containersOf).map(({image}) => image);
    expect(new Set(images)).toEqual(new Set(['busybox:test']));
    expect(images.length).toBeGreaterThan(0);
  });

  test('has the Secret of the run in every Pod', () => {
    const sent = JSON.stringify(readManifest(join(manifests, name), {...fit, pullSecret: 'pull'}).objects);
    expect(sent.match(/"imagePullSecrets":\[\{"name":"pull"\}\]/g)).toHaveLength(
      sent.match(/"containers":\[/g)?.length ?? 0,
    );
  });
});

test('every container that is given a name and a role runs the same script', () => {
  const scripts = files.flatMap(name =>
    plain(name)
      .flatMap(containersOf)
      .filter(({command}) => command.length > 3)
      .map(({command}) => command.find(text => text.startsWith('name=$0 role=$1'))),
  );
  expect(scripts).not.toContain(undefined);
  expect(new Set(scripts).size).toBe(1);
});

describe('a file that is no manifest', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rac-manifest-'));
  });

  afterEach(() => {
    rmSync(folder, {recursive: true});
  });

  const aPod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: b}]}\n';

  test.each([
    ['is no YAML', '{', /Flow map/],
    ['is empty', '', /it has neither a Pod nor a Pod template/],
    ['has no Pod', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n', /it has neither a Pod nor a Pod template/],
    ['has an object without a name', `${aPod}---\nkind: Secret\n`, /apiVersion: .*; metadata: /],
    ['has a Pod without containers', aPod.replace('containers', 'boxes'), /containers: /],
    ['has a container without an image', aPod.replace('image: b', 'command: []'), /containers\.0\.image: /],
  ])('since it %s says so in one line', (_, text, why) => {
    const file = join(folder, 'a.yaml');
    writeFileSync(file, text);
    const message = expect.stringMatching(new RegExp(`^manifest .*a\\.yaml can't be used: .*${why.source}`));
    expect(() => readManifest(file, fit)).toThrow(expect.objectContaining({exit: 'badData', message}));
  });

  test('since it is not there says so', () => {
    const message = expect.stringContaining('ENOENT');
    expect(() => readManifest(join(folder, 'b.yaml'), fit)).toThrow(
      expect.objectContaining({exit: 'badData', message}),
    );
  });
});
