import {z} from 'zod';

/** What the Pod, and every other that was told, must come to before the next step is taken. */
const until = z.enum([
  /** Every container that had run has a new container id and is up, and AllContainersRestarting is not True. */
  'restarted',
  /** The containers that were told to exit are up again under new container ids. */
  'restarted alone',
  /** One of `restarted alone` and `ended`. */
  'restarted alone or ended',
  /** Every container that had run has been started again, whatever became of it since. */
  'started again',
  /** The containers that were told to exit have ended and stay so. */
  'exited',
  /** AllContainersRestarting has become True, or was True since the step as its lastTransitionTime tells. */
  'raised',
  /** It has gone False again. */
  'lowered',
  /** One of the containers has been started again. */
  'starting',
  /** The phase is Succeeded or Failed. */
  'ended',
  /** One of `restarted` and `ended`. */
  'restarted or ended',
  /** The Pod was deleted from the API. */
  'gone',
  /** A Job of the manifest is Complete or Failed. */
  'job ended',
  /** A Job of the manifest is Failed; it takes its Pods with it. */
  'job failed',
  /** Every Deployment, ReplicaSet, StatefulSet and DaemonSet that is watched counts all its Pods as available. */
  'available',
  /** Some container waits for an image that can't be pulled. */
  'image missing',
  /** Every container is up, whatever its id. */
  'up',
  /** Another Pod has taken its name, and every container of that is up. */
  'replaced',
  /** Every container of another Pod of its controller is up. */
  'replaced by another',
  /** The scheduler has bound the Pod to a node. */
  'scheduled',
  /** The scheduler has said that no node fits the Pod. */
  'unschedulable',
  /** The given seconds have passed, or the Pod has ended for good: for what must go on, or must not happen. */
  'time is over',
]);

const wait = {
  until: until.optional(),
  /** Bound on the wait, s, where it is another than the budget of a restart; with `time is over` how long it takes. */
  seconds: z.number().positive().optional(),
};

const told = z.object({
  container: z.string(),
  /** In every Pod that the manifest made, not in the scenario's own alone. */
  everyPod: z.boolean().optional(),
  /** `KILL`: it kills itself; `OOM`: it takes more memory than its limit. */
  code: z.union([z.number().int(), z.enum(['KILL', 'OOM'])]),
  /** Told now, to be done that many seconds after the step began. */
  afterSeconds: z.number().positive().optional(),
});

/** What can be done to a node; only where the target gives access to its nodes. */
export const nodeActions = [
  'restart kubelet',
  'kill kubelet',
  'stop kubelet',
  'start kubelet',
  'restart runtime',
  'restart node',
  'block API server',
  'unblock API server',
  'turn gate off',
  /** As `turn gate off`, and that of NodeDeclaredFeatures too, as in a kubelet that knows nothing of either. */
  'turn both gates off',
  'turn gate on',
  /** In the API server, which is a static Pod of its node; returns when it is back. */
  'turn API server gate off',
  'turn API server gate on',
  /** Another name for the workload image, which no registry has. */
  'add image',
  'remove image',
  /** The process that holds the Pod's sandbox is killed. */
  'end sandbox',
  /** The manifest of the scenario's static Pod gets an annotation. */
  'edit static Pod',
  'read kubelet',
  'read runtime',
  /** What the node has told the API since its kubelet was started: whether it declares the feature. */
  'read declared feature',
  /** Waits until every container of the Pod has started after the last exit, by what they write of themselves. */
  'await restart',
] as const;

/** Those that are about the API server, and so about the node that it runs on. */
export const ofApiServer: ReadonlySet<string> = new Set<(typeof nodeActions)[number]>([
  'turn API server gate off',
  'turn API server gate on',
]);

/** Fields put into a Pod's spec, or into containers by name, in place of what the manifest has. */
const overlay = z.object({
  spec: z.record(z.string(), z.unknown()).optional(),
  containers: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});

