import {z} from 'zod';
import {SuiteError} from '../errors.ts';
import type {LiveFault} from './kill-matrix.ts';
import type {Verdict} from './verdict.ts';
import {readYaml} from './yaml-file.ts';

const editSchema = z.strictObject({
  /** Import path of a package and name of a file in it. */
  file: z.string(),
  /** Name of the function, in which alone `find` is looked for. */
  in: z.string().optional(),
  /** Text that is there once, or the `nth` time. */
  find: z.string().min(1),
  nth: z.number().int().positive().optional(),
  replace: z.string(),
});

const mutantSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  /** What of the kubelet it is about; `control` where nothing of it can be observed. */
  group: z.string(),
  /** What that kubelet does wrong, in one sentence. */
  describes: z.string().max(140),
  /** Kubernetes releases that have the place. */
  releases: z.array(z.string().regex(/^1\.\d+\.\d+$/)).min(1),
  edits: z.array(editSchema).min(1),
  /** Ids of the scenarios that are recorded on it. */
  scenarios: z.array(z.string()).min(1),
  /** Ids of the requirements that must be Failed there, one at least; none for a control. */
  expects: z.array(z.string()),
  /** Why it is the same as the original in all that can be observed. */
  equivalent: z.string().optional(),
});

/** What was changed in a file of a kubelet. */
export type Edit = z.infer<typeof editSchema>;

/** A kubelet with one fault, and what a run on it must come to. */
export type Mutant = z.infer<typeof mutantSchema>;

/**
 * Reads suites/mutants/faults.yaml.
 *
 * @param folder URL of suites/
 * @throws SuiteError `badData` where it doesn't fit its schema or has an id twice
 */
export function readMutants(folder: URL): readonly Mutant[] {
  const mutants = readYaml(new URL('mutants/faults.yaml', folder), z.array(mutantSchema));
  const twice = mutants.find(({id}, index) => mutants.findIndex(other => other.id === id) < index);
  if (twice !== undefined) throw new SuiteError('badData', `faults.yaml has ${twice.id} twice`);
  return mutants;
}

/**
 * What the verdicts of a run on a faulty kubelet say of it.
 *
 * @param verdicts of its scenarios, one for each requirement and scenario
 */
export function judgeMutant(
  {group, expects, equivalent}: Mutant,
  verdicts: readonly Pick<Verdict, 'requirement' | 'outcome'>[],
): Pick<LiveFault, 'killedBy' | 'undecided' | 'outcome'> {
  const withOutcome = (...outcomes: readonly Verdict['outcome'][]) =>
    new Set(verdicts.filter(verdict => outcomes.includes(verdict.outcome)).map(({requirement}) => requirement));
  const killedBy = [...withOutcome('Failed')];
  const undecided = [...withOutcome('Inconclusive', 'Error').difference(new Set(killedBy))];
  const said = {killedBy, undecided};
  if (group === 'control') return {...said, outcome: 'control'};
  if (killedBy.some(id => expects.includes(id))) return {...said, outcome: 'killed'};
  if (killedBy.length > 0) return {...said, outcome: 'killed otherwise'};
  return {...said, outcome: equivalent === undefined ? 'survived' : 'equivalent'};
}

/** Whether a result is as it should be: killed by a requirement that was expected to, or nothing seen of a control. */
export function isAsPredicted({outcome: came, killedBy}: Pick<LiveFault, 'outcome' | 'killedBy'>): boolean {
  return came === 'control' || came === 'equivalent' ? killedBy.length === 0 : came === 'killed';
}
