import {describe, expect, test} from '@jest/globals';
import {allStatements} from '../statements.ts';
import {conditionOf} from '../recording/pod.ts';
import type {Recording} from '../recording/recording.ts';
import {readCatalogue} from '../verdicts/catalogue.ts';
import type {RecordedKills} from '../verdicts/kill-matrix.ts';
import {summarize, type Verdict} from '../verdicts/verdict.ts';
import {Bench} from './bench.ts';
import {Edit, status} from './edit.ts';
import {faults} from './faults/index.ts';
import {KillCounts} from './kills.ts';
import {goodRecording, keptScenarios} from './recorded.ts';

const {requirements, deviations, kills} = readCatalogue(new URL('../../suites/', import.meta.url));
const statements = await allStatements();
const bench = new Bench(statements, deviations);

test.each([...new Set(faults.map(fault => fault.in))])(
  'nothing but known deviations is found in the good recording of %s',
  scenario => {
    const outcomes = [...bench.good(scenario).verdicts.values()].map(({outcome}) => outcome);
    expect(new Set(outcomes).difference(new Set(['Passed', 'KnownDeviation']))).toEqual(new Set());
    expect(outcomes).not.toEqual([]);
  },
);

/** What the faults turned red, filled as they are judged. */
const counts = new KillCounts();

test.each(faults)('$in: $name', ({in: scenario, name, edit, turns}) => {
  const verdicts = bench.turned(scenario, edit);
  const failed = verdicts.filter(({outcome}) => outcome === 'Failed').map(({requirement}) => requirement);
  expect(Object.fromEntries(verdicts.map(({requirement, saw}) => [requirement, saw]))).toEqual(turns);
  expect(failed).not.toEqual([]);
  counts.named(`${scenario}: ${name}`, failed);
});

test('every requirement has a fault that turns it red', () => {
  const bare = counts.of(requirements.keys()).requirements.filter(({named}) => named.length === 0);
  expect(bare.map(({requirement}) => `${requirement} is turned red by no fault in harness/testing/faults`)).toEqual([]);
});

test('suites/kill-matrix.json has the named faults of each requirement: rac catalogue --write-kills', () => {
  const named = (its: RecordedKills | undefined) =>
    Object.fromEntries(its?.requirements.map(each => [each.requirement, each.named]) ?? []);
  expect(named(kills?.recorded)).toEqual(named(counts.of(requirements.keys())));
});

test('every requirement is stated by a suite', () => {
  const stated = new Set(statements.map(({requirement}) => requirement.id));
  expect([...requirements.keys()].filter(id => !stated.has(id))).toEqual([]);
});

const told = (scenario: string) => new Edit(goodRecording(scenario)).timeline;
const restarting = keptScenarios().filter(scenario => new Edit(goodRecording(scenario)).tellsToExit);

test.each(restarting)('what passes where nothing follows the exit in %s has a control', scenario => {
  const {stimulusIndex, stimulusAtMs} = told(scenario);
  const edit = new Edit(goodRecording(scenario)).stopAfter(stimulusIndex);
  edit.drop(({kind, atMs}) => ['object', 'answer', 'node'].includes(kind) && atMs > stimulusAtMs);
  const passed = bench
    .judge(scenario, edit.recording)
    .filter(({outcome}) => outcome === 'Passed')
    .map(({requirement}) => requirement);
  const controlled = (id: string) => {
    const {control, controlWithin} = requirements.get(id) ?? {};
    return control !== undefined || controlWithin !== undefined;
  };
  expect(
    passed
      .filter(id => !controlled(id))
      .map(id => `${id} passes without a restart: its check lacks ofRestart, or its row a control`),
  ).toEqual([]);
});

