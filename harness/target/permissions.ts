import {z} from 'zod';
import {SuiteError} from '../errors.ts';
import type {Api} from './api.ts';

const reviewSchema = z.looseObject({status: z.looseObject({allowed: z.boolean()})});

/** What a run does on a target; manifests/rbac holds the same as a ClusterRole. */
const needed: readonly (readonly [verb: string, resource: string, subresource?: string])[] = [
  ...['create', 'delete', 'list', 'watch'].map(verb => [verb, 'namespaces'] as const),
  ...['create', 'delete', 'list', 'watch'].map(verb => [verb, 'pods'] as const),
  ...['list', 'watch'].map(verb => [verb, 'events'] as const),
  ...['get', 'create'].map(verb => [verb, 'pods', 'exec'] as const),
  ['patch', 'pods', 'ephemeralcontainers'],
  ...['list', 'watch'].map(verb => [verb, 'serviceaccounts'] as const),
  ['create', 'configmaps'],
  ['create', 'secrets'],
];

/**
 * Asks the API server whether this user may do what a run does.
 *
 * @throws SuiteError `forbidden` that lists every missing right
 */
export async function requirePermissions(api: Api, signal: AbortSignal): Promise<void> {
  const answers = await Promise.all(
    needed.map(async ([verb, resource, subresource]) => {
      const resourceAttributes = {verb, resource, ...(subresource === undefined ? {} : {subresource})};
      const body = {apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: {resourceAttributes}};
      const review = await api.json('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
        method: 'POST',
        body,
        signal,
      });
      const right = `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`;
      return {right, allowed: reviewSchema.parse(review).status.allowed};
    }),
  );
  const missing = answers.filter(({allowed}) => !allowed).map(({right}) => right);
  if (missing.length > 0) {
    throw new SuiteError('forbidden', `the user of this context may not: ${missing.join(', ')}`, {
      next: 'kubectl apply -f manifests/rbac/core.yaml, and bind that ClusterRole to the user as its first lines show',
    });
  }
}
