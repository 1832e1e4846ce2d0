import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {expect, test} from '@jest/globals';
import {imageConfig} from './node-image/oci-archive.ts';
import {isLeftOut, runtimePackages, suiteImage} from './suite-image.ts';

const project = fileURLToPath(new URL('../', import.meta.url));

test('the image is named for the version', () => {
  expect(suiteImage('1.2.3')).toBe('rac/suite:1.2.3');
});

test('it has the dependencies of a run, all of which are installed, and none of development alone', () => {
  const packages = runtimePackages(project);
  expect(packages).toEqual(
    expect.arrayContaining(['node_modules/commander', 'node_modules/expect', 'node_modules/yaml']),
  );
  expect(packages.filter(path => /eslint|typescript|prettier|\/jest$/.test(path))).toEqual([]);
  expect(packages.filter(path => !existsSync(join(project, path)))).toEqual([]);
});

test.each([
  ['harness/record.ts', false],
  ['harness/record.test.ts', true],
  ['harness/scenario/run.test.ts', true],
  ['harness/testing/kept-run', true],
  ['kind/ports.test.ts', true],
  ['suites/identity.test.ts', false], // what a run judges
  ['manifests/loop.yaml', false],
])('%s is left out: %s', (path, out) => {
  expect(isLeftOut(path)).toBe(out);
});

test('its config names a user that is not root', () => {
  const config: unknown = JSON.parse(
    imageConfig({reference: 'a:1', user: '65532', workingDirectory: '/results', environment: ['A=b']}, 'sha256:00'),
  );
  expect(config).toMatchObject({
    config: {User: '65532', WorkingDir: '/results', Env: [expect.stringContaining('PATH='), 'A=b']},
  });
});
