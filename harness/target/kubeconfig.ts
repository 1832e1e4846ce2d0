import {existsSync} from 'node:fs';
import {KubeConfig} from '@kubernetes/client-node';
import {messageOf, SuiteError} from '../errors.ts';

/** The context that client-node makes up, for localhost:8080, where it finds no kubeconfig. */
const nothingFound = 'loaded-context';

/**
 * Loads a kubeconfig and chooses a context.
 *
 * @param file path; without one, KUBECONFIG, ~/.kube/config or the service account of the Pod that this runs in
 * @param context name of a context; without one, the current context
 * @throws SuiteError `badContext` where the file can't be read or has no such context
 */
export function loadKubeconfig(file: string | undefined, context: string | undefined): KubeConfig {
  const config = new KubeConfig();
  const from = file ?? process.env['KUBECONFIG'] ?? 'the default kubeconfig';
  try {
    if (file === undefined) config.loadFromDefault();
    else config.loadFromFile(file);
  } catch (cause) {
    throw new SuiteError('badContext', `kubeconfig ${from} can't be read: ${messageOf(cause)}`, {
      next: 'name a readable file with --kubeconfig FILE',
      cause,
    });
  }
  const names = config.getContexts().map(({name}) => name);
  if (names[0] === nothingFound) {
    throw new SuiteError(
      'badContext',
      'there is no kubeconfig: KUBECONFIG is not set and ~/.kube/config does not exist',
      {
        next: 'name one with --kubeconfig FILE',
      },
    );
  }
  const wanted = context ?? config.getCurrentContext();
  if (!names.includes(wanted)) {
    throw new SuiteError('badContext', `kubeconfig ${from} has no context ${JSON.stringify(wanted)}`, {
      next:
        names.length === 0
          ? 'name a kubeconfig with --kubeconfig FILE'
          : `choose one with --context: ${names.join(', ')}`,
    });
  }
  config.setCurrentContext(wanted);
  if (config.getCurrentCluster() === null) {
    throw new SuiteError(
      'badContext',
      `context ${JSON.stringify(wanted)} names a cluster that kubeconfig ${from} does not have`,
    );
  }
  return config;
}

/** Where a Pod has the token of its service account. */
const token = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/**
 * The cluster that this runs in, by the service account of its Pod.
 *
 * @throws SuiteError `badContext` where this is no Pod, or one without a token
 */
export function serviceAccountConfig(): KubeConfig {
  if (process.env['KUBERNETES_SERVICE_HOST'] === undefined || !existsSync(token)) {
    throw new SuiteError('badContext', 'this is no Pod with a service account, so that there is no cluster around it', {
      next: 'leave out --in-cluster, or let the Pod mount the token of its service account',
    });
  }
  const config = new KubeConfig();
  config.loadFromCluster();
  return config;
}
