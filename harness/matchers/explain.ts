import type {Finding} from '../checks/finding.ts';
import type {Recording} from '../recording/recording.ts';
import type {Timeline} from '../recording/timeline.ts';

/** Seconds since the stimulus, signed, as in +1.92 s. */
export function seconds(ms: number): string {
  return `${ms < 0 ? '-' : '+'}${(Math.abs(ms) / 1000).toFixed(2)} s`;
}

/** The evidence around what decided a finding, each with its time since the stimulus, and the place in the recording. */
export function excerpt(
  {evidence, decisive}: Finding,
  {stimulusAtMs, recording}: Pick<Timeline, 'stimulusAtMs' | 'recording'>,
): readonly string[] {
  const shown = evidence
    .map((each, at) => ({...each, decides: at === decisive}))
    .slice(Math.max(0, decisive - 4), decisive + 3);
  const lines = shown.map(
    ({atMs, text, decides}) => `${seconds(atMs - stimulusAtMs).padStart(9)}  ${text}${decides ? '   <- here' : ''}`,
  );
  return [...lines, `recording ${place(recording, evidence[decisive]?.index)}`];
}

/** File and line of an observation; line 1 of a recording is its header. */
function place({file}: Recording, index: number | undefined): string {
  const name = file.split('/').slice(-2).join('/');
  return index === undefined ? name : `${name}:${index + 2}`;
}

/** What a failed expectation says: expected, saw, and the observations that decided it. */
export function explain(finding: Finding, lines: readonly string[]): string {
  return [`  expected  ${finding.expected}`, `  saw       ${finding.saw}`, ...lines.map(line => `    ${line}`)].join(
    '\n',
  );
}
