import {parse, stringify} from 'yaml';
import {z} from 'zod';
import {gate} from '../harness/recording/target.ts';
import type {NodeAction} from '../harness/recording/scenario.ts';
import type {NodePod} from '../harness/scenario/node-access.ts';
import {apiServerGate} from './api-server-gate.ts';
import {readRuntime, sandboxesOf, uidOf} from './read-runtime.ts';

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
  'turn both gates off': 'turn gate on',
  'turn API server gate off': 'turn API server gate on',
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
 * Lets packets from the node itself to an API server pass no more, its own included, or again; not those to the loopback
 * address, by which the API server asks itself, and not those of this machine. Nodes reach each other by IPv6 too, where the
 * kernel has it.
 */
const apiServerBlock = (change: '-I' | '-D'): Take => {
  const rule = (loopback: string) =>
    `${change} OUTPUT ! -d ${loopback} -p tcp --dport 6443 -j REJECT --reject-with tcp-reset`;
  return shell(`iptables ${rule('127.0.0.0/8')} && { [ ! -e /proc/net/if_inet6 ] || ip6tables ${rule('::1')}; }`);
};

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
  'block API server': apiServerBlock('-I'),
  'unblock API server': apiServerBlock('-D'),
  'turn gate off': turnOff(gate),
  'turn both gates off': turnOff(gate, 'NodeDeclaredFeatures'),
  'turn gate on': async (machine, _subject, signal) => {
    await machine.run(['sh', '-c', `[ ! -e ${keptConfig} ] || mv ${keptConfig} ${kubeletConfig}`], signal);
    return restartKubelet(machine, signal);
  },
  'turn API server gate off': apiServerGate('off'),
  'turn API server gate on': apiServerGate('on'),
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
  'read declared feature': async (machine, _subject, signal) => {
    const features = (await machine.run(['timeout', '60', 'sh', '-c', declaredFeatures], signal)).split(/[^A-Za-z/]+/);
    return features.includes(gate) ? 'declared' : 'not declared';
  },
  'await restart': async (machine, {pod}, signal) => {
    const journal = `/var/lib/kubelet/pods/${uidOf(pod.uid)}/volumes/kubernetes.io~empty-dir/journal/log`;
    const script = `until jq -s -e '${restartIsOver}' ${journal} > /dev/null; do sleep 0.2; done`;
    const seen = `timeout ${restartSeconds} sh -c "$0" && echo every container runs again || echo not within ${restartSeconds} s`;
    return (await machine.run(['sh', '-c', seen, script], signal)).trim();
  },
};

/** As long as the budget of a restart that the API shows. */
const restartSeconds = 50;

/** Of a Pod's journal: after the last exit every container that ever started has got ready, or is done. */
const restartIsOver = `(map(.what) | rindex("exit")) as $exit
| $exit != null
and (map(select(.what == "start").container) | unique)
  == (.[$exit:] | map(select(.what == "ready" or .what == "done").container) | unique)`;

const manifestSchema = z.looseObject({
  metadata: z.looseObject({annotations: z.record(z.string(), z.string()).optional()}),
});

const configSchema = z.looseObject({featureGates: z.record(z.string(), z.boolean()).optional()});

/** Restarts a kubelet with gates off. */
function turnOff(...gates: readonly string[]): Take {
  return async (machine, _subject, signal) => {
    await machine.run(['cp', '--no-clobber', kubeletConfig, keptConfig], signal);
    const text = await machine.run(['cat', keptConfig], signal);
    await machine.run(['cp', '/dev/stdin', kubeletConfig], signal, withoutGates(text, ...gates));
    return restartKubelet(machine, signal);
  };
}

/** A kubelet's configuration with gates off, and all else as it was. */
export function withoutGates(text: string, ...gates: readonly string[]): string {
  const config = configSchema.parse(parse(text));
  const off = Object.fromEntries(gates.map(name => [name, false]));
  return stringify({...config, featureGates: {...config.featureGates, ...off}});
}

async function restartKubelet(machine: Machine, signal: AbortSignal): Promise<string> {
  await machine.run(['systemctl', 'restart', 'kubelet'], signal);
  return machine.run(['timeout', '60', 'sh', '-c', `until ${kubeletHealthy}; do sleep 0.1; done`], signal);
}

const kubeletHealthy = 'curl -sf http://localhost:10248/healthz';
const kubectl = 'kubectl --kubeconfig=/etc/kubernetes/kubelet.conf';
const apiHealthy = `${kubectl} get --raw=/readyz`;

/** The features that a node declares, once it has told the API of itself since its kubelet was started. */
const declaredFeatures = `
node() { ${kubectl} get node "$(hostname)" --output=jsonpath="$1"; }
seconds() { date --date "$1" +%s; }
since=$(seconds "$(systemctl show kubelet --property=ActiveEnterTimestamp --value)")
until told=$(node '{.status.conditions[?(@.type=="Ready")].lastHeartbeatTime}') && [ "$(seconds "$told")" -ge "$since" ]
do sleep 0.2; done
node '{.status.declaredFeatures}'`;

/** Waits until a node's kubelet is healthy and reaches an API server that is ready. */
export async function awaitHealth(machine: Machine, signal: AbortSignal): Promise<void> {
  const script = `until ${kubeletHealthy} && ${apiHealthy}; do sleep 0.2; done`;
  await machine.run(['timeout', '90', 'sh', '-c', script], signal);
}

/** The file of a static Pod; one that is taken away ends the Pod. */
function staticFile({scenario}: NodePod): string {
  return `/etc/kubernetes/manifests/${scenario}.json`;
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
