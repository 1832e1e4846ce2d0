import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {describe, expect, test} from '@jest/globals';
import {profiles, type Catalogue, type Requirement} from './catalogue.ts';
import {extentOf, holdsIn, holes, readCoverage, type Coverage} from './coverage.ts';

const first: Requirement = {
  id: 'IDN-1',
  level: 'MUST',
  title: 'The Pod keeps its UID',
  source: {document: 'KEP-5532', section: 'Sandbox'},
  since: '1.35',
  profile: 'core',
  gates: 'on',
  upstream: ['e2e: it restarts'],
};
const others = profiles.slice(1).map((profile, index): Requirement => {
  const {upstream, ...rest} = first;
  return {...rest, id: `IDN-${index + 2}`, profile};
});
const catalogue: Catalogue = {
  requirements: new Map([first, ...others].map(each => [each.id, each])),
  deviations: [{requirement: 'IDN-1', releases: ['1.35'], saw: 'metadata.uid changed', evidence: 'seen'}],
};
const stated = [...catalogue.requirements.keys()].map(requirement => ({requirement, scenario: 'sidecar-exits'}));
const upstreamCase = {
  name: 'e2e: it restarts',
  releases: ['1.35', '1.36'],
  requirements: ['IDN-1'],
  why: 'it is exact',
};
const coverage: Coverage = {
  announcement: [{point: 'The UID stays', requirements: ['IDN-1']}],
  upstream: [upstreamCase],
};

const differing = (differs: Partial<Requirement>): Catalogue => ({
  ...catalogue,
  requirements: new Map([...catalogue.requirements, ['IDN-1', {...first, ...differs}]]),
});

describe('the catalogue', () => {
  test('has no hole where all fits', () => {
    expect(holes(catalogue, stated, coverage)).toEqual([]);
  });

  test.each([
    ['a requirement that no suite states', catalogue, stated.slice(1), coverage, 'IDN-1 is stated by no suite'],
    [
      'a statement of an unknown id',
      catalogue,
      [...stated, {requirement: 'IDN-99', scenario: 'sidecar-exits'}],
      coverage,
      'a suite states IDN-99, which is not in the catalogue',
    ],
    [
      'a profile without requirements',
      differing({profile: 'api'}),
      stated,
      coverage,
      'profile core has no requirement',
    ],
    [
      'a point of the announcement without its requirement',
      catalogue,
      stated,
      {...coverage, announcement: [{point: 'preStop does not run', requirements: ['CTR-9']}]},
      'announcement, "preStop does not run": CTR-9 is not in the catalogue',
    ],
    [
      'a test of upstream without its requirement',
      catalogue,
      stated,
      {...coverage, upstream: [{...upstreamCase, requirements: ['IDN-1', 'CTR-9']}]},
      'upstream, "e2e: it restarts": CTR-9 is not in the catalogue',
    ],
    [
      'a test of upstream in a release for which none of its requirements is promised',
      differing({until: '1.35'}),
      stated,
      coverage,
      'upstream, "e2e: it restarts": none of its requirements holds in 1.36',
    ],
    [
      'a requirement that names a test which upstream.yaml does not have',
      differing({upstream: ['e2e: it restarts', 'e2e: it loops']}),
      stated,
      coverage,
      'IDN-1 names the upstream test "e2e: it loops", and upstream.yaml does not name IDN-1 there',
    ],
    [
      'a requirement that does not name the test which it covers',
      differing({upstream: []}),
      stated,
      coverage,
      'upstream, "e2e: it restarts": names IDN-1, which does not name it',
    ],
    [
      'a deviation for a release that promises nothing',
      {...catalogue, deviations: catalogue.deviations.map(each => ({...each, releases: ['1.34', '1.35']}))},
      stated,
      coverage,
      'deviations.yaml has IDN-1 for 1.34, for which it is not promised',
    ],
  ])('shows %s as one hole', (_case, its, states, covers, hole) => {
    expect(holes(its, states, covers)).toEqual([hole]);
  });
});

test('what was looked through is told in counts, each scenario once', () => {
  const twice = [...stated, {requirement: 'IDN-1', scenario: 'init-container-exits'}];
  expect(extentOf(catalogue, twice, coverage)).toBe(
    '6 requirements, 2 scenarios, 6 profiles, 1 points of the announcement, 1 upstream tests and 1 deviations',
  );
});

test.each([
  ['1.34', false],
  ['1.35', true],
  ['1.36', true],
  ['1.37', false],
])('what is promised from 1.35 to 1.36 holds in %s: %s', (release, holds) => {
  expect(holdsIn({...first, until: '1.36'}, release)).toBe(holds);
});

test('a point without requirements is refused', () => {
  const folder = mkdtempSync(join(tmpdir(), 'coverage-'));
  writeFileSync(join(folder, 'announcement.yaml'), '- {point: The UID stays, requirements: []}\n');
  writeFileSync(join(folder, 'upstream.yaml'), '[]\n');
  expect(() => readCoverage(pathToFileURL(`${folder}/`))).toThrow('announcement.yaml is not right: 0.requirements');
  rmSync(folder, {recursive: true});
});
