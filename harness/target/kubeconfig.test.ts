import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {loadKubeconfig, serviceAccountConfig} from './kubeconfig.ts';

let folder: string;
let file: string;
const environment = {...process.env};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rac-kubeconfig-'));
  file = join(folder, 'config');
  write({current: 'first', contexts: {first: 'here', second: 'there'}});
});

afterEach(() => {
  rmSync(folder, {recursive: true});
  process.env = {...environment};
});

function write({current, contexts}: {current: string; contexts: Record<string, string>}): void {
  const clusters = ['here', 'there'].map(name => ({name, cluster: {server: `https://${name}.example`}}));
  const entries = Object.entries(contexts).map(([name, cluster]) => ({name, context: {cluster, user: 'me'}}));
  const users = [{name: 'me', user: {token: 'a-token'}}];
  writeFileSync(file, JSON.stringify({'current-context': current, clusters, users, contexts: entries}));
}

const serverOf = (path?: string, context?: string) => loadKubeconfig(path, context).getCurrentCluster()?.server;

describe('a kubeconfig', () => {
  test('gives its current context', () => {
    expect(serverOf(file)).toBe('https://here.example');
  });

  test('gives the context that is named', () => {
    expect(serverOf(file, 'second')).toBe('https://there.example');
  });

  test('is found through KUBECONFIG', () => {
    process.env['KUBECONFIG'] = file;
    expect(serverOf()).toBe('https://here.example');
  });

  test('keeps its credentials', () => {
    expect(loadKubeconfig(file, undefined).getCurrentUser()).toMatchObject({token: 'a-token'});
  });
});

describe('a kubeconfig that can not be used', () => {
  test('names what it has where the context is not there', () => {
    const missing = {exit: 'badContext', message: expect.stringMatching(/config has no context "third"$/)};
    expect(() => serverOf(file, 'third')).toThrow(expect.objectContaining(missing));
    expect(() => serverOf(file, 'third')).toThrow(
      expect.objectContaining({next: 'choose one with --context: first, second'}),
    );
  });

  test('says so where it has no context at all', () => {
    write({current: 'first', contexts: {}});
    expect(() => serverOf(file)).toThrow(
      expect.objectContaining({exit: 'badContext', next: expect.stringContaining('--kubeconfig FILE')}),
    );
  });

  test('says so where its context names a cluster that it does not have', () => {
    write({current: 'lost', contexts: {lost: 'nowhere'}});
    expect(() => serverOf(file)).toThrow(/context "lost" names a cluster that kubeconfig .* does not have/);
  });

  test.each<[what: string, breakIt: () => void]>([
    [
      'is not there',
      () => {
        rmSync(file);
      },
    ],
    [
      'is no YAML',
      () => {
        writeFileSync(file, '{');
      },
    ],
  ])('says so where it %s', (_, breakIt) => {
    breakIt();
    expect(() => serverOf(file)).toThrow(
      expect.objectContaining({exit: 'badContext', message: expect.stringContaining("can't be read")}),
    );
  });
});

test('a machine that is no Pod with a service account has no cluster around it', () => {
  const host = process.env['KUBERNETES_SERVICE_HOST'];
  delete process.env['KUBERNETES_SERVICE_HOST'];
  try {
    expect(() => serviceAccountConfig()).toThrow(expect.objectContaining({exit: 'badContext'}));
  } finally {
    if (host !== undefined) process.env['KUBERNETES_SERVICE_HOST'] = host;
  }
});
