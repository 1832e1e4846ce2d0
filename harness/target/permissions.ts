import {z} from 'zod';
import {SuiteError} from '../errors.ts';
import type {Need} from '../recording/scenario.ts';
import type {Api} from './api.ts';
import type {Right} from './rights.ts';

const reviewSchema = z.looseObject({status: z.looseObject({allowed: z.boolean()})});

/** What only some scenarios do, which are skipped without; manifests/rbac holds it apart. */
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
 * Asks the API server whether this user may do what a run does.
 *
 * @param rights all that it does, as `rightsOf` gives them
 * @throws SuiteError `forbidden` that lists every missing right
 */
export async function requirePermissions(api: Api, rights: readonly Right[], signal: AbortSignal): Promise<void> {
  const missing = await missingOf(api, rights, signal);
  if (missing.length > 0) {
    throw new SuiteError('forbidden', `the user of this context may not: ${missing.join(', ')}`, {
      next: 'kubectl apply -f manifests/rbac/, and bind those ClusterRoles to the user as their first lines show',
    });
  }
}

/** Asks the API server which of the rights that only some scenarios need this user has. */
export async function grantedNeeds(api: Api, signal: AbortSignal): Promise<readonly Need[]> {
  const asked = await Promise.all(
    wanted.map(async ([need, rights]) => ({need, missing: await missingOf(api, rights, signal)})),
  );
  return asked.filter(({missing}) => missing.length === 0).map(({need}) => need);
}

async function missingOf(api: Api, rights: readonly Right[], signal: AbortSignal): Promise<readonly string[]> {
  const answers = await Promise.all(
    rights.map(async ([verb, name, subresource]) => {
      const [resource, ...group] = name.split('.');
      const resourceAttributes = {
        verb,
        resource,
        ...(group.length === 0 ? {} : {group: group.join('.')}),
        ...(subresource === undefined ? {} : {subresource}),
      };
      const body = {apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: {resourceAttributes}};
      const review = await api.json('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
        method: 'POST',
        body,
        signal,
      });
      const right = `${verb} ${name}${subresource === undefined ? '' : `/${subresource}`}`;
      return {right, allowed: reviewSchema.parse(review).status.allowed};
    }),
  );
  return answers.filter(({allowed}) => !allowed).map(({right}) => right);
}
