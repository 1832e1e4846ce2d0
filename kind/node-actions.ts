import {parse, stringify} from 'yaml';
import {z} from 'zod';
import {gate} from '../harness/recording/target.ts';
import type {NodeAction} from '../harness/recording/scenario.ts';
import type {NodePod} from '../harness/scenario/node-access.ts';
import {readRuntime, sandboxesOf} from './read-runtime.ts';

/** A node as a container of the engine. */
export interface Machine {
  /** Runs a command in it and gives its standard output. */
  run(command: readonly string[], signal: AbortSignal, input?: string): Promise<string>;
  /** Restarts it as a machine whose power failed. */
  restart(signal: AbortSignal): Promise<void>;
}

/** For whose sake, and with what, an action is taken. */
interface Subject {
  readonly pod: NodePod;
  /** Reference of an image that the node holds. */
  readonly image: string;
}

type Take = (machine: Machine, subject: Subject, signal: AbortSignal) => Promise<string>;

/** What undoes an action that leaves the node changed. */
export const undoing: Readonly<Partial<Record<NodeAction, NodeAction>>> = {
  'stop kubelet': 'start kubelet',
  'block API server': 'unblock API server',
  'turn gate off': 'turn gate on',
  'add image': 'remove image',
};

/** An image name that no registry can have (RFC 2606), so that what is removed stays away. */
export const removableImage = 'image.invalid/removable:1';

const systemctl =
  (...args: readonly string[]): Take =>
  (machine, _subject, signal) =>
    machine.run(['systemctl', ...args], signal);

const shell =
  (script: string): Take =>
  (machine, _subject, signal) =>
    machine.run(['sh', '-c', script], signal);

/**
 * Packets from the node itself to an API server, its own included; not those to the loopback address, by which the API
 * server asks itself, and not those of this machine.
 */
const toApiServer = 'OUTPUT ! -d 127.0.0.0/8 -p tcp --dport 6443 -j REJECT --reject-with tcp-reset';

const kubeletConfig = '/var/lib/kubelet/config.yaml';
const keptConfig = `${kubeletConfig}.kept`;

/** Every action, as commands in the node. */
export const actions: Readonly<Record<NodeAction, Take>> = {
  'restart kubelet': systemctl('restart', 'kubelet'),
  'kill kubelet': systemctl('kill', '--kill-who=main', '--signal=KILL', 'kubelet'),
  'stop kubelet': systemctl('stop', 'kubelet'),
  'start kubelet': systemctl('start', 'kubelet'),
  'restart runtime': systemctl('restart', 'containerd'),
  'restart node': async (machine, _subject, signal) => {
    await machine.restart(signal);
    return '';
  },
  'block API server': shell(`iptables -I ${toApiServer}`),
  'unblock API server': shell(`iptables -D ${toApiServer}`),
  'turn gate off': async (machine, _subject, signal) => {
    await machine.run(['cp', '--no-clobber', kubeletConfig, keptConfig], signal);
    const text = await machine.run(['cat', keptConfig], signal);
    await machine.run(['cp', '/dev/stdin', kubeletConfig], signal, withoutGate(text));
    return restartKubelet(machine, signal);
  },
  'turn gate on': async (machine, _subject, signal) => {
    await machine.run(['sh', '-c', `[ ! -e ${keptConfig} ] || mv ${keptConfig} ${kubeletConfig}`], signal);
    return restartKubelet(machine, signal);
  },
  'add image': (machine, {image}, signal) =>
    machine.run(['ctr', '-n', 'k8s.io', 'images', 'tag', '--force', image, removableImage], signal),
  'remove image': (machine, _subject, signal) =>
    machine.run(['ctr', '-n', 'k8s.io', 'images', 'rm', removableImage], signal),
  'end sandbox': async (machine, {pod}, signal) => {
    for (const id of await sandboxesOf(machine, pod, signal))
      await machine.run(['ctr', '-n', 'k8s.io', 'tasks', 'kill', '--signal', 'SIGKILL', id], signal);
    return '';
  },
  'edit static Pod': async (machine, {pod}, signal) => {
    const manifest = manifestSchema.parse(JSON.parse(await machine.run(['cat', staticFile(pod)], signal)));
    const {metadata} = manifest;
    const annotations = {...metadata.annotations, 'restart-all-containers/edited': 'yes'};
    await placeStaticPod(machine, pod, JSON.stringify({...manifest, metadata: {...metadata, annotations}}), signal);
    return '';
  },
  'read kubelet': async (machine, _subject, signal) => {
    const text = await machine.run(['systemctl', 'show', 'kubelet', '--property=NRestarts'], signal);
    return JSON.stringify({restarts: Number(text.replace('NRestarts=', ''))});
  },
  'read runtime': async (machine, {pod}, signal) => JSON.stringify(await readRuntime(machine, pod, signal)),
};

const manifestSchema = z.looseObject({
  metadata: z.looseObject({annotations: z.record(z.string(), z.string()).optional()}),
});

const configSchema = z.looseObject({featureGates: z.record(z.string(), z.boolean()).optional()});

/** A kubelet's configuration with the feature's gate off, and all else as it was. */
export function withoutGate(text: string): string {
  const config = configSchema.parse(parse(text));
  return stringify({...config, featureGates: {...config.featureGates, [gate]: false}});
}

async function restartKubelet(machine: Machine, signal: AbortSignal): Promise<string> {
  await machine.run(['systemctl', 'restart', 'kubelet'], signal);
  return machine.run(['timeout', '60', 'sh', '-c', `until ${kubeletHealthy}; do sleep 0.1; done`], signal);
}

const kubeletHealthy = 'curl -sf http://localhost:10248/healthz';
const apiHealthy = 'kubectl --kubeconfig=/etc/kubernetes/kubelet.conf get --raw=/readyz';

/** Waits until a node's kubelet is healthy and reaches an API server that is ready. */
export async function awaitHealth(machine: Machine, signal: AbortSignal): Promise<void> {
  const script = `until ${kubeletHealthy} && ${apiHealthy}; do sleep 0.2; done`;
  await machine.run(['timeout', '90', 'sh', '-c', script], signal);
}

/** The file of a static Pod; one that is taken away ends the Pod. */
function staticFile({namespace}: NodePod): string {
  return `/etc/kubernetes/manifests/${namespace}.json`;
}

/** Gives the node a static Pod, or another version of it, at once and whole. */
export async function placeStaticPod(
  machine: Machine,
  pod: NodePod,
  manifest: string,
  signal: AbortSignal,
): Promise<void> {
  const draft = '/etc/kubernetes/static-pod.draft';
  await machine.run(['cp', '/dev/stdin', draft], signal, manifest);
  await machine.run(['mv', draft, staticFile(pod)], signal);
}

/** Takes a static Pod from the node. */
export async function removeStaticPod(machine: Machine, pod: NodePod, signal: AbortSignal): Promise<void> {
  await machine.run(['rm', '-f', staticFile(pod)], signal);
}
