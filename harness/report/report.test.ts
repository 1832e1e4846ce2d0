import {describe, expect, test} from '@jest/globals';
import {recordedTarget} from '../testing/recorded.ts';
import type {Catalogue, Requirement} from '../verdicts/catalogue.ts';
import type {Outcome, Verdict} from '../verdicts/verdict.ts';
import {formatReport} from './console.ts';
import {buildReport} from './report.ts';

const requirement = (id: string, level: Requirement['level'] = 'MUST'): Requirement => ({
  id,
  level,
  title: `title of ${id}`,
  source: {document: 'KEP-5532', section: 'Sandbox'},
  since: '1.35',
  profile: 'core',
  gates: 'on',
});
const requirements = new Map(['IDN-1', 'IDN-2'].map(id => [id, requirement(id)]));
const deviations = [{requirement: 'IDN-2', releases: ['1.35'], saw: 'other', evidence: 'seen in a recording'}];
const catalogue: Catalogue = {requirements, deviations};

const verdict = (id: string, outcome: Outcome, scenario = 'sidecar-exits'): Verdict => ({
  requirement: id,
  scenario,
  outcome,
  expected: 'this',
  saw: outcome === 'Passed' ? 'that' : 'other',
  excerpt: ['+1.00 s  here', 'recording recordings/sidecar-exits.ndjson:7'],
});

const report = (...verdicts: Verdict[]) => buildReport('1.2.3', recordedTarget, catalogue, verdicts);

describe('the result', () => {
  test.each([
    ['success', 'every MUST passed', ['Passed', 'Passed']],
    ['partial', 'a MUST is a known deviation', ['Passed', 'KnownDeviation']],
    ['partial', 'a MUST is undecided', ['Passed', 'Inconclusive']],
    ['partial', 'a MUST ended in an Error', ['Passed', 'Error']],
    ['failure', 'one Failed', ['Passed', 'Failed']],
  ] as const)('is %s where %s', (result, _case, [first, second]) => {
    expect(report(verdict('IDN-1', first), verdict('IDN-2', second)).result).toBe(result);
  });

  test('is partial where a MUST was not judged', () => {
    expect(report(verdict('IDN-1', 'Passed')).result).toBe('partial');
  });

  test('is partial where nothing was judged', () => {
    expect(report().result).toBe('partial');
  });

  test('is unsupported where the feature is off', () => {
    const target = {...recordedTarget, feature: 'off'} as const;
    expect(buildReport('1.2.3', target, catalogue, [verdict('IDN-1', 'Skipped')]).result).toBe('unsupported');
    expect(buildReport('1.2.3', target, catalogue, [verdict('IDN-1', 'Failed')]).result).toBe('failure');
  });
});

test('a requirement counts once, with its worst verdict over the scenarios', () => {
  const {counts, rows} = report(verdict('IDN-1', 'Passed'), verdict('IDN-1', 'Failed', 'init-container-exits'));
  expect(counts).toMatchObject({Passed: 0, Failed: 1});
  expect(rows[0]?.scenarios).toHaveLength(2);
});

test('a requirement without a verdict is listed as not judged', () => {
  expect(report(verdict('IDN-1', 'Passed')).unjudged.map(({id}) => id)).toEqual(['IDN-2']);
});

test('a listed deviation that passes is stale', () => {
  expect(report(verdict('IDN-2', 'Passed')).stale).toEqual(deviations);
});

test('the text shows what was expected and seen, in which scenarios, and the deciding observations', () => {
  const text = formatReport(
    report(verdict('IDN-1', 'Failed'), verdict('IDN-1', 'Passed', 'init-container-exits')),
    false,
  );
  expect(text).toContain(
    [
      '      source    KEP-5532, "Sandbox"',
      '      expected  this',
      '      saw       other',
      '      in        sidecar-exits (1 of 2 scenarios)',
      '        +1.00 s  here',
      '        recording recordings/sidecar-exits.ndjson:7',
    ].join('\n'),
  );
  expect(text).toMatch(/Result on Kubernetes v1\.35\.4: failure \(0 Passed, 1 Failed\)\n$/);
});

test('probes that disagree are said to', () => {
  const [first, ...others] = recordedTarget.probes;
  if (first === undefined) throw new Error('the kept target has no probes');
  const target = {...recordedTarget, probes: [{...first, says: 'off' as const}, ...others]};
  expect(formatReport(buildReport('1.2.3', target, catalogue, []), false)).toContain('the probes disagree');
});

test('the same files give the same report', () => {
  const verdicts = [
    verdict('IDN-1', 'Passed'),
    verdict('IDN-1', 'Passed', 'init-container-exits'),
    verdict('IDN-2', 'Failed'),
  ];
  expect(formatReport(report(...verdicts.toReversed()), false)).toBe(formatReport(report(...verdicts), false));
});

test('what was measured stands under the requirement, also where it passed', () => {
  const measured = {...verdict('IDN-1', 'Passed', 'many-restarts'), figures: ['p50 2.12 s, n 100']};
  expect(formatReport(report(measured), false)).toContain('Passed\n      figures   many-restarts: p50 2.12 s, n 100\n');
});
