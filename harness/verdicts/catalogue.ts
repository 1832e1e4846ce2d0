import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {z} from 'zod';
import {SuiteError} from '../errors.ts';
import {readKillMatrix, type KillMatrix} from './kill-matrix.ts';
import {readYaml} from './yaml-file.ts';

const source = z.strictObject({document: z.string(), section: z.string()});
const release = z.string().regex(/^1\.\d+$/);
const id = z.string().regex(/^[A-Z]{3}-\d+$/);

/** Groups of requirements that a run can be asked for, by what they need of the target. */
export const profiles = ['core', 'api', 'workloads', 'node', 'disruptive', 'service-level'] as const;

export const requirementSchema = z.strictObject({
  id,
  /** Follows the keyword or the indicative of the source; what only the code shows is never a MUST. */
  level: z.enum(['MUST', 'SHOULD']),
  /** One sentence, in our words. */
  title: z.string().max(140),
  source,
  also: z.array(source).optional(),
  /** First release that promises it. */
  since: release,
  /** Last release that does; a later one promises something else. */
  until: release.optional(),
  profile: z.enum(profiles),
  /** On which targets it can be judged: with the feature on, with it off, or with ContainerRestartRules off too. */
  gates: z.enum(['on', 'off', 'rules-off']).default('on'),
  /**
   * For one that says that something does not happen: requirements that say where it does. It counts only beside one of them
   * that held in the same run, on the same node.
   */
  control: z.array(id).min(1).optional(),
  /** The same where the check itself sees the control in the recording that it judges: what that is. */
  controlWithin: z.string().optional(),
  /** The kind of object that it is about, where scenarios can do without one that the user may not create. */
  kind: z.literal('Secret').optional(),
  /** Upstream tests that touch it. */
  upstream: z.array(z.string()).optional(),
  /** What of it the suite does not look at, and why. */
  notCovered: z.string().optional(),
});

export const deviationSchema = z.strictObject({
  requirement: id,
  releases: z.array(release).min(1),
  /** What a check saw instead, to the letter: `saw` of its finding. */
  saw: z.string(),
  /** How often, where it does not show every time: then a run in which it doesn't show is no news. */
  sometimes: z.string().optional(),
  /** Where that can be read or was reported. */
  evidence: z.string(),
});

export type Requirement = z.infer<typeof requirementSchema>;
export type Deviation = z.infer<typeof deviationSchema>;

/** The requirements by id, and what released Kubernetes is known not to meet. */
export interface Catalogue {
  readonly requirements: ReadonlyMap<string, Requirement>;
  readonly deviations: readonly Deviation[];
  /** Which faults the requirements are known to catch. */
  readonly kills?: KillMatrix;
  /** SHA-256 of the files that both were read from, by name. */
  readonly digests?: Readonly<Record<string, string>> | undefined;
}

/**
 * Reads suites/requirements.yaml and suites/deviations.yaml, and which faults they are known to catch.
 *
 * @param folder URL of suites/
 * @throws SuiteError `badData` where a file doesn't fit its schema, an id stands twice, or a deviation names an unknown one
 */
export function readCatalogue(folder: URL): Catalogue {
  const requirements = readYaml(new URL('requirements.yaml', folder), z.array(requirementSchema));
  const deviations = readYaml(new URL('deviations.yaml', folder), z.array(deviationSchema));
  const byId = new Map(requirements.map(requirement => [requirement.id, requirement]));
  if (byId.size < requirements.length) {
    const twice = requirements.find(
      (requirement, index) => requirements.findIndex(other => other.id === requirement.id) < index,
    );
    throw new SuiteError('badData', `requirements.yaml has ${twice?.id ?? 'an id'} twice`);
  }
  const stray = deviations.find(deviation => !byId.has(deviation.requirement));
  if (stray !== undefined)
    throw new SuiteError(
      'badData',
      `deviations.yaml names ${stray.requirement}, which requirements.yaml does not have`,
    );
  const uncontrolled = requirements.find(({control = []}) => control.some(id => !byId.has(id)));
  if (uncontrolled !== undefined)
    throw new SuiteError('badData', `requirements.yaml names a control of ${uncontrolled.id} that it does not have`);
  return {requirements: byId, deviations, kills: readKillMatrix(folder), digests: digestsOf(folder)};
}

function digestsOf(folder: URL): Catalogue['digests'] {
  const digest = (name: string): string =>
    createHash('sha256')
      .update(readFileSync(new URL(name, folder)))
      .digest('hex');
  return Object.fromEntries(['requirements.yaml', 'deviations.yaml'].map(name => [name, digest(name)]));
}
