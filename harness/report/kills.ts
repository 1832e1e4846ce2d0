import type {KillMatrix, KillSummary, LiveKills} from '../verdicts/kill-matrix.ts';

/** A line or two that tell what stands behind the verdicts of a run. */
export function formatKillSummary({requirements, recorded, live}: KillSummary): readonly string[] {
  const all = requirements.length;
  return [
    'Faults that the requirements are known to catch (rac catalogue --kills)',
    `  edited recordings   ${recorded.requirements} of ${all} requirements, by ${recorded.named} named and ${recorded.generated} generated edits`,
    `  faulty components   ${live.requirements} of ${all} requirements, by ${live.seen} of ${live.tried} that were tried on a cluster`,
  ];
}

/** The whole matrix as text: a line for each requirement, then the faulty components of each release that were tried. */
export function formatKillMatrix(summary: KillSummary, {live}: Pick<KillMatrix, 'live'>): string {
  const rows = summary.requirements.map(
    ({requirement, named, generated, live: its}) =>
      `${requirement.padEnd(8)} ${String(named.length).padStart(5)} ${String(generated).padStart(10)}  ${its.join(', ')}`,
  );
  return `${[
    'requirement, named and generated edits of recordings, faulty components',
    ...rows.map(row => row.trimEnd()),
    '',
    ...live.flatMap(formatRelease),
    ...formatKillSummary(summary),
  ].join('\n')}\n`;
}

function formatRelease({release, faults}: LiveKills): readonly string[] {
  const counts = [...Map.groupBy(faults, ({outcome}) => outcome)].map(([outcome, its]) => `${its.length} ${outcome}`);
  return [
    `Faulty components on Kubernetes ${release}: ${counts.toSorted().join(', ')}`,
    ...faults.map(({id, group, outcome, killedBy, describes}) => {
      const by = killedBy.length === 0 ? '' : ` by ${killedBy.join(', ')}`;
      return `  ${id.padEnd(28)} ${group.padEnd(12)} ${outcome}${by}: ${describes}`;
    }),
    '',
  ];
}
