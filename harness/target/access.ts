import {z} from 'zod';
import type {Api} from './api.ts';

/**
 * A verb on a resource, which may be of a group and may have a subresource, as deployments.apps and pods/exec; or a verb on a
 * path of the API server that is no resource, as /metrics.
 */
export type Right = readonly [verb: string, resource: string, subresource?: string];

/** Tells whether this user has a right. */
export type May = (right: Right) => Promise<boolean>;

const reviewSchema = z.looseObject({status: z.looseObject({allowed: z.boolean()})});

/** Resources without a namespace. */
const clusterScoped = new Set([
  'namespaces',
  'nodes',
  'persistentvolumes',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
]);

/** A right as people write it: get pods/exec. */
export function rightText([verb, resource, subresource]: Right): string {
  return `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`;
}

/**
 * What a user may do on a target, by SelfSubjectAccessReview; each right is asked for once, so that nothing needs to be tried
 * to find out.
 */
export class Access {
  readonly #api: Api;
  readonly #namespace: string | undefined;
  readonly #signal: AbortSignal;
  readonly #known = new Map<string, Promise<boolean>>();

  /** @param namespace in which it is to be done; without it, in all */
  constructor(api: Api, namespace: string | undefined, signal: AbortSignal) {
    this.#api = api;
    this.#namespace = namespace;
    this.#signal = signal;
  }

  /**
   * Whether the user has a right.
   *
   * @throws ApiError where the API server does not say, SuiteError `unreachable` where it doesn't answer
   */
  readonly may: May = right => {
    const text = rightText(right);
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const asked = this.#ask(right);
    this.#known.set(text, asked);
    return asked;
  };

  /** Those of the rights that the user does not have, in their order. */
  async missing(rights: readonly Right[]): Promise<readonly Right[]> {
    const allowed = await Promise.all(rights.map(this.may));
    return rights.filter((_, index) => allowed[index] !== true);
  }

  async #ask(right: Right): Promise<boolean> {
    const spec = right[1].startsWith('/')
      ? {nonResourceAttributes: {verb: right[0], path: right[1]}}
      : {resourceAttributes: this.#attributes(right)};
    const review = await this.#api.json('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
      method: 'POST',
      body: {apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec},
      signal: this.#signal,
    });
    return reviewSchema.parse(review).status.allowed;
  }

  #attributes([verb, name, subresource]: Right): object {
    const [resource, ...group] = name.split('.');
    return {
      ...(this.#namespace === undefined || clusterScoped.has(name) ? {} : {namespace: this.#namespace}),
      verb,
      resource,
      ...(group.length === 0 ? {} : {group: group.join('.')}),
      ...(subresource === undefined ? {} : {subresource}),
    };
  }
}
