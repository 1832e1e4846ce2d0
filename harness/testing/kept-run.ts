import {readdirSync} from 'node:fs';
import type {Recording} from '../recording/recording.ts';
import type {Evidence} from '../report/evidence.ts';
import {buildReport, type Report} from '../report/report.ts';
import {collectStatements} from '../suite.ts';
import {readCatalogue} from '../verdicts/catalogue.ts';
import {judge} from '../verdicts/judge.ts';
import type {Verdict} from '../verdicts/verdict.ts';
import {Edit} from './edit.ts';
import {goodRecording, recordedTarget} from './recorded.ts';

const suites = new URL('../../suites/', import.meta.url);

/** A run as if it had been made, with its report. */
export interface KeptRun {
  readonly report: Report;
  readonly evidence: Evidence;
}

/** What is done to a kept recording before it is judged. */
export type Edits = Readonly<Record<string, (edit: Edit) => void>>;

/** Kept recordings of one target, judged as a run of their own, some of them edited: no verdict is missing among them. */
export async function keptRun(scenarios: readonly string[], edits: Edits = {}): Promise<KeptRun> {
  const catalogue = readCatalogue(suites);
  const statements = await (allStatements ??= stateAll());
  const recordings = scenarios.toSorted().map(scenario => stored(scenario, edits[scenario]));
  const verdicts = statements.flatMap(({requirement, scenario: {id}, restart, check}): Verdict[] => {
    const recording = recordings.find(({header}) => header.scenario.id === id);
    if (recording === undefined) return [];
    restart.replace(recording);
    const judged = {requirement, scenario: id, target: recordedTarget, deviations: catalogue.deviations};
    return [judge(judged, check, () => restart.takeFindings()).verdict];
  });
  const skipped: Verdict = {
    requirement: 'PRF-1',
    scenario: 'hundred-restarts',
    outcome: 'Skipped',
    reason: 'excluded-by-user',
    expected: 'this run was not asked for it',
    saw: 'this run was not asked for it',
    excerpt: [],
  };
  return {
    report: buildReport('1.2.3', recordedTarget, catalogue, [...verdicts, skipped]),
    evidence: {
      target: 'a'.repeat(64),
      recordings: recordings.map(recording => ({name: recording.file, sha256: 'b'.repeat(64), recording})),
    },
  };
}

/** A suite states what it states when it is loaded, and that is once. */
let allStatements: ReturnType<typeof stateAll> | undefined;

function stateAll() {
  return collectStatements(async () => {
    const files = readdirSync(suites).filter(name => name.endsWith('.test.ts'));
    for (const name of files) await import(new URL(name, suites).pathname);
  });
}

/** A run in which something failed, something is undecided and something is an Error. */
export function redRun(): Promise<KeptRun> {
  return keptRun(['init-container-exits', 'sidecar-exits', 'probe-fails', 'pod-policy-always', 'validation'], {
    'sidecar-exits': e => e.pods(e.raised, Infinity, pod => (pod.status.podIPs = [{ip: '10.244.9.9'}])),
    'probe-fails': e =>
      e.insert(e.raised, {kind: 'gap', atMs: e.timeline.stimulusAtMs + 1, resource: 'pods', why: 'too old'}),
    'pod-policy-always': e => e.end('error'),
  });
}

function stored(scenario: string, edit: ((edit: Edit) => void) | undefined): Recording {
  const recording = new Edit({...goodRecording(scenario), file: `recordings/${scenario}.ndjson`});
  edit?.(recording);
  return recording.recording;
}
