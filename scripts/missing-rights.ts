import type {Target} from '../harness/recording/target.ts';
import type {Statement} from '../harness/suite.ts';
import {skipReason} from '../harness/verdicts/verdict.ts';
import type {Selection} from './selection.ts';

/** What each right that the user lacks costs, a line each: the requirements that are skipped for it, in all scenarios or some. */
export function missingRights(
  statements: readonly Statement[],
  {requirements: selected}: Selection,
  target: Target,
): readonly string[] {
  const asked = statements
    .filter(({requirement}) => selected.has(requirement.id))
    .map(({requirement, scenario: {id, needs = []}}) => ({
      id: requirement.id,
      skipped: skipReason(requirement, target, {needs, selected, scenario: id}),
    }));
  const judged = new Set(asked.filter(({skipped}) => skipped === undefined).map(({id}) => id));
  const lacking = asked.flatMap(({id, skipped}) =>
    skipped?.reason === 'no-permission' ? [{id, why: skipped.why}] : [],
  );
  return [...Map.groupBy(lacking, ({why}) => why)].map(([why, its]) => {
    const ids = [...new Set(its.map(({id}) => id))];
    const wholly = ids.filter(id => !judged.has(id));
    const partly = ids.filter(id => judged.has(id));
    return [
      why,
      ...(wholly.length === 0 ? [] : [`skips ${wholly.join(', ')}`]),
      ...(partly.length === 0 ? [] : [`leaves a scenario out of ${partly.join(', ')}`]),
    ].join('; ');
  });
}
