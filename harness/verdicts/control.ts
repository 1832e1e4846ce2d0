import type {Catalogue} from './catalogue.ts';
import type {Verdict} from './verdict.ts';

/**
 * The verdicts as they count beside one another. That something did not happen says nothing where it would not have happened
 * anyway: a requirement that names controls counts only beside one of them that held in the same run on the same node; without,
 * it is undecided.
 */
export function besideControls(
  {requirements}: Pick<Catalogue, 'requirements'>,
  verdicts: readonly Verdict[],
): readonly Verdict[] {
  return verdicts.map(verdict => {
    const control = requirements.get(verdict.requirement)?.control;
    if (control === undefined || !counts(verdict)) return verdict;
    const controls = verdicts.filter(
      other => control.includes(other.requirement) && other.requirement !== verdict.requirement,
    );
    if (controls.some(other => counts(other) && isBeside(verdict, other))) return verdict;
    const {node} = verdict;
    const where = node === undefined ? 'in this run' : `in this run on node ${node}`;
    return {...verdict, outcome: 'Inconclusive', saw: `no control: ${noneOf(control)} ${where}`};
  });
}

/** Whether a verdict rests on what was seen of a restart or a request. */
function counts({outcome}: Verdict): boolean {
  return outcome === 'Passed' || outcome === 'KnownDeviation';
}

/** A scenario is its own control where it judges both. */
function isBeside(one: Verdict, other: Verdict): boolean {
  return one.scenario === other.scenario || one.node === undefined || one.node === other.node;
}

function noneOf(ids: readonly string[]): string {
  return ids.length === 1 ? `${ids.join('')} did not hold` : `none of ${ids.join(', ')} held`;
}
