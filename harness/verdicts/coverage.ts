import {z} from 'zod';
import {profiles, type Catalogue, type Requirement} from './catalogue.ts';
import {compareReleases} from './verdict.ts';
import {readYaml} from './yaml-file.ts';

const release = z.string().regex(/^1\.\d+$/);
const ids = z.array(z.string()).min(1);

const pointSchema = z.strictObject({
  /** What the announcement says, in our words. */
  point: z.string(),
  requirements: ids,
});

const upstreamCaseSchema = z.strictObject({
  /** Kind and title of the test. */
  name: z.string(),
  /** Releases whose sources have it. */
  releases: z.array(release).min(1),
  requirements: ids,
  /** Why these together are at least as strict. */
  why: z.string(),
});

/** What the catalogue has to cover beside the documents: the announcement, point by point, and upstream's own tests. */
export interface Coverage {
  readonly announcement: readonly z.infer<typeof pointSchema>[];
  readonly upstream: readonly z.infer<typeof upstreamCaseSchema>[];
}

/** One requirement as a suite states it of one scenario. */
export interface Stated {
  readonly requirement: string;
  readonly scenario: string;
}

/**
 * Reads suites/announcement.yaml and suites/upstream.yaml.
 *
 * @param folder URL of suites/
 * @throws SuiteError `badData` where a file doesn't fit its schema
 */
export function readCoverage(folder: URL): Coverage {
  return {
    announcement: readYaml(new URL('announcement.yaml', folder), z.array(pointSchema)),
    upstream: readYaml(new URL('upstream.yaml', folder), z.array(upstreamCaseSchema)),
  };
}

/**
 * What is missing between the catalogue, the suites, the announcement and upstream's tests; one line each, none where it is
 * whole.
 *
 * @param stated what the suites state
 */
export function holes(catalogue: Catalogue, stated: readonly Stated[], coverage: Coverage): readonly string[] {
  return [
    ...unstated(catalogue, stated),
    ...emptyProfiles(catalogue),
    ...uncovered(catalogue, coverage),
    ...unlike(catalogue, coverage),
    ...strayDeviations(catalogue),
  ];
}

/** What `holes` looks through, in one line of counts. */
export function extentOf(
  {requirements, deviations}: Catalogue,
  stated: readonly Stated[],
  {announcement, upstream}: Coverage,
): string {
  const scenarios = new Set(stated.map(({scenario}) => scenario)).size;
  const parts = [
    `${requirements.size} requirements`,
    `${scenarios} scenarios`,
    `${profiles.length} profiles`,
    `${announcement.length} points of the announcement`,
    `${upstream.length} upstream tests`,
    `${deviations.length} deviations`,
  ];
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}

/** Whether a release is one for which the requirement is promised. */
export function holdsIn({since, until}: Requirement, release: string): boolean {
  return compareReleases(release, since) >= 0 && (until === undefined || compareReleases(release, until) <= 0);
}

function unstated({requirements}: Catalogue, stated: readonly Stated[]): string[] {
  const known = new Set(stated.map(({requirement}) => requirement));
  return [
    ...[...requirements.keys()].filter(id => !known.has(id)).map(id => `${id} is stated by no suite`),
    ...[...known].filter(id => !requirements.has(id)).map(id => `a suite states ${id}, which is not in the catalogue`),
  ];
}

function emptyProfiles({requirements}: Catalogue): string[] {
  const used = new Set([...requirements.values()].map(({profile}) => profile));
  return profiles.filter(profile => !used.has(profile)).map(profile => `profile ${profile} has no requirement`);
}

function uncovered({requirements}: Catalogue, {announcement, upstream}: Coverage): string[] {
  const missing = (ids: readonly string[]) => ids.filter(id => !requirements.has(id));
  const points = announcement.flatMap(({point, requirements: named}) =>
    missing(named).map(id => `announcement, "${point}": ${id} is not in the catalogue`),
  );
  const cases = upstream.flatMap(({name, releases, requirements: named}) => {
    const found = named.flatMap(id => requirements.get(id) ?? []);
    const bare = releases.filter(release => found.length > 0 && !found.some(each => holdsIn(each, release)));
    return [
      ...missing(named).map(id => `upstream, "${name}": ${id} is not in the catalogue`),
      ...bare.map(release => `upstream, "${name}": none of its requirements holds in ${release}`),
    ];
  });
  return [...points, ...cases];
}

/** Where a requirement and upstream.yaml don't name each other. */
function unlike({requirements}: Catalogue, {upstream}: Coverage): string[] {
  const cases = new Map(upstream.map(({name, requirements: named}) => [name, named]));
  return [...requirements.values()].flatMap(({id, upstream: touching = []}) => [
    ...touching
      .filter(name => cases.get(name)?.includes(id) !== true)
      .map(name => `${id} names the upstream test "${name}", and upstream.yaml does not name ${id} there`),
    ...upstream
      .filter(({name, requirements: named}) => named.includes(id) && !touching.includes(name))
      .map(({name}) => `upstream, "${name}": names ${id}, which does not name it`),
  ]);
}

function strayDeviations({requirements, deviations}: Catalogue): string[] {
  return deviations.flatMap(({requirement: id, releases}) => {
    const requirement = requirements.get(id);
    if (requirement === undefined) return [];
    return releases
      .filter(release => !holdsIn(requirement, release))
      .map(release => `deviations.yaml has ${id} for ${release}, for which it is not promised`);
  });
}