describe('a recording with a hole', () => {
  const outcomes = (edit: (recording: Edit) => void): Record<string, string> => {
    const recording = new Edit(goodRecording('sidecar-exits'));
    edit(recording);
    const verdicts = bench.judge('sidecar-exits', recording.recording);
    return Object.fromEntries(verdicts.map(({requirement, outcome}) => [requirement, outcome]));
  };

  test('leaves what speaks of every moment undecided where the watch lost continuity', () => {
    const found = outcomes(e =>
      e.insert(e.raised, {kind: 'gap', atMs: 0, resource: 'pods', why: 'too old'}).insert(e.raised, gap(e)),
    );
    expect(found).toMatchObject({
      'IDN-2': 'Inconclusive',
      'CND-10': 'Inconclusive',
      'CTR-4': 'Inconclusive',
      'CND-3': 'Passed',
      'VOL-1': 'Passed',
    });
  });

  test('is an Error where the runtime failed to start a container, which the kubelet then started once more', () => {
    const failed = {exitCode: 128, reason: 'StartError'};
    const found = outcomes(e => e.lastPods(2, pod => (status(pod, 'trainer').lastState = {terminated: failed})));
    expect(new Set(Object.values(found))).toEqual(new Set(['Error']));
  });

  test('is such an Error too where it ran alone and did not disturb the node', () => {
    const failed = {exitCode: 128, reason: 'StartError'};
    const recording = new Edit(goodRecording('ten-pods-at-once'));
    recording.lastPods(1, pod => (status(pod, 'worker').lastState = {terminated: failed}));
    const outcomes = bench.judge('ten-pods-at-once', recording.recording).map(({outcome}) => outcome);
    expect(new Set(outcomes)).toEqual(new Set(['Error']));
  });

  test('leaves what rests on the journal undecided where it could not be read', () => {
    const found = outcomes(e =>
      e.insert(e.last, {kind: 'gap', atMs: 0, resource: 'journal', why: 'unreadable journal line ""'}),
    );
    expect(found).toMatchObject({
      'VOL-1': 'Inconclusive',
      'CTR-9': 'Inconclusive',
      'IDN-4': 'Inconclusive',
      'IDN-1': 'Passed',
    });
  });

  test('passes nothing where no restart was seen', () => {
    const found = outcomes(e => e.stopAfter(e.timeline.stimulusIndex));
    expect(Object.entries(found).filter(([, outcome]) => outcome === 'Passed')).toEqual([['CND-1', 'Passed']]);
    expect(found).toMatchObject({'TRG-3': 'Failed', 'CTR-4': 'Failed', 'CND-2': 'Failed', 'IDN-1': 'Inconclusive'});
  });

  test('is an Error in every requirement where the scenario broke off', () => {
    expect(new Set(Object.values(outcomes(e => e.end('error'))))).toEqual(new Set(['Error']));
  });

  const nothingCame = (node: (recording: Edit) => Recording): readonly Verdict[] => {
    const recording = new Edit(goodRecording('sidecar-exits'));
    recording.stopAfter(recording.timeline.stimulusIndex);
    return bench.judge('sidecar-exits', node(recording), []).filter(({outcome}) => outcome === 'Failed');
  };

  const calibrated =
    (restartMs?: number) =>
    ({recording}: Edit): Recording => ({
      ...recording,
      header: {...recording.header, calibration: restartMs === undefined ? undefined : {restartMs}},
    });

  test.each<[where: string, node: (recording: Edit) => Recording]>([
    ['the node restarts even one container slowly', calibrated(9_000)],
    ['how quick the node is was not found out', calibrated()],
    [
      'the Pod took long to start',
      e => {
        const first = e.recording.observations.findIndex(({kind}) => kind === 'step');
        return e.each('step', step => (step.atMs += 40_000), first, first).recording;
      },
    ],
    [
      "a container's script was held up meanwhile",
      e => {
        const first = e.timeline.journal[0]?.index;
        return e.each(
          'journal',
          ({entry}) => {
            if (entry.what === 'start') entry.began -= 2;
          },
          first,
          first,
        ).recording;
      },
    ],
  ])('is undecided, not failed, where %s', (_, node) => {
    expect(nothingCame(node)).toEqual([]);
  });

  test('is failed where the node is quick', () => {
    expect(nothingCame(calibrated(1_100))).not.toEqual([]);
  });
});

test('a deleted Pod that goes late is undecided on a node that took longer to start it', () => {
  const recording = new Edit(goodRecording('deleted-meanwhile'));
  recording.delay(
    recording.recording.observations.findIndex(({kind}) => kind === 'step'),
    16_000,
  );
  recording.delay(recording.last, 40_000);
  const verdicts = bench.judge('deleted-meanwhile', recording.recording);
  expect(verdicts.find(({requirement}) => requirement === 'INI-3')).toMatchObject({
    outcome: 'Inconclusive',
    saw: 'the Pod was there long after its grace period, on a node that took longer to start the Pod',
  });
});

test('a restart that is counted when the Pod is deleted is none', () => {
  const recording = new Edit(goodRecording('probe-fails'));
  recording.pods(0, Infinity, pod => {
    if (pod.metadata.deletionTimestamp !== undefined && pod.status.phase === 'Failed')
      status(pod, 'source').restartCount++;
  });
  const verdicts = bench.judge('probe-fails', recording.recording);
  expect(verdicts.find(({requirement}) => requirement === 'TRG-20')).toMatchObject({outcome: 'Passed'});
});

test('a restart that stands still is undecided where a container had been restarted alone before', () => {
  const recording = new Edit(goodRecording('crash-loop'));
  recording.stopAfter(recording.raised);
  const verdicts = bench.judge('crash-loop', recording.recording);
  expect(verdicts.find(({requirement}) => requirement === 'CTR-7')).toMatchObject({
    outcome: 'Inconclusive',
    saw: expect.stringContaining('while the restart stood still'),
  });
});

