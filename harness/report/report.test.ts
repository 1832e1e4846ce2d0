import {describe, expect, test} from '@jest/globals';
import type {Target} from '../recording/target.ts';
import {recordedTarget} from '../testing/recorded.ts';
import type {Catalogue, Requirement} from '../verdicts/catalogue.ts';
import type {KillMatrix} from '../verdicts/kill-matrix.ts';
import type {Outcome, Verdict} from '../verdicts/verdict.ts';
import {formatReport} from './console.ts';
import {buildReport, ofAsked} from './report.ts';

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

describe('a MUST that does not apply to the target', () => {
  const skipped = (reason: Verdict['reason']): Verdict => ({...verdict('IDN-2', 'Skipped'), reason});

  test('stands in no way of success', () => {
    expect(report(verdict('IDN-1', 'Passed'), skipped('not-applicable')).result).toBe('success');
  });

  test('is no success where all are such', () => {
    const first: Verdict = {...verdict('IDN-1', 'Skipped'), reason: 'not-applicable'};
    expect(report(first, skipped('not-applicable')).result).toBe('partial');
  });

  test.each(['no-permission', 'needs-node-access', 'excluded-by-user', 'gate-off'] as const)(
    'is another than one that is skipped as %s',
    reason => {
      expect(report(verdict('IDN-1', 'Passed'), skipped(reason)).result).toBe('partial');
    },
  );
});

describe('the result of a profile', () => {
  const ofNode = {...requirement('IDN-2'), profile: 'node' as const};
  const both: Catalogue = {...catalogue, requirements: new Map([...requirements, ['IDN-2', ofNode]])};
  const results = (target: Target, ...verdicts: Verdict[]) =>
    Object.fromEntries(
      buildReport('1.2.3', target, both, verdicts).profiles.map(({name, result}) => [name, result] as const),
    );

  test('is that of its own requirements', () => {
    const found = results(recordedTarget, verdict('IDN-1', 'Passed'), verdict('IDN-2', 'Failed'));
    expect(found).toMatchObject({core: 'success', node: 'failure'});
  });

  test.each(['needs-node-access', 'excluded-by-user', 'not-applicable'] as const)(
    'is none where all of it is skipped as %s',
    reason => {
      const found = results(recordedTarget, verdict('IDN-1', 'Passed'), {...verdict('IDN-2', 'Skipped'), reason});
      expect(found).toMatchObject({core: 'success', node: 'not judged'});
    },
  );

  test('is none where nothing is said of it', () => {
    expect(results(recordedTarget, verdict('IDN-1', 'Passed'))).toMatchObject({node: 'not judged', api: 'not judged'});
  });

  test.each(['Error', 'Inconclusive', 'KnownDeviation'] as const)('is partial where all of it is %s', outcome => {
    expect(results(recordedTarget, verdict('IDN-1', outcome))).toMatchObject({core: 'partial'});
  });

  test('is partial where one scenario of several ended in an Error', () => {
    const found = results(
      recordedTarget,
      verdict('IDN-1', 'Passed'),
      verdict('IDN-1', 'Error', 'init-container-exits'),
    );
    expect(found).toMatchObject({core: 'partial'});
  });

  test('is unsupported where the feature is off', () => {
    expect(results({...recordedTarget, feature: 'off'}, verdict('IDN-1', 'Passed'))).toMatchObject({
      core: 'unsupported',
      node: 'not judged',
    });
  });
});

test('that nothing happened counts only beside a control', () => {
  const nothing = {...requirement('IDN-2'), control: ['IDN-1']};
  const its: Catalogue = {...catalogue, requirements: new Map([...requirements, ['IDN-2', nothing]])};
  const [passed, failed] = (['Passed', 'Failed'] as const).map(outcome =>
    buildReport('1.2.3', recordedTarget, its, [verdict('IDN-1', outcome), verdict('IDN-2', 'Passed')]),
  );
  expect(passed?.counts.Passed).toBe(2);
  expect(failed?.counts).toMatchObject({Failed: 1, Passed: 0, Inconclusive: 1});
});

test('the end of the text tells the result of each profile and which faults are known to be seen', () => {
  const kills: KillMatrix = {
    recorded: {generated: 12, requirements: [{requirement: 'IDN-1', named: ['a: b', 'a: c'], generated: 12}]},
    live: [
      {
        release: '1.35.4',
        faults: [
          {id: 'x', describes: '', group: 'kill', expects: ['IDN-2'], killedBy: ['IDN-2'], outcome: 'killed'},
          {id: 'y', describes: '', group: 'kill', expects: ['IDN-1'], killedBy: [], outcome: 'survived'},
        ],
      },
    ],
  };
  const skipped: Verdict = {...verdict('IDN-2', 'Skipped'), reason: 'no-permission'};
  const text = formatReport(
    buildReport('1.2.3', recordedTarget, {...catalogue, kills}, [verdict('IDN-1', 'Passed'), skipped]),
    false,
  );
  expect(text).toContain(`
Profiles
  core           partial     1 Passed, 0 Failed, 1 Skipped
  api            not judged  0 Passed, 0 Failed
  workloads      not judged  0 Passed, 0 Failed
  node           not judged  0 Passed, 0 Failed
  disruptive     not judged  0 Passed, 0 Failed
  service-level  not judged  0 Passed, 0 Failed

Faults that the requirements are known to catch (rac catalogue --kills)
  edited recordings   1 of 2 requirements, by 2 named and 12 generated edits
  faulty components   1 of 2 requirements, by 1 of 2 that were tried on a cluster

Result on Kubernetes v1.35.4: partial (1 Passed, 0 Failed, 1 Skipped)
`);
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
  expect(formatReport(buildReport('1.2.3', target, catalogue, []), false)).toContain(
    'the API server answers as if the gate were off, and its metric says on',
  );
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

test('who named requirements is shown those alone, and what the run comes to stays', () => {
  const skipped = {...verdict('IDN-2', 'Skipped'), reason: 'excluded-by-user'} as const;
  const whole = report(verdict('IDN-1', 'Passed'), skipped);
  const shown = ofAsked(whole);
  expect(shown.rows.map(({requirement: {id}}) => id)).toEqual(['IDN-1']);
  expect(shown).toMatchObject({result: 'partial', counts: whole.counts});
});
