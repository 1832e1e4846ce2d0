import {describe, expect, test} from '@jest/globals';
import {configDigest} from './boot.ts';
import {parseConfig} from './config.ts';
import type {ClusterRecord} from './record.ts';
import {differences, mismatch} from './reuse.ts';

const record: ClusterRecord = {
  name: 'rac-v1.35',
  config: 'v1.35',
  configDigest: 'd',
  release: '1.35.4',
  nodeImage: 'rac/node:v1.35.4-x',
  imageFrom: 'built',
  nodes: [],
  created: '2026-01-01T00:00:00Z',
};
const wanted = {
  apiPort: undefined,
  config: 'v1.35',
  configDigest: 'd',
  images: ['kindest/node:v1.35.8', 'rac/node:v1.35.4-x'],
  release: undefined,
};

describe('differences', () => {
  test('none where it fits', () => {
    expect(differences(record, wanted, 40000)).toEqual([]);
    expect(differences(record, {...wanted, release: '1.35.4', apiPort: 40000}, 40000)).toEqual([]);
  });

  test('names each that there is', () => {
    expect(
      differences(record, {...wanted, configDigest: 'e', images: ['mine'], release: '1.36.3', apiPort: 6443}, 40000),
    ).toEqual([
      'its config differs from v1.35 as it is now',
      'it runs Kubernetes 1.35.4, not 1.36.3',
      'its API server is on port 40000, not 6443',
      'its node image is rac/node:v1.35.4-x, not mine',
    ]);
  });

  test("are those of the workers' image too, where theirs is another", () => {
    const mixed = {...record, workerImage: 'old'};
    expect(differences(mixed, {...wanted, workerImages: ['old', 'kindest/old']}, 40000)).toEqual([]);
    expect(differences(mixed, {...wanted, workerImages: ['older']}, 40000)).toEqual([
      "its workers' image is old, not older",
    ]);
  });

  test('become an error that names the commands to replace it', () => {
    expect(mismatch('rac-v1.35', 'rac cluster up v1.35', ['a', 'b'])).toMatchObject({
      exit: 'clusterMismatch',
      next: 'rac cluster down rac-v1.35 && rac cluster up v1.35',
    });
  });
});

describe('configDigest', () => {
  const text = (image: string, gate: string): string =>
    `# note\nkind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nfeatureGates: {X: ${gate}}\nnodes:\n  - role: control-plane\n    image: ${image}\n`;
  const digest = (image: string, gate: string): string => configDigest(parseConfig('x', '/x', text(image, gate)));

  test('leaves out comments and the image, which the record keeps by name', () => {
    expect(digest('a:v1.35.1', 'true')).toBe(digest('b:v1.35.2', 'true'));
  });

  test('depends on the rest', () => {
    expect(digest('a:v1.35.1', 'true')).not.toBe(digest('a:v1.35.1', 'false'));
  });
});
