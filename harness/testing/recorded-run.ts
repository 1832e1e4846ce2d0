import type {Evidence} from '../report/evidence.ts';
import {buildReport, type Report} from '../report/report.ts';
import {allStatements} from '../statements.ts';
import {readCatalogue} from '../verdicts/catalogue.ts';
import type {Verdict} from '../verdicts/verdict.ts';
import {Bench} from './bench.ts';
import {Edit} from './edit.ts';
import {goodRecording, recordedTarget} from './recorded.ts';

const suites = new URL('../../suites/', import.meta.url);

/** Kept recordings as if they had been made in one run, with its report. */
export interface RecordedRun {
  readonly report: Report;
  readonly evidence: Evidence;
}

/** What is done to a kept recording before it is judged, by scenario. */
type Edits = Readonly<Record<string, (edit: Edit) => void>>;

/** What the user left out of every such run. */
const leftOut: Verdict = {
  requirement: 'PRF-1',
  scenario: 'hundred-restarts',
  outcome: 'Skipped',
  reason: 'excluded-by-user',
  expected: 'this run was not asked for it',
  saw: 'this run was not asked for it',
  excerpt: [],
};

/** Kept recordings of scenarios, some of them edited, judged by all that the suites state of them. */
export async function recordedRun(scenarios: readonly string[], edits: Edits = {}): Promise<RecordedRun> {
  const catalogue = readCatalogue(suites);
  const bench = new Bench(await allStatements(), catalogue.deviations);
  const recordings = scenarios.toSorted().map(scenario => {
    const edit = new Edit({...goodRecording(scenario), file: `recordings/${scenario}.ndjson`});
    edits[scenario]?.(edit);
    return {scenario, recording: edit.recording};
  });
  const verdicts = recordings.flatMap(({scenario, recording}) => bench.judge(scenario, recording));
  return {
    report: buildReport('1.2.3', recordedTarget, catalogue, [...verdicts, leftOut]),
    evidence: {
      target: 'a'.repeat(64),
      recordings: recordings.map(({recording}) => {
        const name = recording.file;
        return {name, file: name, sha256: 'b'.repeat(64), recording};
      }),
    },
  };
}

/** A run in which something failed, something is undecided and something is an Error. */
export function redRun(): Promise<RecordedRun> {
  return recordedRun(['init-container-exits', 'sidecar-exits', 'probe-fails', 'pod-policy-always', 'validation'], {
    'sidecar-exits': e => e.pods(e.raised, Infinity, pod => (pod.status.podIPs = [{ip: '10.244.9.9'}])),
    'probe-fails': e =>
      e.insert(e.raised, {kind: 'gap', atMs: e.timeline.stimulusAtMs + 1, resource: 'pods', why: 'too old'}),
    'pod-policy-always': e => e.end('error'),
  });
}
