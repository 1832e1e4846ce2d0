import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {runFolder} from '../run-folder.ts';
import {implementationFile, implementationOf, readImplementation} from './implementation.ts';

const whole = {
  organization: 'Example',
  project: 'Example Kubernetes',
  url: 'https://k8s.example.com',
  version: '1.35.4-ex.1',
  contact: ['k8s@example.com'],
};
const none = {organization: undefined, project: undefined, url: undefined, version: undefined, contact: undefined};

test('all flags make an implementation, none of them none', () => {
  expect(implementationOf(whole)).toEqual(whole);
  expect(implementationOf(none)).toBeUndefined();
});

test.each([
  [
    'some are missing',
    {...none, project: 'x', url: whole.url},
    '-organization, --implementation-version, --implementation-contact',
  ],
  ['the address is none', {...whole, url: 'k8s.example.com'}, '--implementation-url'],
  ['one is empty', {...whole, version: ''}, '--implementation-version'],
])('they are refused where %s', (_, flags, named) => {
  expect(() => implementationOf(flags)).toThrow(
    expect.objectContaining({exit: 'usage', message: expect.stringMatching(new RegExp(`${named}$`))}),
  );
});

test('a file in the run that is not right is told, and none is none', () => {
  const path = mkdtempSync(join(tmpdir(), 'rac-implementation-'));
  expect(readImplementation(runFolder(path))).toBeUndefined();
  writeFileSync(join(path, implementationFile), '{"project": 1}');
  expect(() => readImplementation(runFolder(path))).toThrow(expect.objectContaining({exit: 'badData'}));
  rmSync(path, {recursive: true});
});
