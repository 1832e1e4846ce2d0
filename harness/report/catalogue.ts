import type {Catalogue, Deviation, Requirement} from '../verdicts/catalogue.ts';
import type {Stated} from '../verdicts/coverage.ts';
import {killsOf, type Kills} from '../verdicts/kill-matrix.ts';
import {groups} from './groups.ts';

/** A requirement with all that the catalogue tells of it. */
export interface CatalogueRow {
  readonly requirement: Requirement;
  /** Ids of the scenarios that judge it. */
  readonly scenarios: readonly string[];
  readonly deviations: readonly Deviation[];
  /** The faults that it is known to catch; undefined where that is not known. */
  readonly kills?: Kills | undefined;
}

const wherever = {
  on: '',
  off: ', judged where the feature is off',
  'rules-off': ', judged where ContainerRestartRules is off',
} as const satisfies Record<Requirement['gates'], string>;

/**
 * Puts the catalogue together, in the order of its groups and then of its numbers.
 *
 * @param stated what the suites state
 */
export function catalogueRows(
  {requirements, deviations, kills}: Catalogue,
  stated: readonly Stated[],
): readonly CatalogueRow[] {
  const faults = new Map(
    kills === undefined ? [] : killsOf(kills, requirements.keys()).map(each => [each.requirement, each]),
  );
  const order = Object.keys(groups);
  const place = ({id}: Requirement): number => {
    const group = order.indexOf(groupOf(id));
    return (group < 0 ? order.length : group) * 1000 + Number(id.split('-')[1]);
  };
  return [...requirements.values()]
    .toSorted((a, b) => place(a) - place(b))
    .map(requirement => ({
      requirement,
      scenarios: [
        ...new Set(stated.filter(each => each.requirement === requirement.id).map(({scenario}) => scenario)),
      ].toSorted(),
      deviations: deviations.filter(each => each.requirement === requirement.id),
      kills: faults.get(requirement.id),
    }));
}

/** The catalogue as text: for each requirement where it comes from, where it holds, what judges it and what is known of it. */
export function formatCatalogue(rows: readonly CatalogueRow[]): string {
  const lines: string[] = [];
  let group = '';
  for (const row of rows) {
    const its = groupOf(row.requirement.id);
    if (its !== group) lines.push(`${its} ${groups[its] ?? ''}`.trimEnd());
    group = its;
    lines.push(...formatRow(row), '');
  }
  return `${[...lines, summary(rows)].join('\n')}\n`;
}

function formatRow({requirement, scenarios, deviations, kills}: CatalogueRow): string[] {
  const {id, level, title, source, also = [], profile, gates, upstream = [], notCovered} = requirement;
  const {control, controlWithin} = requirement;
  const field = (name: string, values: readonly string[]): string[] =>
    values.map((value, index) => `    ${(index === 0 ? name : '').padEnd(10)} ${value}`);
  return [
    `  ${id.padEnd(7)} ${level.padEnd(6)} ${title}`,
    ...field(
      'source',
      [source, ...also].map(({document, section}) => `${document}, "${section}"`),
    ),
    ...field('releases', [releasesOf(requirement)]),
    ...field('profile', [`${profile}${wherever[gates]}`]),
    ...field('scenarios', [scenarios.length === 0 ? 'none' : scenarios.join(', ')]),
    ...field('control', control === undefined ? [] : [`${anyOf(control)}, in the same run on the same node`]),
    ...field('control', controlWithin === undefined ? [] : [`in the same recording: ${controlWithin}`]),
    ...field('upstream', upstream),
    ...field('faults', kills === undefined ? [] : faultsOf(kills)),
    ...field('not judged', notCovered === undefined ? [] : [notCovered]),
    ...field(
      'deviates',
      deviations.map(({releases, saw}) => `${releases.join(', ')}: ${saw}`),
    ),
  ];
}

/** Named edits of recordings, then how many generated ones, then faulty components. */
function faultsOf({named, generated, live}: Kills): readonly string[] {
  return [...named, ...(generated === 0 ? [] : [`${generated} generated edits`]), ...live];
}

function anyOf(ids: readonly string[]): string {
  return ids.length === 1 ? ids.join('') : `${ids.slice(0, -1).join(', ')} or ${ids.at(-1) ?? ''}`;
}

function releasesOf({since, until}: Requirement): string {
  if (until === undefined) return `from ${since} on`;
  return until === since ? since : `${since} to ${until}`;
}

function groupOf(id: string): string {
  return id.split('-')[0] ?? '';
}

function summary(rows: readonly CatalogueRow[]): string {
  const musts = rows.filter(({requirement}) => requirement.level === 'MUST').length;
  const unjudged = rows.filter(({scenarios}) => scenarios.length === 0).length;
  const deviating = rows.filter(({deviations}) => deviations.length > 0).length;
  return `${rows.length} requirements: ${musts} MUST, ${rows.length - musts} SHOULD; ${unjudged} judged by no scenario; ${deviating} with a known deviation`;
}
