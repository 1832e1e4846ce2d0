import {expect, test} from '@jest/globals';
import {fileURLToPath} from 'node:url';
import {homeOf} from './labels.ts';
import {readManifest} from './manifest.ts';

const file = (name: string): string => fileURLToPath(new URL(`../../manifests/${name}`, import.meta.url));
const home = homeOf('run1', 'a-scenario', 'ns');
const {prefix, labels} = home;
const read = (name: string, more = {}) => readManifest(file(name), {...home, image: 'busybox:test', ...more});

test('objects get names of their own, and name one another by those', () => {
  const {objects, pod} = read('source-init-container.yaml');
  const name = `${prefix}source-init-container`;
  expect(pod).toBe(name);
  expect(objects.map(({metadata}) => metadata.name)).toEqual([name, name, name]);
  expect(objects.at(-1)?.['spec']).toMatchObject({
    volumes: expect.arrayContaining([
      {name: 'config', configMap: {name}},
      {name: 'secret', secret: {secretName: name}},
      {name: 'projected', projected: {sources: [{configMap: {name}}]}},
    ]),
  });
});

test.each([
  ['behind-service.yaml', {selector: {app: 'training', ...labels}}],
  ['statefulset.yaml', {selector: {matchLabels: {app: 'statefulset', ...labels}}}],
  ['jobset.yaml', {replicatedJobs: [{template: {metadata: {labels}}}]}],
])('in %s what chooses Pods chooses none of another scenario', (name, spec) => {
  expect(read(name).objects[0]).toMatchObject({spec});
});

test('two scenarios of a run, and two runs of a scenario, have other names', () => {
  const names = [home, homeOf('run1', 'b', 'ns'), homeOf('run2', 'a-scenario', 'ns')].map(each => each.prefix);
  expect(new Set(names).size).toBe(3);
});

test('what belongs to no namespace is named for the scenario', () => {
  const [volume, claim, pod] = read('node-volumes.yaml').objects;
  expect(volume?.metadata.name).toBe('rac-run1-a-scenario');
  expect(claim).toMatchObject({metadata: {name: `${prefix}node-volumes`}, spec: {volumeName: 'rac-run1-a-scenario'}});
  expect(pod?.['spec']).toMatchObject({
    volumes: expect.arrayContaining([{name: 'claim', persistentVolumeClaim: {claimName: `${prefix}node-volumes`}}]),
  });
});

test('without secrets, neither the object nor its volume and mounts are sent', () => {
  const text = JSON.stringify(read('source-init-container.yaml', {without: ['Secret']}).objects);
  expect(text).not.toMatch(/"Secret"|secretName|"mountPath":"\/volumes\/secret"/);
  expect(text).toContain('"mountPath":"/volumes/config"');
});

test('every Pod runs where the user wants it, but one that the manifest places itself', () => {
  const placement = {nodeSelector: {pool: 'a'}, runtimeClass: 'gvisor'};
  const spec = {nodeSelector: {pool: 'a'}, runtimeClassName: 'gvisor'};
  expect(read('two-containers.yaml', {placement}).objects[0]).toMatchObject({spec});
  expect(read('jobset.yaml', {placement}).objects[0]).toMatchObject({
    spec: {replicatedJobs: [{template: {spec: {template: {spec}}}}]},
  });
  expect(JSON.stringify(read('api/scheduling.yaml', {placement}).objects)).not.toContain('gvisor');
});
