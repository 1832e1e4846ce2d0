import {SuiteError} from '../harness/errors.ts';
import type {Scenario} from '../harness/recording/scenario.ts';
import type {Statement} from '../harness/suite.ts';
import {profiles, type Catalogue, type Requirement} from '../harness/verdicts/catalogue.ts';

/** What a run is asked to judge. */
export interface Asked {
  /** Profiles, or `all`. */
  readonly profile: readonly string[];
  /** Ids of requirements; where there are any, nothing else is judged but their controls. */
  readonly only: readonly string[];
  /** Ids of requirements to leave out. */
  readonly skip: readonly string[];
  /** Ids of scenarios; where there are any, no other is recorded. */
  readonly scenarios?: readonly string[];
}

/** What is asked for and, since some of it counts only beside its controls, those. */
function withControls(
  requirements: Catalogue['requirements'],
  asked: readonly Requirement[],
  skip: readonly string[],
): Set<string> {
  const selected = new Set(asked.map(({id}) => id));
  for (const id of selected) {
    // A set goes on over what is added meanwhile.
    for (const control of requirements.get(id)?.control ?? []) if (!skip.includes(control)) selected.add(control);
  }
  return selected;
}

/** The requirements that a run judges, and the scenarios that it must record for that. */
export interface Selection {
  readonly requirements: ReadonlySet<string>;
  readonly scenarios: readonly Scenario[];
}

/**
 * Chooses requirements by profile and id, and by the scenarios that state them.
 *
 * @throws SuiteError `usage` that names a profile or an id which is not known, or where nothing is left
 */
export function select({requirements}: Catalogue, statements: readonly Statement[], asked: Asked): Selection {
  const {profile, only, skip, scenarios: named = []} = asked;
  const strange = profile.find(name => name !== 'all' && !profiles.some(known => known === name));
  if (strange !== undefined) {
    throw new SuiteError('usage', `there is no profile ${JSON.stringify(strange)}`, {
      next: `name one of ${profiles.join(', ')}, or all`,
    });
  }
  const unknown = [...only, ...skip].find(id => !requirements.has(id));
  if (unknown !== undefined) {
    throw new SuiteError('usage', `there is no requirement ${JSON.stringify(unknown)}`, {
      next: 'rac catalogue lists them',
    });
  }
  const unstated = only.find(id => !statements.some(({requirement}) => requirement.id === id));
  if (unstated !== undefined) {
    throw new SuiteError('usage', `no suite states ${unstated}`, {
      next: `add requirement('${unstated}', ...) to a suite, suites/*.test.ts`,
    });
  }
  const stray = named.find(id => !statements.some(({scenario}) => scenario.id === id));
  if (stray !== undefined) throw new SuiteError('usage', `there is no scenario ${JSON.stringify(stray)}`);
  const stated = statements.filter(({scenario}) => named.length === 0 || named.includes(scenario.id));
  const wanted = ({id, profile: its}: Requirement): boolean =>
    !skip.includes(id) && (only.length > 0 ? only.includes(id) : profile.includes('all') || profile.includes(its));
  const ids = new Set(stated.map(({requirement}) => requirement.id));
  const chosen = [...requirements.values()].filter(each => ids.has(each.id) && wanted(each));
  const selected = withControls(requirements, chosen, skip);
  if (selected.size === 0) throw new SuiteError('usage', 'nothing is left to judge', {next: 'leave out --skip'});
  const scenarios = stated.filter(({requirement}) => selected.has(requirement.id)).map(({scenario}) => scenario);
  return {requirements: selected, scenarios: [...new Map(scenarios.map(each => [each.id, each])).values()]};
}
