import {describe, expect, test} from '@jest/globals';
import {broken, held, unknown} from '../checks/finding.ts';
import {recordedTarget} from '../testing/recorded.ts';
import type {Requirement} from './catalogue.ts';
import {compareReleases, releaseFor, skipReason, verdictOn} from './verdict.ts';

const requirement: Requirement = {
  id: 'EPH-1',
  level: 'MUST',
  title: 'A running ephemeral container is terminated',
  source: {document: 'Announcement', section: 'How it works'},
  since: '1.35',
  profile: 'core',
  gates: 'on',
};
const asked = {needs: [], selected: new Set(['EPH-1'])};
const deviations = [{requirement: 'EPH-1', releases: ['1.35'], saw: 'it kept running', evidence: 'seen'}];
const judged = {requirement, scenario: 'sidecar-exits', target: recordedTarget, deviations};

test('the oldest kubelet tells by which release a restart is judged, the API server by which a Pod is admitted', () => {
  const [node] = recordedTarget.nodes;
  const nodes = ['v1.37.2', 'v1.36.3'].map(kubelet => ({
    ...node,
    name: kubelet,
    kubelet,
    runtime: '',
    os: '',
    declaresFeature: true,
    controlPlane: false,
    takesPods: true,
  }));
  const target = {...recordedTarget, release: '1.37', nodes};
  expect(releaseFor({id: 'CTR-12'}, target)).toBe('1.36');
  expect(releaseFor({id: 'API-24'}, target)).toBe('1.37');
  expect(releaseFor({id: 'CTR-12'}, {...target, nodes: []})).toBe('1.37');
});

describe('the verdict', () => {
  test.each([
    ['Passed', 'every check held', [held('that', []), held('this', [])]],
    ['Failed', 'one check was broken', [held('that', []), broken('this', 'other', [])]],
    ['Failed', 'one check was broken and another knew nothing', [unknown('that', 'hole'), broken('this', 'other', [])]],
    ['Inconclusive', 'one check knew nothing', [held('that', []), unknown('this', 'hole')]],
    ['Error', 'no check ran', []],
    ['KnownDeviation', 'what was seen is listed for the release', [broken('terminated', 'it kept running', [])]],
    ['Failed', 'something else than the listed was seen', [broken('terminated', 'it was started again', [])]],
  ])('is %s where %s', (outcome, _case, findings) => {
    expect(verdictOn(judged, findings, []).outcome).toBe(outcome);
  });

  test('tells the node on which the Pod ran', () => {
    expect(verdictOn({...judged, node: 'a'}, [held('that', [])], []).node).toBe('a');
    expect(verdictOn(judged, [held('that', [])], [])).not.toHaveProperty('node');
  });

  test.each([
    ['Failed', 'something else is broken', broken('that', 'something else', [])],
    ['Inconclusive', 'something is undecided', unknown('that', 'hole')],
    ['KnownDeviation', 'the rest held', held('that', [])],
  ] as const)('is %s: beside a known deviation: %s', (outcome, _what, beside) => {
    const known = broken('terminated', 'it kept running', []);
    expect(verdictOn(judged, [known, beside], []).outcome).toBe(outcome);
  });

  test('is Failed where the deviation is listed for another release', () => {
    const nodes = recordedTarget.nodes.map(node => ({...node, kubelet: 'v1.38.0'}));
    const target = {...recordedTarget, release: '1.38', nodes};
    expect(verdictOn({...judged, target}, [broken('terminated', 'it kept running', [])], []).outcome).toBe('Failed');
  });
});

describe('a requirement', () => {
  test('is judged where the feature is on and the release promises it', () => {
    expect(skipReason(requirement, recordedTarget, asked)).toBeUndefined();
  });

  test('is skipped as gate-off where the feature is off', () => {
    expect(skipReason(requirement, {...recordedTarget, feature: 'off'}, asked)?.reason).toBe('gate-off');
  });

  test('that speaks of an older kubelet is judged where the Pod ran on one, and nowhere else', () => {
    const [node] = recordedTarget.nodes;
    if (node === undefined) throw new Error('the target has no node');
    const nodes = [
      {...node, name: 'old'},
      {...node, name: 'new', kubelet: 'v1.36.3'},
    ];
    const target = {...recordedTarget, release: '1.36', nodes, has: [...recordedTarget.has, 'older kubelet' as const]};
    const reason = (on: string) =>
      skipReason(requirement, target, {...asked, needs: ['older kubelet'], node: on})?.reason;
    expect([reason('old'), reason('new')]).toEqual([undefined, 'not-applicable']);
  });

  test('is not applicable before the release that promises it', () => {
    expect(skipReason({...requirement, since: '1.36'}, recordedTarget, asked)?.reason).toBe('not-applicable');
  });

  test.each([
    ['excluded-by-user', {}, {...asked, selected: new Set<string>()}],
    ['not-applicable', {until: '1.34'}, asked],
    ['not-applicable', {gates: 'off'}, asked],
    ['no-permission', {}, {...asked, needs: ['right to create nodes']}],
    ['needs-node-access', {}, {...asked, needs: ['node access']}],
    ['not-applicable', {}, {...asked, needs: ['JobSet']}],
  ] as const)('is %s', (reason, differs, circumstances) => {
    expect(
      skipReason({...requirement, ...differs}, recordedTarget, {...circumstances, needs: [...circumstances.needs]})
        ?.reason,
    ).toBe(reason);
  });
});

test.each([
  ['off', 'off', undefined],
  ['off', 'rules-off', 'not-applicable'],
  ['rules-off', 'rules-off', undefined],
  ['rules-off', 'off', 'not-applicable'],
  ['off', undefined, 'not-applicable'],
] as const)('what holds with gates %s is judged where those are off, not where %s', (gates, gatesOff, reason) => {
  const target = {...recordedTarget, feature: 'off', gatesOff} as const;
  expect(skipReason({...requirement, gates}, target, asked)?.reason).toBe(reason);
});

test('releases are compared by number, not by text', () => {
  expect(compareReleases('1.9', '1.35')).toBeLessThan(0);
  expect(compareReleases('1.35', '1.35')).toBe(0);
});
