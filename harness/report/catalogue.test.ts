import {expect, test} from '@jest/globals';
import type {Catalogue, Requirement} from '../verdicts/catalogue.ts';
import type {KillMatrix} from '../verdicts/kill-matrix.ts';
import {catalogueRows, formatCatalogue} from './catalogue.ts';

const requirement: Requirement = {
  id: 'IDN-1',
  level: 'MUST',
  title: 'The Pod keeps its UID',
  source: {document: 'KEP-5532', section: 'Sandbox'},
  since: '1.35',
  profile: 'core',
  gates: 'on',
};

const catalogueOf = (...requirements: Requirement[]): Catalogue => ({
  requirements: new Map(requirements.map(each => [each.id, each])),
  deviations: [{requirement: 'IDN-1', releases: ['1.35', '1.36'], saw: 'metadata.uid changed', evidence: 'seen'}],
});

test('a requirement is printed with all that is known of it', () => {
  const full: Requirement = {
    ...requirement,
    also: [{document: 'pod-lifecycle', section: 'Restart All Containers'}],
    until: '1.36',
    gates: 'off',
    upstream: ['e2e: it restarts', 'unit: TestRestart'],
    notCovered: 'Windows nodes.',
  };
  const stated = [
    {requirement: 'IDN-1', scenario: 'sidecar-exits'},
    {requirement: 'IDN-1', scenario: 'init-container-exits'},
    {requirement: 'IDN-1', scenario: 'sidecar-exits'},
  ];
  expect(formatCatalogue(catalogueRows(catalogueOf(full), stated))).toBe(
    `IDN Identity
  IDN-1   MUST   The Pod keeps its UID
    source     KEP-5532, "Sandbox"
               pod-lifecycle, "Restart All Containers"
    releases   1.35 to 1.36
    profile    core, judged where the feature is off
    scenarios  init-container-exits, sidecar-exits
    upstream   e2e: it restarts
               unit: TestRestart
    not judged Windows nodes.
    deviates   1.35, 1.36: metadata.uid changed

1 requirements: 1 MUST, 0 SHOULD; 0 judged by no scenario; 1 with a known deviation
`,
  );
});

test.each([
  [{control: ['TRG-1']}, 'TRG-1, in the same run on the same node'],
  [{control: ['TRG-1', 'TRG-2', 'TRG-3']}, 'TRG-1, TRG-2 or TRG-3, in the same run on the same node'],
  [{controlWithin: 'It was True before.'}, 'in the same recording: It was True before.'],
])('what says that nothing happens is printed with its control, %j', (differs, printed) => {
  const text = formatCatalogue(catalogueRows(catalogueOf({...requirement, ...differs}), []));
  expect(text).toContain(`    control    ${printed}\n`);
});

test('a requirement is printed with the faults that it is known to catch', () => {
  const named = ['sidecar-exits: the UID changes'];
  const fault = {id: 'new-uid', describes: '', group: 'identity', expects: [], killedBy: ['IDN-1']};
  const kills: KillMatrix = {
    recorded: {generated: 9, requirements: [{requirement: 'IDN-1', named, generated: 7}]},
    live: [{release: '1.35.4', faults: [{...fault, outcome: 'killed'}]}],
  };
  expect(formatCatalogue(catalogueRows({...catalogueOf(requirement), kills}, []))).toContain(
    `    faults     sidecar-exits: the UID changes
               7 generated edits
               1.35.4: new-uid
`,
  );
});

test('a requirement that nothing judges says so', () => {
  const text = formatCatalogue(catalogueRows(catalogueOf(requirement), []));
  expect(text).toContain('    releases   from 1.35 on\n');
  expect(text).toContain('    scenarios  none\n');
  expect(text).toContain('; 1 judged by no scenario;');
});

test('what holds in one release alone names that release', () => {
  const text = formatCatalogue(catalogueRows(catalogueOf({...requirement, until: '1.35'}), []));
  expect(text).toContain('    releases   1.35\n');
});

test('groups come in their own order, and numbers in theirs', () => {
  const ids = ['PRF-1', 'IDN-10', 'IDN-2', 'TRG-1'];
  const rows = catalogueRows(catalogueOf(...ids.map(id => ({...requirement, id}))), []);
  expect(rows.map(row => row.requirement.id)).toEqual(['TRG-1', 'IDN-2', 'IDN-10', 'PRF-1']);
});