/** One request to the API server, whose answer is recorded, a refusal too. Fields that are not known are refused. */
const request = z.object({
  do: z.literal('request'),
  name: z.string(),
  /** `debug`: an ephemeral container is added to the Pod. */
  verb: z.enum(['create', 'get', 'patch', 'debug']),
  /** The object of the manifest that is sent or asked for: the first of that kind, a Pod unless told otherwise. */
  kind: z.enum(['Pod', 'Deployment', 'Node']).optional(),
  /** Its name, where it is not the first of its kind. */
  object: z.string().optional(),
  subresource: z.enum(['status']).optional(),
  /** What is created in place of what the manifest has. */
  change: overlay.optional(),
  /** A strategic merge patch, or the fields of the ephemeral container. */
  fields: z.record(z.string(), z.unknown()).optional(),
  /** Whether it is carried out; otherwise the API server only says what it would do (dry run). */
  stored: z.boolean().optional(),
  ...wait,
});

/** Pods by name, side by side, in place of the scenario's own alone. */
const pods = z.array(z.string()).min(1).optional();

const stepSchema = z.discriminatedUnion('do', [
  /** Containers are told to exit, one right after the other. A timeline begins here. */
  z.object({
    do: z.literal('exit'),
    name: z.string(),
    tells: z.array(told).min(1),
    /** Containers that are ended by what the told ones do, as by a probe; what is waited for of those is of these too. */
    follow: z.array(z.string()).min(1).optional(),
    pods,
    /** By how much each of them is told later than the one before. */
    apartSeconds: z.number().positive().optional(),
    ...wait,
  }),
  /** An ephemeral container is added, and waited for until it runs, or has ended where it does so by itself. */
  z.object({do: z.literal('debug'), name: z.string(), container: z.string(), ends: z.boolean().optional()}),
  /** A container's CPU limit is changed in place, and waited for until the kubelet says that it is. */
  z.object({do: z.literal('resize'), name: z.string(), container: z.string(), cpu: z.string(), ...wait}),
  /** The Pod is deleted, and created again for the same node as soon as it is gone. */
  z.object({do: z.literal('recreate'), name: z.string(), pods, ...wait}),
  /** The Pod is deleted, with its own grace period; at once where the journal is not to be read before, which takes a while. */
  z.object({do: z.literal('delete'), name: z.string(), atOnce: z.literal(true).optional(), ...wait}),
  /** Nothing is done for a time, or until each container has been restarted so often. */
  z.object({do: z.literal('wait'), name: z.string(), restarts: z.number().int().positive().optional(), ...wait}),
  /** A command is run in a container, and what it says recorded. */
  z.object({
    do: z.literal('run'),
    name: z.string(),
    container: z.string(),
    command: z.array(z.string()).min(1),
    pods,
    ...wait,
  }),
  /** The log of a container's previous run is asked for. */
  z.object({do: z.literal('previous log'), name: z.string(), container: z.string()}),
  z.object({do: z.literal('node'), name: z.string(), action: z.enum(nodeActions), ...wait}),
  request,
  /** Every node is asked for the features that it declares, and its kubelet for the feature's gate. */
  z.object({do: z.literal('read gates'), name: z.string()}),
]);

/** Kinds of object that a scenario may watch beside Pods and events. */
export const watchable = [
  'endpointslices',
  'jobs',
  'deployments',
  'replicasets',
  'statefulsets',
  'daemonsets',
  'poddisruptionbudgets',
  'jobsets',
] as const;

/** What a target may lack; a scenario that needs it is skipped there, with the typed reason. */
export const needs = [
  'node access',
  'user namespaces',
  'webhook',
  /** With its gate InPlaceRestart on. */
  'JobSet',
  /** On a node that takes Pods: of a release before the API server's. */
  'older kubelet',
  /** A node that takes Pods and offers a resource of a device plugin. */
  'device plugin',
  /** A node that takes Pods and whose kubelet gives containers CPUs of their own. */
  'static CPU manager',
  'right to patch Pods and create Deployments',
  'right to create nodes',
  'right to read kubelet metrics',
] as const;

