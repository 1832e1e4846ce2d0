import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {readCatalogue} from './catalogue.ts';

const requirement = `
- id: IDN-1
  level: MUST
  title: The Pod keeps its UID
  source: {document: KEP-5532, section: Sandbox}
  since: "1.35"
  profile: core
`;
const deviation = '- {requirement: IDN-1, releases: ["1.35"], saw: metadata.uid changed, evidence: seen}\n';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'catalogue-'));
});

afterEach(() => {
  rmSync(folder, {recursive: true});
});

function read(requirements: string, deviations: string) {
  writeFileSync(join(folder, 'requirements.yaml'), requirements);
  writeFileSync(join(folder, 'deviations.yaml'), deviations);
  return readCatalogue(pathToFileURL(`${folder}/`));
}

test('requirements are found by id', () => {
  const {requirements, deviations} = read(requirement, deviation);
  expect(requirements.get('IDN-1')?.title).toBe('The Pod keeps its UID');
  expect(deviations).toHaveLength(1);
});

test.each([
  ['an id that stands twice', requirement + requirement, deviation, 'requirements.yaml has IDN-1 twice'],
  ['a deviation from an unknown id', requirement, deviation.replace('IDN-1', 'IDN-9'), 'deviations.yaml names IDN-9'],
  ['an unknown level', requirement.replace('MUST', 'MAY'), deviation, 'requirements.yaml is not right: 0.level'],
  [
    'a key that is not known',
    `${requirement}  sinse: "1.36"\n`,
    deviation,
    'requirements.yaml is not right: 0: Unrecognized key',
  ],
  ['a control that is not there', `${requirement}  control: [IDN-7]\n`, deviation, 'names a control of IDN-1'],
  ['an unknown profile', requirement.replace('core', 'windows'), deviation, '0.profile'],
  ['an unknown stage of the gates', `${requirement}  gates: half\n`, deviation, '0.gates'],
  ['a last release without its quotes', `${requirement}  until: 1.36\n`, deviation, '0.until'],
  ['a release without its quotes', requirement.replace('"1.35"', '1.35'), deviation, '0.since'],
  ['a file that is not YAML', 'a: [', deviation, 'requirements.yaml is not right'],
])('%s is refused', (_case, requirements, deviations, message) => {
  expect(() => read(requirements, deviations)).toThrow(message);
});

test('a requirement may tell its last release, its gates, its upstream tests and what is not looked at', () => {
  const more = '  until: "1.36"\n  gates: rules-off\n  upstream: ["e2e: it restarts"]\n  notCovered: Windows nodes.\n';
  const {requirements} = read(requirement + more, deviation);
  expect(requirements.get('IDN-1')).toMatchObject({
    until: '1.36',
    gates: 'rules-off',
    upstream: ['e2e: it restarts'],
    notCovered: 'Windows nodes.',
  });
});

test('a requirement that says nothing of gates is judged where the feature is on', () => {
  expect(read(requirement, deviation).requirements.get('IDN-1')?.gates).toBe('on');
});

test('the catalogue of the suite is right', () => {
  const {requirements} = readCatalogue(new URL('../../suites/', import.meta.url));
  expect(requirements.size).toBeGreaterThanOrEqual(40);
});