test('one start within seconds of a deletion is undecided: the kubelet may not have heard of that', () => {
  const recording = new Edit(goodRecording('deleted-meanwhile'));
  recording.pods(0, Infinity, ({metadata: {deletionTimestamp}, status: {initContainerStatuses}}) => {
    if (deletionTimestamp === undefined) return;
    const startedAt = new Date(Date.parse(deletionTimestamp) - 2_000).toISOString(); // 1 s after the deletion
    const again = {containerID: 'containerd://another', state: {running: {startedAt}}};
    for (const prepare of initContainerStatuses.slice(0, 1)) Object.assign(prepare, again);
  });
  const verdicts = bench.judge('deleted-meanwhile', recording.recording);
  expect(verdicts.find(({requirement}) => requirement === 'INI-3')).toMatchObject({
    outcome: 'Inconclusive',
    saw: 'prepare was started again, and the kubelet may not have heard of the deletion by then',
  });
});

test.each([
  ['Liveness probe failed: command timed out: "sh -c" timed out after 5s', 'Inconclusive'],
  ['Liveness probe failed: ', 'Failed'],
])('a container that is restarted once more after "%s" is %s', (message, outcome) => {
  const recording = new Edit(goodRecording('probe-fails'));
  const involvedObject = {fieldPath: 'spec.containers{worker}'};
  recording
    .pods(recording.last, recording.last, pod => (status(pod, 'worker').restartCount += 1))
    .insert(recording.timeline.stimulusIndex, {
      kind: 'event',
      atMs: recording.timeline.stimulusAtMs + 1,
      object: {reason: 'Unhealthy', message, involvedObject},
    });
  const verdicts = bench.judge('probe-fails', recording.recording);
  expect(verdicts.find(({requirement}) => requirement === 'TRG-16')?.outcome).toBe(outcome);
});

test('a container whose own back-off may have started it is not said to be counted wrongly', () => {
  const edit = new Edit(goodRecording('crash-loop'));
  const {before, after} = edit.timeline;
  const old = status(before.pod, 'crasher').containerID;
  edit.pods(after[0]?.index ?? NaN, Infinity, pod => {
    const now = status(pod, 'crasher');
    now.containerID ??= old ?? '';
    if (now.containerID !== old) now.restartCount += 2;
  });
  edit.dropJournal('crasher', 'start');
  const verdicts = bench.judge('crash-loop', edit.recording);
  expect(verdicts.find(({requirement}) => requirement === 'CTR-22')).toMatchObject({
    outcome: 'Inconclusive',
    saw: 'the journal has no end and new start of crasher',
  });
});

test('a Pod that is still at work when the patience is over is undecided, not failed', () => {
  const recording = new Edit(goodRecording('sidecar-exits'));
  recording.stopAfter(recording.lowered).end('out-of-patience', recording.timeline.stimulusAtMs + 8_000);
  const outcomes = bench.judge('sidecar-exits', recording.recording).map(({outcome}) => outcome);
  expect(outcomes).not.toContain('Failed');
});

test('what the kubelet did not report separately is undecided, not failed', () => {
  const recording = new Edit(goodRecording('sidecar-exits'));
  recording.drop(o => o.kind === 'pod' && conditionOf(o.object, 'AllContainersRestarting')?.status === 'True');
  const verdicts = bench.judge('sidecar-exits', recording.recording, []);
  expect(verdicts.filter(({outcome}) => outcome === 'Failed').map(({requirement}) => requirement)).toEqual([
    'CTR-12', // lastState is empty on this release
    'EPH-1',
  ]);
  expect(verdicts.find(({requirement}) => requirement === 'CND-2')?.outcome).toBe('Inconclusive');
});

test.each([
  ['cancelled', 'StartError', 'state', 'Passed'],
  ['cancelled and told of too late', 'StartError', 'lastState', 'Passed'],
  ['made', 'Error', 'state', 'Failed'],
] as const)('a start that was %s when the kubelet was killed leaves DIS-11', (_start, reason, told, outcome) => {
  const recording = new Edit(goodRecording('kubelet-is-restarted'));
  recording.step('exit, then the kubelet is killed in the start');
  const containerID = 'containerd://first';
  const message = 'failed to start containerd task: context canceled';
  const terminated = {exitCode: 128, reason, message, containerID};
  const before = told === 'state' ? recording.last - 1 : recording.last;
  recording.pods(recording.lowered + 1, before, pod => {
    const differs = told === 'state' ? {containerID, state: {terminated}} : {lastState: {terminated}};
    Object.assign(status(pod, 'watcher'), differs);
  });
  recording.pods(recording.last, recording.last, pod => (status(pod, 'watcher').restartCount += 1));
  const verdicts = bench.judge('kubelet-is-restarted', recording.recording, []);
  expect(verdicts.find(({requirement}) => requirement === 'DIS-11')?.outcome).toBe(outcome);
});

