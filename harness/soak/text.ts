import type {Entry} from './ledger.ts';
import {soaked, type Difference, type Soaked, type Steadiness} from './summary.ts';

/**
 * A ledger as text: for each release and requirement the runs, the verdicts that differ and the bound that follows, and
 * where a verdict differs, what was seen and the recording that shows it.
 *
 * @param isThere whether a run's folder is still there
 */
export function ledgerText(entries: readonly Entry[], isThere: (folder: string) => boolean): string {
  const lines = soaked(entries).flatMap(each => ['', ...releaseLines(each, isThere)]);
  const broken = entries.flatMap(entry =>
    entry.kind === 'broken' ? [`  run ${entry.number} on ${entry.on}, ${entry.startedAt}: ${entry.why}`] : [],
  );
  if (broken.length > 0) lines.push('', `no verdict: ${broken.length} of ${entries.length}`, ...broken);
  return `${lines.slice(1).join('\n')}\n`;
}

function releaseLines({server, runs, requirements}: Soaked, isThere: (folder: string) => boolean): readonly string[] {
  const loaded = runs.filter(({load}) => load === 'cpu').length;
  const differing = requirements.filter(each => each.differing.length > 0);
  return [
    `Kubernetes ${server}: ${runs.length} runs, ${loaded} of them with a load of ours; ${requirements.length} requirements, ${differing.length} with differing verdicts`,
    ...requirements.flatMap(each => [line(each), ...each.differing.map(other => detail(each.id, other, isThere))]),
  ];
}

function line({id, runs, rule, differing, bound}: Steadiness): string {
  const share = (bound * 100).toPrecision(2);
  return `  ${id.padEnd(7)} ${rule.padEnd(14)} ${differing.length} of ${runs} differ: below ${share} % at 95 %`;
}

function detail(id: string, {run, outcome}: Difference, isThere: (folder: string) => boolean): string {
  const seen = run.seen[id];
  const where = seen === undefined ? run.folder : `${run.folder}/${seen.at}`;
  const gone = isThere(run.folder) ? '' : ' (removed)';
  const load = run.load === 'none' ? '' : ', with a load of ours';
  const saw = seen === undefined ? '' : `: ${seen.saw}`;
  return `            run ${run.number}${load}  ${outcome}  ${where}${gone}${saw}`;
}
