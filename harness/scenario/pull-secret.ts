import {z} from 'zod';
import {SuiteError} from '../errors.ts';
import {ApiError, type Api} from '../target/api.ts';

const secretSchema = z.looseObject({type: z.string(), data: z.record(z.string(), z.string())});
const types = ['kubernetes.io/dockerconfigjson', 'kubernetes.io/dockercfg'];

/** What a registry asks of whoever pulls, as it lies in a Secret of the target. */
export interface PullSecret {
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
}

/**
 * Reads the Secret that Pods pull their image with.
 *
 * @param named NAME or NAMESPACE/NAME; without a namespace it lies in that of the context
 * @throws SuiteError `forbidden` where it may not be read, `usage` where it is not there or is no such Secret
 */
export async function readPullSecret(api: Api, named: string, signal: AbortSignal): Promise<PullSecret> {
  const {config} = api;
  const own = config.getContextObject(config.getCurrentContext())?.namespace ?? 'default';
  const [name = '', namespace = own] = named.split('/').toReversed();
  const secret = `Secret ${namespace}/${name}`;
  try {
    const stored = await api.json(`/api/v1/namespaces/${namespace}/secrets/${name}`, {signal});
    const {type, data} = secretSchema.parse(stored);
    if (types.includes(type)) return {namespace, name, type, data};
    throw new SuiteError('usage', `${secret} is of type ${type}, with which no image is pulled`, {
      next: 'make one with kubectl create secret docker-registry',
    });
  } catch (cause) {
    if (!(cause instanceof ApiError)) throw cause;
    const missing = cause.code === 404;
    throw new SuiteError(missing ? 'usage' : 'forbidden', `${secret} can't be read: ${cause.message}`, {
      next: missing
        ? 'name one as NAMESPACE/NAME with --image-pull-secret'
        : `grant get on secrets in namespace ${namespace}, for this one by resourceNames`,
      cause,
    });
  }
}

/**
 * The Secret that Pods pull their image with: where all are in one namespace it lies there and need not be read.
 *
 * @param given the namespace that the user named for all scenarios, if so
 * @throws SuiteError as readPullSecret, and `usage` where it lies in another namespace than the one given
 */
export async function pullSecretOf(
  api: Api,
  named: string,
  given: string | undefined,
  signal: AbortSignal,
): Promise<PullSecret> {
  if (given === undefined) return readPullSecret(api, named, signal);
  const [name = '', namespace = given] = named.split('/').toReversed();
  if (namespace === given) return {namespace, name, type: '', data: {}};
  throw new SuiteError('usage', `Secret ${namespace}/${name} is not in namespace ${given}, where the Pods are`, {
    next: 'put one there, and name it without a namespace',
  });
}

/** Gives a namespace a copy of the Secret, since a Pod takes it from its own namespace alone. */
export async function copyPullSecret(api: Api, secret: PullSecret, namespace: string): Promise<void> {
  if (namespace === secret.namespace) return;
  const {name, type, data} = secret;
  const body = {apiVersion: 'v1', kind: 'Secret', metadata: {name}, type, data};
  await api.json(`/api/v1/namespaces/${namespace}/secrets`, {method: 'POST', body});
}
