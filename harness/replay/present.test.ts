import {expect, test} from '@jest/globals';
import {exits, type Scenario} from '../recording/scenario.ts';
import {aHeader} from '../testing/a-header.ts';
import {changedSince} from './present.ts';
import {describeRun} from './seal.ts';

const run = describeRun(
  'run',
  {
    suite: '1.2.3',
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: '2026-01-01T00:01:00.000Z',
    target: {context: 'kind', server: 'v1.35.4'},
    asked: {profile: ['core'], only: [], skip: []},
  },
  [],
);
const then = {
  ...run,
  manifests: {'source-sidecar.yaml': 'a'},
  judgedWith: {suite: '1.2.3', data: {'suites/requirements.yaml': 'b'}},
};
const now = {
  manifests: {'source-sidecar.yaml': 'a', 'loop.yaml': 'c'},
  data: {'suites/requirements.yaml': 'b'},
  scenarios: [aHeader.scenario],
};
const recordings = new Map([['sidecar-exits', {file: 'a.ndjson', header: aHeader, observations: []}]]);

test('nothing has changed where the suite has what the run was judged with', () => {
  expect(changedSince(then, recordings, now)).toEqual([]);
});

test('a scenario that says the same with fields that are undefined has not changed', () => {
  const scenario: Scenario = {...aHeader.scenario, overlay: undefined};
  expect(changedSince(then, recordings, {...now, scenarios: [scenario]})).toEqual([]);
});

test('what is another now, or is gone, is named', () => {
  expect(
    changedSince(then, recordings, {
      manifests: {},
      data: {'suites/requirements.yaml': 'other'},
      scenarios: [{...aHeader.scenario, steps: [exits('watcher', 89)]}],
    }),
  ).toEqual(['suites/requirements.yaml', 'manifests/source-sidecar.yaml', 'the scenario sidecar-exits']);
});
