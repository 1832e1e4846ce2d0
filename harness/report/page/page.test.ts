import {readdirSync} from 'node:fs';
import {beforeAll, describe, expect, test} from '@jest/globals';
import {parseHTML} from 'linkedom';
import {recordedRun, redRun, type RecordedRun} from '../../testing/recorded-run.ts';
import {formatPage} from './page.ts';

let red: RecordedRun;
let whole: RecordedRun;

beforeAll(async () => {
  red = await redRun();
});

describe('the page of a run with failures', () => {
  let document: Document;

  beforeAll(() => {
    ({document} = parseHTML(formatPage(red.report, red.evidence, undefined)));
  });

  test('opens what did not pass, and nothing else', () => {
    for (const details of document.querySelectorAll('details.requirement')) {
      const verdict = details.getAttribute('data-verdict') ?? '';
      expect(details.hasAttribute('open')).toBe(!['Passed', 'Skipped'].includes(verdict));
    }
  });

  test('names first what there is to look at', () => {
    const links = [...document.querySelectorAll('.attention a')].map(each => each.textContent);
    expect(links[0]).toBe('IDN-2');
    expect(links).toHaveLength(red.report.counts.Failed + red.report.counts.Error + red.report.counts.Inconclusive);
  });

  test('shows the observation that decided, and where it stands', () => {
    const proof = document.querySelector('#IDN-2 .proof');
    expect(proof?.querySelector('.decides')?.textContent).toContain('10.244.9.9');
    expect(proof?.querySelector('.place')?.textContent).toMatch(/recordings\/sidecar-exits\.ndjson, line \d+/);
    expect(proof?.querySelector('.where a')?.getAttribute('href')).toBe('#scenario-sidecar-exits');
  });

  test('marks it in the timeline', () => {
    const drawing = document.querySelector('#scenario-sidecar-exits .drawing');
    expect(drawing?.textContent).toContain('IDN-2');
  });

  test('tells nodes that differ apart, and where the probes of the gate disagree', () => {
    const {counts} = red.report;
    const [pool] = red.report.pools;
    if (pool === undefined) throw new Error('the run has no nodes');
    const older = {...pool, kubelet: 'v1.34.9', nodes: ['old'], counts: {...counts, Passed: 3, Failed: 0}};
    const report = {...red.report, pools: [pool, older], disagreements: ['the feature is on at new and off at old']};
    const {document: mixed} = parseHTML(formatPage(report, red.evidence, undefined));
    const environment = mixed.querySelector('#environment')?.textContent;
    expect(environment).toMatch(/old\s*v1\.34\.9/);
    expect(environment).toContain('3 Passed');
    expect(environment).toContain('the feature is on at new and off at old');
    expect(document.querySelector('#environment')?.textContent).not.toContain('disagree');
  });

  test('links to nothing that is not there', () => {
    const targets = [...document.querySelectorAll('a[href^="#"]')].map(each => each.getAttribute('href') ?? '');
    const missing = [...new Set(targets)].filter(each => document.getElementById(each.slice(1)) === null);
    expect(missing).toEqual([]);
  });
});

test('what a recording or a flag holds is text', () => {
  const mean = '<script>alert(1)</script><img src=x onerror=alert(2)>';
  const [first, ...others] = red.report.rows;
  if (first === undefined) throw new Error('the run has no rows');
  const verdict = {...first.verdict, saw: mean, outcome: 'Failed'} as const;
  const report = {...red.report, rows: [{...first, verdict, scenarios: [verdict]}, ...others]};
  const implementation = {organization: mean, project: mean, url: 'https://e.example', version: '1', contact: [mean]};
  const page = formatPage(report, red.evidence, implementation);
  expect(page).not.toContain('<img');
  expect(page.match(/<script>/g)).toHaveLength(1);
});

describe('the page of a whole run', () => {
  let page = '';

  beforeAll(async () => {
    const folder = new URL('../../testing/recordings/v1.35.4/', import.meta.url);
    const names = readdirSync(folder).filter(name => name.endsWith('.ndjson.gz'));
    whole = await recordedRun(names.map(name => name.replace('.ndjson.gz', '')));
    page = formatPage(whole.report, whole.evidence, undefined);
  });

  test('is one file of less than 3 MB that refers to no other but recordings and documents', () => {
    expect(whole.report.counts.Passed).toBeGreaterThan(150);
    expect(page.length).toBeLessThan(3 * 1024 * 1024);
    expect(page).not.toMatch(/\ssrc=|<link|@import|url\((?!#)/);
  });

  test('draws every scenario in which a Pod came to a node', () => {
    const {document} = parseHTML(page);
    const without = [...document.querySelectorAll('details.scenario')].filter(
      each => each.querySelector('.drawing') === null,
    );
    expect(without.map(({id}) => id)).toEqual([
      'scenario-api-server-gate-is-turned-off',
      'scenario-node-features',
      'scenario-node-without-feature-refuses-pod',
      'scenario-scheduling',
      'scenario-validation',
    ]);
  });

  test('is the same for the same run', () => {
    expect(formatPage(whole.report, whole.evidence, undefined)).toBe(page);
  });
});
