import {describe, expect, test} from '@jest/globals';
import {configNames, parseConfig, readConfig} from './config.ts';

describe('the configs of this folder', () => {
  test('are the documented ones', async () => {
    expect(await configNames()).toEqual([
      'two-nodes',
      'v1.35',
      'v1.35-gate-off',
      'v1.35-rules-off',
      'v1.36',
      'v1.36-audit',
      'v1.36-gate-off',
      'v1.36-gate-off-worker',
      'v1.36-older-worker',
      'v1.37',
      'v1.37-gate-off',
      'v1.37-static-cpus',
    ]);
  });

  test('have names of ours, an image by digest and a release that is built by default', async () => {
    for (const name of await configNames()) {
      const config = await readConfig(name);
      expect(config.name).toBe(`rac-${name}`);
      expect(config.image).toMatch(/^kindest\/node:v1\.\d+\.\d+@sha256:[0-9a-f]{64}$/);
      expect(config.buildRelease.split('.').slice(0, 2)).toEqual(config.imageRelease.split('.').slice(0, 2));
    }
  });

  test('two-nodes has two, of one image', async () => {
    expect(await readConfig('two-nodes')).toMatchObject({nodeCount: 2, workers: undefined});
  });

  test('v1.36-older-worker has a worker of the release before', async () => {
    const {buildRelease, workers} = await readConfig('v1.36-older-worker');
    expect([buildRelease, workers?.buildRelease]).toEqual(['1.36.3', '1.35.4']);
  });

  test('get as many workers as are asked for, like those that there are', async () => {
    const plain = await readConfig('v1.35', {name: 'other', workers: 2});
    expect(plain).toMatchObject({name: 'other', nodeCount: 3, workers: undefined});
    const mixed = await readConfig('v1.36-older-worker', {workers: 2});
    expect(mixed).toMatchObject({nodeCount: 3, workers: {buildRelease: '1.35.4'}});
    expect(await readConfig('v1.36-older-worker', {workers: 1})).toEqual(await readConfig('v1.36-older-worker'));
  });
});

describe('parseConfig', () => {
  const head = 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n';

  test('refuses what is not a kind Cluster', () => {
    expect(() => parseConfig('x', '/x.yaml', 'kind: Pod')).toThrow('/x.yaml is not a kind Cluster');
    expect(() => parseConfig('x', '/x.yaml', ': :')).toThrow('/x.yaml is not a kind Cluster');
  });

  test('refuses nodes of a role with different images, images without a release, and no control plane', () => {
    const worker = (minor: number) => `{role: worker, image: "a:v1.${minor}.1"}`;
    const controlPlane = '{role: control-plane, image: "a:v1.35.1"}';
    const nodes = (...each: string[]) => `${head}nodes: [${each.join(', ')}]`;
    const refused = (text: string) => () => parseConfig('x', '/x.yaml', text);
    expect(refused(nodes(controlPlane, worker(35), worker(36)))).toThrow('every worker node must have the same image');
    expect(refused(nodes('{role: control-plane}'))).toThrow('every control-plane node must have the same image');
    expect(refused(nodes(worker(35)))).toThrow('has no control-plane node');
  });

  test('takes a name from the file, else from what it is asked for by', () => {
    const nodes = 'nodes: [{role: control-plane, image: "a:v1.38.2"}]';
    expect(parseConfig('dir/mine.yaml', '/x.yaml', `${head}${nodes}`)).toMatchObject({
      name: 'rac-mine',
      imageRelease: '1.38.2',
      buildRelease: '1.38.2',
    });
    expect(parseConfig('x', '/x.yaml', `${head}name: other\n${nodes}`).name).toBe('other');
  });

  test('names what there is where a config is not', async () => {
    await expect(readConfig('v9.99')).rejects.toMatchObject({
      exit: 'usage',
      next: expect.stringContaining('v1.35-gate-off'),
    });
  });
});