test('a container and a Pod that admission adds change no verdict', () => {
  const recording = new Edit(goodRecording('regular-container-exits'));
  const sidecar = {
    name: 'mesh',
    restartCount: 0,
    ready: true,
    containerID: 'c://1',
    state: {running: {}},
    lastState: {},
  };
  recording.pods(0, Infinity, pod => {
    pod.spec = {...pod.spec, containers: [{name: 'mesh'}, ...pod.spec.containers]};
    pod.status.containerStatuses.unshift(sidecar);
  });
  const first = recording.timeline.before.pod;
  const stranger = {...first, metadata: {...first.metadata, name: 'stranger', uid: 'another'}};
  recording.insert(recording.last, {kind: 'pod', atMs: 1e6, type: 'ADDED', object: stranger});
  const outcomes = bench.judge('regular-container-exits', recording.recording).map(({outcome}) => outcome);
  expect(new Set(outcomes)).toEqual(new Set(['Passed', 'KnownDeviation']));
});

test.each(['hundred-restarts', 'ten-pods-at-once'])(
  'a container that admission adds changes no verdict in %s',
  scenario => {
    const recording = new Edit(goodRecording(scenario));
    const sidecar = {name: 'mesh', restartCount: 0, ready: true, state: {running: {}}, lastState: {}};
    recording.pods(0, Infinity, pod => {
      pod.spec = {...pod.spec, containers: [{name: 'mesh'}, ...pod.spec.containers]};
      pod.status.containerStatuses.unshift(sidecar);
    });
    const outcomes = bench.judge(scenario, recording.recording).map(({outcome}) => outcome);
    expect(new Set(outcomes)).toEqual(new Set(['Passed']));
  },
);

test('a second EndpointSlice with another family of addresses changes no verdict', () => {
  const recording = new Edit(goodRecording('behind-service'));
  const slices = recording.recording.observations.flatMap((o, at) =>
    o.kind === 'object' && o.resource === 'endpointslices' ? [{o, at}] : [],
  );
  for (const {o, at} of slices.toReversed()) {
    const {metadata} = o.object;
    recording.insert(at, {...o, object: {...o.object, metadata: {...metadata, name: 'ipv6'}, endpoints: []}});
  }
  const outcomes = bench.judge('behind-service', recording.recording).map(({outcome}) => outcome);
  expect(new Set(outcomes)).toEqual(new Set(['Passed']));
});

function gap(edit: Edit) {
  return {kind: 'gap', atMs: edit.timeline.stimulusAtMs + 1, resource: 'pods', why: 'too old'} as const;
}

test('worst verdict of a requirement speaks for it', () => {
  const verdict = {requirement: 'IDN-1', scenario: 's', expected: '', saw: '', excerpt: []};
  const outcomes = ['Skipped', 'Passed', 'KnownDeviation', 'Inconclusive', 'Error', 'Failed'] as const;
  outcomes.forEach((worst, index) => {
    const verdicts = outcomes.slice(0, index + 1).map(outcome => ({...verdict, outcome}));
    expect(summarize(verdicts)?.outcome).toBe(worst);
  });
});

describe('a liveness probe that was cut short when its container ended, and wrote nothing', () => {
  const judged = (edit: (recording: Edit) => void): Verdict | undefined => {
    const recording = new Edit(goodRecording('probes-start-over'));
    const exit = recording.timeline.exit?.entry.uptime ?? NaN;
    let lines = 0;
    recording.drop(o => {
      if (o.kind !== 'journal' || o.entry.what !== 'livenessProbe' || o.entry.uptime > exit) return false;
      return lines++ < spare;
    });
    edit(recording);
    return bench.judge('probes-start-over', recording.recording).find(({requirement}) => requirement === 'PRB-8');
  };
  const spare = 1;

  test('counts by what the kubelet told of it', () => {
    expect(judged(() => undefined)).toMatchObject({outcome: 'KnownDeviation'});
  });

  test.each<[where: string, edit: (recording: Edit) => void]>([
    ['nothing was told', e => e.drop(({kind}) => kind === 'event')],
    [
      'failures of all probes are summed up',
      e =>
        e.each('event', ({object}) => {
          if (object.reason === 'Unhealthy') object.message = `(combined from similar events): ${object.message ?? ''}`;
        }),
    ],
  ])('leaves it undecided where %s', (_, edit) => {
    expect(judged(edit)).toMatchObject({
      outcome: 'Inconclusive',
      saw: expect.stringContaining('may have been cut short'),
    });
  });
});
