import {SuiteError} from '../errors.ts';
import type {Need, Scenario} from '../recording/scenario.ts';
import {rightText, type Access, type Right} from './access.ts';
import {rightsOf, rightsOfEveryRun, type Done, type Home} from './rights.ts';

/** What only scenarios of requests do, which are skipped without; manifests/rbac holds it apart. */
const wanted: readonly (readonly [need: Need, rights: readonly Right[]])[] = [
  [
    'right to patch Pods and create Deployments',
    [
      ['get', 'pods'],
      ['patch', 'pods'],
      ['create', 'deployments.apps'],
    ],
  ],
  [
    'right to create nodes',
    [...['create', 'get', 'list', 'delete'].map(verb => [verb, 'nodes'] as const), ['patch', 'nodes', 'status']],
  ],
];

/**
 * Asks the API server whether this user may do what every scenario does.
 *
 * @throws SuiteError `forbidden` that lists every missing right
 */
export async function requirePermissions(access: Access, home: Home): Promise<void> {
  const missing = await access.missing(rightsOfEveryRun(home));
  if (missing.length > 0) {
    throw new SuiteError('forbidden', `the user of this context may not: ${missing.map(rightText).join(', ')}`, {
      next:
        home === 'own'
          ? 'apply manifests/rbac/ as its first lines show, or name a namespace that exists with --namespace'
          : 'apply manifests/rbac/core.yaml in that namespace, as its first lines show',
    });
  }
}

/** Asks the API server which of the rights that only scenarios of requests need this user has. */
export async function grantedNeeds(access: Access): Promise<readonly Need[]> {
  const asked = await Promise.all(
    wanted.map(async ([need, rights]) => ({need, missing: await access.missing(rights)})),
  );
  return asked.filter(({missing}) => missing.length === 0).map(({need}) => need);
}

/** A scenario with its objects. */
export type Planned = Done & {readonly scenario: Scenario};

/**
 * Asks the API server which scenarios this user may not run.
 *
 * @returns the missing rights, as people write them, by the scenario's id
 */
export async function missingByScenario(
  access: Access,
  planned: readonly Planned[],
  home: Home,
): Promise<Readonly<Record<string, string[]>>> {
  const asked = await Promise.all(
    planned.map(async done => {
      const missing = inShort(await access.missing(rightsOf(done, home)));
      const privileged = home === 'given' && done.scenario.admits === 'privileged';
      if (privileged) missing.push('create a namespace that admits privileged Pods');
      return [done.scenario.id, missing] as const;
    }),
  );
  return Object.fromEntries(asked.filter(([, missing]) => missing.length > 0));
}

/** Rights with the verbs on one resource together: create, list jobs.batch. */
function inShort(rights: readonly Right[]): string[] {
  const byResource = Map.groupBy(rights, ([, ...resource]) => resource.join('/'));
  return [...byResource].map(([resource, its]) => `${its.map(([verb]) => verb).join('/')} ${resource}`);
}
