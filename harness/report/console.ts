import {styleText} from 'node:util';
import type {Target} from '../recording/target.ts';
import {marks} from '../timeouts.ts';
import type {Pool} from '../verdicts/pools.ts';
import type {Outcome} from '../verdicts/verdict.ts';
import {groups} from './groups.ts';
import {formatKillSummary} from './kills.ts';
import type {ProfileResult, Report, Row} from './report.ts';

const colours = {
  Passed: 'green',
  Failed: 'red',
  Inconclusive: 'yellow',
  Error: 'magenta',
  KnownDeviation: 'cyan',
  Skipped: 'gray',
} as const satisfies Record<Outcome, string>;

/**
 * The report as text: the target and its probes, a line for each requirement, and under those that did not pass what was
 * expected, what was seen, the deciding observations and their place in the recording.
 *
 * @param colour whether to colour the outcomes
 */
export function formatReport(report: Report, colour: boolean): string {
  const paint = (outcome: Outcome) =>
    colour ? styleText(colours[outcome], outcome, {validateStream: false}) : outcome;
  const {rows, pools, unjudged, stale, kills} = report;
  const lines = [...head(report), ''];
  let group = '';
  for (const row of rows) {
    const [prefix = ''] = row.requirement.id.split('-');
    if (prefix !== group) lines.push(`${prefix} ${groups[prefix] ?? ''}`);
    group = prefix;
    lines.push(...formatRow(row, paint));
  }
  if (unjudged.length > 0) lines.push('', `not judged in this run: ${unjudged.map(({id}) => id).join(', ')}`);
  for (const {requirement, saw} of stale)
    lines.push('', `stale deviation: ${requirement} passed, though deviations.yaml says: ${saw}`);
  lines.push('', 'Profiles', ...report.profiles.map(formatProfile));
  if (pools.length > 1) lines.push('', 'Node pools', ...pools.flatMap(formatPool));
  if (kills !== undefined) lines.push('', ...formatKillSummary(kills));
  return `${[...lines, '', summary(report)].join('\n')}\n`;
}

/** The last line: the result and the count of each outcome. */
export function summary({result, counts, target}: Report): string {
  return `Result on Kubernetes ${target.server}: ${result} (${tally(counts)})`;
}

function tally(counts: Report['counts']): string {
  return Object.entries(counts)
    .filter(([outcome, count]) => count > 0 || outcome === 'Passed' || outcome === 'Failed')
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(', ');
}

function formatProfile({name, result, counts}: ProfileResult): string {
  return `  ${name.padEnd(14)} ${result.padEnd(11)} ${tally(counts)}`;
}

/** What the run comes to on nodes that are alike. */
function formatPool({kubelet, runtime, os, architecture, nodes, counts}: Pool): string[] {
  const alike = [`kubelet ${kubelet}`, runtime, os, ...(architecture === undefined ? [] : [architecture])];
  return [`  ${nodes.join(', ')}: ${tally(counts)}`, `    ${alike.join(', ')}`];
}

function head({suite, target, disagreements}: Report): string[] {
  const runtimes = [...new Set(target.nodes.map(({kubelet, runtime}) => `kubelet ${kubelet}, ${runtime}`))].join('; ');
  const nodes = runtimes === '' ? 'nodes that this user may not see' : `${target.nodes.length} node(s): ${runtimes}`;
  return [
    `RestartAllContainers conformance, suite ${suite}`,
    `  target   ${target.context}, Kubernetes ${target.server}, ${nodes}`,
    `  image    ${target.image}`,
    ...(target.namespace === undefined ? [] : [`  in       namespace ${target.namespace}`]),
    ...(target.placement === undefined ? [] : [`  placed   ${placed(target.placement)}`]),
    ...(target.admission === undefined ? [] : [`  added    by admission: ${target.admission.join(', ')}`]),
    `  node     ${pace(target)}`,
    `  feature  ${target.feature === 'on' ? 'on' : 'OFF: nothing of the restart was judged'}`,
    ...disagreements.map(each => `    finding  ${each}`),
    ...target.probes.map(({name, says, detail}) => `    ${says.padEnd(7)}  ${name}: ${detail}`),
  ];
}

function placed({nodeSelector = {}, runtimeClass}: NonNullable<Target['placement']>): string {
  const labels = Object.entries(nodeSelector).map(([key, value]) => `${key}=${value}`);
  return [...labels, ...(runtimeClass === undefined ? [] : [`runtime class ${runtimeClass}`])].join(', ');
}

/** How quick the node is, beside what the KEP gives a restart; on a slow one, what comes late is not held against it. */
function pace({calibration}: Target): string {
  const kep = `${marks.firstContainer.ms / 1000} s to the first container, ${marks.everything.ms / 1000} s to all`;
  const took = calibration === undefined ? 'not known' : `${(calibration.restartMs / 1000).toFixed(2)} s`;
  return `an ordinary restart of one container: ${took}; a restart of all, as KEP-5532 has it: ${kep}`;
}

function formatRow(row: Row, paint: (outcome: Outcome) => string): string[] {
  const {id, level, title} = row.requirement;
  const {outcome, reason} = row.verdict;
  const line = `  ${id.padEnd(7)} ${level.padEnd(6)} ${title.padEnd(100)} ${paint(outcome)}${reason === undefined ? '' : ` (${reason})`}`;
  return [line, ...details(row).map(text => `      ${text}`)];
}

/** What stands under a requirement: of one that passed or was skipped only what was measured. */
export function details({requirement: {source}, verdict, scenarios, deviation}: Row): readonly string[] {
  const figures = scenarios.flatMap(each => (each.figures ?? []).map(text => `figures   ${each.scenario}: ${text}`));
  if (verdict.outcome === 'Passed' || verdict.outcome === 'Skipped') return figures;
  const nodes = new Set(scenarios.map(({node}) => node));
  const where = (node: string | undefined): string => (nodes.size > 1 ? ` on ${node ?? 'no node'}` : '');
  const same = scenarios
    .filter(({outcome}) => outcome === verdict.outcome)
    .map(({scenario, node}) => `${scenario}${where(node)}`);
  return [
    `source    ${source.document}, "${source.section}"`,
    `expected  ${verdict.expected}`,
    `saw       ${verdict.saw}`,
    `in        ${same.join(', ')}${same.length < scenarios.length ? ` (${same.length} of ${scenarios.length} scenarios)` : ''}`,
    ...figures,
    ...(deviation === undefined ? [] : [`known     ${deviation.evidence}`]),
    ...verdict.excerpt.map(each => `  ${each}`),
  ];
}