/** Stands in a container's resources for what a device plugin of the target offers. */
export const anyDevice = 'restart-all-containers/device';

/** A manifest and what is done to it. */
export const scenarioSchema = z.object({
  /** Names the recording's file. */
  id: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .max(45),
  title: z.string(),
  /** File of manifests/. */
  manifest: z.string(),
  overlay: overlay.optional(),
  /**
   * How many Pods like the manifest's there are in all, on one node, the others named after it with a number from 2 on; as
   * many as the node takes, and who is not there is not told to exit.
   */
  copies: z.number().int().min(2).optional(),
  /** How containers must be before the first step; without it everything up to the source's turn is up. */
  ready: z.record(z.string(), z.enum(['running', 'ready', 'done', 'waiting', 'crashed'])).optional(),
  /** Objects that are watched too. */
  watches: z.array(z.enum(watchable)).optional(),
  needs: z.array(z.enum(needs)).optional(),
  /** What is done to the node before the manifest's objects are created. */
  before: z.array(z.enum(nodeActions)).optional(),
  /** How the Pod comes to its node where the scheduler doesn't choose it: by name, or as a static Pod of that node. */
  placed: z.enum(['by name', 'static']).optional(),
  /** Name of a sidecar that a mutating webhook of the run adds to its Pods; needs `webhook`. */
  injects: z.string().optional(),
  /** Pod Security Standard that its namespace enforces. */
  admits: z.enum(['restricted', 'privileged']).optional(),
  /** Whether nothing of the manifest is created but by its requests. */
  byRequest: z.boolean().optional(),
  /** Whether it disturbs the cluster, or its node alone, so that nothing else may run there meanwhile. */
  alone: z.union([z.boolean(), z.literal('on its node')]).optional(),
  steps: z.array(stepSchema).min(1),
});

/** A scenario as it is written in suites/ and stands in the header of its recording. */
export type Scenario = z.infer<typeof scenarioSchema>;
export type Step = z.infer<typeof stepSchema>;
export type ExitStep = Extract<Step, {do: 'exit'}>;
export type Overlay = z.infer<typeof overlay>;
export type Need = (typeof needs)[number];
export type Until = z.infer<typeof until>;
export type NodeAction = (typeof nodeActions)[number];
export type Watchable = (typeof watchable)[number];

/** Whether nothing else may run meanwhile on the cluster, or on a node. */
export function isAlone({alone = false}: Pick<Scenario, 'alone'>): boolean {
  return alone !== false;
}

/** Whether a scenario disturbs the node, and what else runs there, so that it should have a cluster of its own. */
export function disturbsNode(scenario: Scenario): boolean {
  return isAlone(scenario) && scenario.needs?.includes('node access') === true;
}

/** About how many seconds a scenario takes on an idle node, for the order in which scenarios are recorded. */
export function expectedSeconds({steps}: Scenario): number {
  const starting = 5;
  const restart = 5;
  return steps.reduce((sum, step) => {
    if ('until' in step && step.until === 'time is over') return sum + (step.seconds ?? 0);
    return sum + (step.do === 'exit' ? restart : 1);
  }, starting);
}

/** Group and version of what may be watched beside Pods and events. */
export const groupOf: Readonly<Record<Watchable, string>> = {
  endpointslices: 'discovery.k8s.io/v1',
  jobs: 'batch/v1',
  deployments: 'apps/v1',
  replicasets: 'apps/v1',
  statefulsets: 'apps/v1',
  daemonsets: 'apps/v1',
  poddisruptionbudgets: 'policy/v1',
  jobsets: 'jobset.x-k8s.io/v1alpha2',
};

/** A container told to exit with a code, until everything runs again. */
export function exits(container: string, code: number, name = 'exit'): ExitStep {
  return {do: 'exit', name, tells: [{container, code}], until: 'restarted'};
}

/** A container told to exit with a code that makes it alone run again. */
export function exitsAlone(container: string, code: number, name = 'exit'): ExitStep {
  return {do: 'exit', name, tells: [{container, code}], until: 'restarted alone'};
}
