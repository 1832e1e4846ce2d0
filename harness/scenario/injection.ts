import https from 'node:https';
import {isIPv6} from 'node:net';
import {json} from 'node:stream/consumers';
import {generate} from 'selfsigned';
import {z} from 'zod';
import {messageOf} from '../errors.ts';
import {OutOfPatience} from '../recorder/recorder.ts';
import {ApiError, type Api} from '../target/api.ts';
import type {Budgets} from '../timeouts.ts';
import {addSidecar} from './admission.ts';
import type {Manifest} from './manifest.ts';
import {runLabel, type Home} from './labels.ts';
import {awaitServiceAccount} from './namespace.ts';

const configurations = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';

const podSchema = z.looseObject({
  spec: z.looseObject({initContainers: z.array(z.looseObject({name: z.string()})).default([])}),
});

const listSchema = z.looseObject({
  items: z.array(z.looseObject({metadata: z.looseObject({name: z.string()})})),
});

/** What an injection needs of a run and a scenario. */
export interface InjectionSite {
  readonly api: Api;
  /** Whose Pods get the sidecar. */
  readonly home: Home;
  /** Address of this machine under which the API server reaches it. */
  readonly address: string;
  readonly budgets: Budgets;
  readonly signal: AbortSignal;
}

/**
 * A mutating webhook in this process that adds a sidecar to every Pod of one scenario, until it is disposed of. A
 * Pod that could not be given one is refused, so that none goes without.
 */
export class Injection implements AsyncDisposable {
  readonly #site: InjectionSite;
  readonly #sidecar: string;
  readonly #server: https.Server;

  private constructor(site: InjectionSite, sidecar: string, server: https.Server) {
    this.#site = site;
    this.#sidecar = sidecar;
    this.#server = server;
  }

  /**
   * Serves the webhook, with a certificate made for it, and makes it known to the API server.
   *
   * @param sidecar name of the container that it adds
   * @throws ApiError where the configuration is refused, Error where the address can't be listened on
   */
  static async open(site: InjectionSite, sidecar: string): Promise<Injection> {
    const {api, home, address, signal} = site;
    const {private: key, cert} = await certificateFor(address);
    const server = https.createServer({key, cert}, (request, response) => {
      json(request)
        .then(review => JSON.stringify(addSidecar(review, sidecar)))
        .then(
          answer => response.setHeader('Content-Type', 'application/json').end(answer),
          (error: unknown) => response.writeHead(400).end(messageOf(error)),
        );
    });
    const port = await listen(server, address);
    const injection = new Injection(site, sidecar, server);
    const host = isIPv6(address) ? `[${address}]` : address;
    const webhook = {
      name: 'sidecar.restart-all-containers.test',
      clientConfig: {url: `https://${host}:${port}/`, caBundle: Buffer.from(cert).toString('base64')},
      namespaceSelector: {matchLabels: {'kubernetes.io/metadata.name': home.namespace}},
      objectSelector: {matchLabels: home.labels},
      rules: [{apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], scope: 'Namespaced'}],
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      failurePolicy: 'Fail',
      timeoutSeconds: 5,
    };
    const body = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata: {name: home.unique, labels: home.labels},
      webhooks: [webhook],
    };
    try {
      await api.json(configurations, {method: 'POST', body, signal});
    } catch (error) {
      await injection[Symbol.asyncDispose]();
      throw error;
    }
    return injection;
  }

  /**
   * Waits until the API server calls the webhook, which it begins to a moment after it was told: nothing that can be watched
   * tells when, so that the Pod is created in a dry run until it comes back with the sidecar.
   *
   * @throws OutOfPatience after the budget, ApiError where the API server can't reach the webhook
   */
  async ready({objects}: Manifest): Promise<void> {
    const {api, home, budgets, signal} = this.#site;
    const {namespace} = home;
    if (!home.shared) await awaitServiceAccount(api, namespace, budgets.serviceAccount, signal);
    const body = objects.find(({kind}) => kind === 'Pod');
    const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All`;
    const until = performance.now() + budgets.webhookCalled.ms;
    while (performance.now() < until) {
      const answer = podSchema.parse(await api.json(path, {method: 'POST', body, signal}));
      if (answer.spec.initContainers.some(({name}) => name === this.#sidecar)) return;
    }
    throw new OutOfPatience(`the API server does not call the webhook after ${budgets.webhookCalled.ms / 1000} s`);
  }

  /** Makes the webhook unknown to the API server and stops serving it; what can't be removed is left to `removeWebhooks`. */
  async [Symbol.asyncDispose](): Promise<void> {
    const {promise, resolve} = Promise.withResolvers<undefined>();
    const {api, home} = this.#site;
    await remove(api, home.unique).catch(() => undefined);
    this.#server.close(() => {
      resolve(undefined);
    });
    this.#server.closeAllConnections();
    await promise;
  }
}

/**
 * Deletes the webhooks of one run.
 *
 * @returns the names of the configurations that were deleted
 * @throws ApiError or SuiteError where that is refused
 */
export async function removeWebhooks(api: Api, run: string): Promise<readonly string[]> {
  const selector = encodeURIComponent(`${runLabel}=${run}`);
  const {items} = listSchema.parse(await api.json(`${configurations}?labelSelector=${selector}`));
  const names = items.map(({metadata}) => metadata.name);
  await Promise.all(names.map(name => remove(api, name)));
  return names;
}

async function remove(api: Api, name: string): Promise<void> {
  await api.json(`${configurations}/${name}`, {method: 'DELETE'}).catch((error: unknown) => {
    if (!(error instanceof ApiError && error.code === 404)) throw error;
  });
}

/** A certificate that signs itself, for a server at an address: nothing but the API server of this run is to trust it. */
async function certificateFor(address: string): Promise<{private: string; cert: string}> {
  const notAfterDate = new Date(Date.now() + 86_400_000);
  return generate([{name: 'commonName', value: 'restart-all-containers'}], {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate,
    extensions: [{name: 'subjectAltName', altNames: [{type: 7, ip: address}]}],
  });
}

async function listen(server: https.Server, address: string): Promise<number> {
  const {promise, resolve, reject} = Promise.withResolvers<number>();
  server.once('error', reject);
  server.listen(0, address, () => {
    const bound = server.address();
    if (typeof bound === 'object' && bound !== null) resolve(bound.port);
  });
  return promise;
}
