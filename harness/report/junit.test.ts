import {beforeAll, describe, expect, test} from '@jest/globals';
import {parse} from 'junit2json';
import {SaxesParser} from 'saxes';
import {redRun, type RecordedRun} from '../testing/recorded-run.ts';
import {formatJUnit} from './junit.ts';
import type {Report} from './report.ts';

let run: RecordedRun;

beforeAll(async () => {
  run = await redRun();
});

interface Counts {
  passed: number;
  failed: number;
  errors: number;
  skipped: number;
}

/**
 * Counts as strictly as any reader does: only child elements of a test case count, skipped before failure; only suites right
 * under the root are read; a document that is not well-formed is refused.
 */
function strictly(xml: string): Counts {
  const counts = {passed: 0, failed: 0, errors: 0, skipped: 0};
  const path: string[] = [];
  let children: string[] = [];
  const parser = new SaxesParser();
  parser.on('error', error => {
    throw error;
  });
  parser.on('opentag', ({name}) => {
    if (path.join('/') === 'testsuites/testsuite/testcase') children.push(name);
    path.push(name);
    if (path.join('/') === 'testsuites/testsuite/testcase') children = [];
  });
  parser.on('closetag', () => {
    if (path.join('/') === 'testsuites/testsuite/testcase') {
      if (children.includes('skipped')) counts.skipped++;
      else if (children.includes('failure')) counts.failed++;
      else if (children.includes('error')) counts.errors++;
      else counts.passed++;
    }
    path.pop();
  });
  parser.write(xml).close();
  return counts;
}

const expected = ({counts, unjudged}: Report): Counts => ({
  passed: counts.Passed,
  failed: counts.Failed,
  errors: counts.Error + counts.Inconclusive,
  skipped: counts.Skipped + counts.KnownDeviation + unjudged.length,
});

describe('two readers count as the report does', () => {
  test('one as strict as readers are', () => {
    expect(run.report.counts).toMatchObject({Failed: 1, Inconclusive: expect.any(Number), Error: expect.any(Number)});
    expect(strictly(formatJUnit(run.report))).toEqual(expected(run.report));
  });

  test('junit2json, by the attributes and by the elements', async () => {
    const root = await parse(formatJUnit(run.report));
    const {failed, errors, skipped, passed} = expected(run.report);
    expect(root).toMatchObject({failures: failed, errors, skipped, tests: failed + errors + skipped + passed});
    const suites = root !== null && root !== undefined && 'testsuite' in root ? (root.testsuite ?? []) : [];
    const cases = suites.flatMap(suite => suite.testcase ?? []);
    expect(cases.filter(each => each.failure !== undefined)).toHaveLength(failed);
    expect(cases.filter(each => each.error !== undefined)).toHaveLength(errors);
    expect(cases.filter(each => each.skipped !== undefined)).toHaveLength(skipped);
    expect(suites.map(({name}) => name)).toEqual(['core', 'api', 'workloads', 'node', 'disruptive', 'service-level']);
  });
});

test('a failure says what was seen, and proves it', () => {
  const xml = formatJUnit(run.report);
  expect(xml).toMatch(/<failure message="status.podIPs changed" type="MUST Failed">/);
  expect(xml).toMatch(
    /expected {2}status\.podIP[\s\S]*10\.244\.9\.9[\s\S]*recording recordings\/sidecar-exits\.ndjson:\d+<\/failure>/,
  );
});

test('a known deviation and a skip say why they are not passed', () => {
  const xml = formatJUnit(run.report);
  expect(xml).toContain('<skipped message="KnownDeviation: lastState is empty"');
  expect(xml).toContain('<skipped message="excluded-by-user: this run was not asked for it"');
});

test('what XML cannot hold, and what has a meaning in it, is taken as text', () => {
  const [first, ...others] = run.report.rows;
  if (first === undefined) throw new Error('the run has no rows');
  const saw = 'a\u0000b \u001b[31m "c" <d> & \ud800 ]]> ü 😀';
  const row = {...first, verdict: {...first.verdict, outcome: 'Failed', saw} as const};
  const xml = formatJUnit({...run.report, rows: [row, ...others]});
  expect(() => strictly(xml)).not.toThrow();
  expect(xml).toContain('saw       a\uFFFDb \uFFFD[31m "c" &lt;d&gt; &amp; \uFFFD ]]&gt; ü 😀');
});

describe('a run that says nothing of a restart is red', () => {
  test('where the feature is off, though something passed', () => {
    expect(strictly(formatJUnit({...run.report, result: 'unsupported'})).errors).toBe(expected(run.report).errors + 1);
  });

  test('where everything is skipped', () => {
    const counts = {Passed: 0, Failed: 0, Inconclusive: 0, Error: 0, KnownDeviation: 0, Skipped: 0};
    expect(strictly(formatJUnit({...run.report, rows: [], counts}))).toMatchObject({passed: 0, errors: 1});
  });
});
