import {describe, expect, test} from '@jest/globals';
import {buildsAtOnce, nodeImageName} from './build.ts';
import {contentOf} from './component-images.ts';
import {withNetwork, withSandboxImage} from './node-root.ts';
import {imageConfig} from './oci-archive.ts';

describe('the node image', () => {
  test('is named for its release and what goes into it', () => {
    expect(nodeImageName('1.35.4')).toMatch(/^rac\/node:v1\.35\.4-[0-9a-f]{12}$/);
    expect(nodeImageName('1.35.4')).not.toBe(nodeImageName('1.35.5'));
  });

  test('is built by as many at once as memory allows', () => {
    expect(buildsAtOnce(2, 24e9)).toBe(2);
    expect(buildsAtOnce(2, 7e9)).toBe(1);
    expect(buildsAtOnce(1, 1e9)).toBe(1);
    expect(buildsAtOnce(16, 64e9)).toBe(9);
  });
});

describe('contentOf', () => {
  const parts = {kubernetes: '/k', etcd: '/e', coredns: '/c'};

  test('puts a component where its static Pod calls it by its bare name', () => {
    expect(contentOf('registry.invalid/kube-apiserver:v1.35.4', parts)).toEqual({
      binary: '/k/kube-apiserver',
      at: 'usr/local/bin/kube-apiserver',
    });
    expect(contentOf('registry.invalid/etcd:3.6.6-0', parts)).toEqual({binary: '/e/etcd', at: 'usr/local/bin/etcd'});
  });

  test('gives the ones that are called without a command an entrypoint', () => {
    expect(contentOf('registry.invalid/coredns/coredns:v1.13.1', parts)).toMatchObject({
      binary: '/c/coredns',
      entrypoint: ['/coredns'],
    });
    expect(contentOf('registry.invalid/pause:3.10.1', parts)).toMatchObject({
      binary: '/k/pause',
      entrypoint: ['/pause'],
    });
  });
});

describe("containerd's config", () => {
  const config = '[plugins."x"]\n  sandbox_image = "a/pause:1"\n';

  test('gets the pause image that kubeadm asks for', () => {
    expect(withSandboxImage(config, 'b/pause:2')).toBe('[plugins."x"]\n  sandbox_image = "b/pause:2"\n');
    expect(() => withSandboxImage('', 'b')).toThrow('sandbox_image');
  });

  test('gets the template of the network config', () => {
    expect(withNetwork(config)).toContain('conf_template = "/kind/cni.conflist.template"');
  });
});

test('an image config names its layer and has a PATH', () => {
  const config: unknown = JSON.parse(imageConfig({reference: 'a:1', entrypoint: ['/a']}, 'sha256:00'));
  expect(config).toMatchObject({
    os: 'linux',
    config: {Entrypoint: ['/a'], Env: [expect.stringContaining('/usr/local/bin')]},
    rootfs: {diff_ids: ['sha256:00']},
  });
});
