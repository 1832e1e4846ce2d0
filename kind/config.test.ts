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
      'v1.36-gate-off',
      'v1.37',
      'v1.37-gate-off',
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

  test('two-nodes has two', async () => {
    expect((await readConfig('two-nodes')).nodeCount).toBe(2);
  });
});

describe('parseConfig', () => {
  const head = 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n';

  test('refuses what is not a kind Cluster', () => {
    expect(() => parseConfig('x', '/x.yaml', 'kind: Pod')).toThrow('/x.yaml is not a kind Cluster');
    expect(() => parseConfig('x', '/x.yaml', ': :')).toThrow('/x.yaml is not a kind Cluster');
  });

  test('refuses nodes of different images, and images without a release', () => {
    expect(() =>
      parseConfig(
        'x',
        '/x.yaml',
        `${head}nodes: [{role: control-plane, image: "a:v1.35.1"}, {role: worker, image: "a:v1.36.1"}]`,
      ),
    ).toThrow('same image');
    expect(() => parseConfig('x', '/x.yaml', `${head}nodes: [{role: control-plane}]`)).toThrow('same image');
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
