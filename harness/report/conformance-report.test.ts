import {readFileSync} from 'node:fs';
import {beforeAll, describe, expect, test} from '@jest/globals';
import {Ajv2020} from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import {parse} from 'yaml';
import {redRun, type RecordedRun} from '../testing/recorded-run.ts';
import {conformanceReport, formatConformanceReport} from './conformance-report.ts';
import {formatAs} from './write.ts';
import {inTotoStatement} from './statement.ts';

const implementation = {
  organization: 'Example',
  project: 'Example Kubernetes',
  url: 'https://k8s.example.com',
  version: '1.35.4-ex.1',
  contact: ['k8s@example.com'],
};

let run: RecordedRun;

beforeAll(async () => {
  run = await redRun();
});

/** What a validator of its own has to say of a document, by the schema in docs/schemas/. */
function faultsOf(schema: string, document: unknown): unknown {
  const ajv = new Ajv2020({allErrors: true});
  addFormats.default(ajv);
  const text = readFileSync(new URL(`../../docs/schemas/${schema}`, import.meta.url), 'utf8');
  const validate = ajv.compile(JSON.parse(text));
  validate(document);
  return validate.errors;
}

describe('the schema in docs/schemas/ fits', () => {
  test('the conformance report', () => {
    const yaml = formatConformanceReport(conformanceReport(run.report, run.evidence, implementation));
    expect(faultsOf('conformance-report.schema.json', parse(yaml))).toBeNull();
  });

  test('report.json', () => {
    const json: unknown = JSON.parse(formatAs('json', run.report, run.evidence, undefined));
    expect(faultsOf('report.schema.json', json)).toBeNull();
  });

  test('the statement', () => {
    expect(faultsOf('statement.schema.json', inTotoStatement(run.report, run.evidence))).toBeNull();
  });

  test('and nothing else', () => {
    const report = {...conformanceReport(run.report, run.evidence, undefined), result: 'excellent'};
    expect(faultsOf('conformance-report.schema.json', report)).toEqual([
      expect.objectContaining({instancePath: '/result'}),
    ]);
  });
});

test('every requirement of a profile is counted once, and named unless it passed', () => {
  const {profiles} = conformanceReport(run.report, run.evidence, undefined);
  const core = profiles.find(({name}) => name === 'core');
  const {statistics, failed, undecided = [], knownDeviations = [], skipped = []} = core?.must ?? {statistics: {}};
  expect(failed).toEqual([{id: 'IDN-2', saw: 'status.podIPs changed'}]);
  expect(statistics).toMatchObject({
    Failed: 1,
    KnownDeviation: knownDeviations.length,
    Skipped: skipped.length,
  });
  expect(undecided.length).toBeGreaterThan(0);
  const musts = [...run.report.rows.map(({requirement}) => requirement), ...run.report.unjudged].filter(
    ({profile, level}) => profile === 'core' && level === 'MUST',
  );
  expect(Object.values(statistics).reduce((sum, count) => sum + count, 0)).toBe(musts.length);
});

test('a profile of which nothing was judged has no result', () => {
  const {profiles, profilesNotJudged} = conformanceReport(run.report, run.evidence, undefined);
  expect(profilesNotJudged).toContain('service-level');
  expect(profiles.map(({name}) => name)).not.toContain('service-level');
});

test('it tells of what, when, by whom, and what it rests on', () => {
  expect(conformanceReport(run.report, run.evidence, implementation)).toMatchObject({
    apiVersion: 'restart-all-containers/v1alpha1',
    kind: 'ConformanceReport',
    date: expect.stringMatching(/^2026-/),
    suiteVersion: '1.2.3',
    kubernetesVersion: 'v1.35.4',
    result: 'failure',
    implementation,
    digests: {
      suite: {'requirements.yaml': expect.any(String), 'deviations.yaml': expect.any(String)},
      evidence: {'target.json': 'a'.repeat(64), 'recordings/sidecar-exits.ndjson': 'b'.repeat(64)},
    },
  });
});
