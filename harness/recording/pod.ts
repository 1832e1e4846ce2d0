import {z} from 'zod';

const containerState = z.looseObject({
  waiting: z.looseObject({reason: z.string().optional(), message: z.string().optional()}).optional(),
  running: z.looseObject({startedAt: z.string().nullish()}).optional(),
  terminated: z
    .looseObject({
      exitCode: z.number(),
      reason: z.string().optional(),
      message: z.string().optional(),
      containerID: z.string().optional(),
      startedAt: z.string().nullish(),
      finishedAt: z.string().nullish(),
    })
    .optional(),
});

const resources = z.looseObject({
  requests: z.record(z.string(), z.string()).optional(),
  limits: z.record(z.string(), z.string()).optional(),
});

const containerStatus = z.looseObject({
  name: z.string(),
  restartCount: z.number(),
  ready: z.boolean(),
  started: z.boolean().nullish(),
  containerID: z.string().optional(),
  imageID: z.string().optional(),
  resources: resources.optional(),
  state: containerState.default({}),
  lastState: containerState.default({}),
});

const container = z.looseObject({
  name: z.string(),
  image: z.string().optional(),
  restartPolicy: z.string().optional(),
  resources: resources.optional(),
});

const condition = z.looseObject({
  type: z.string(),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string().optional(),
  message: z.string().optional(),
  lastTransitionTime: z.string().nullish(),
});

/** A Pod as the API server sends it (wire JSON, dates are strings); fields that no check reads are kept as they came. */
export const podSchema = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    uid: z.string(),
    resourceVersion: z.string(),
    generation: z.number().optional(),
    deletionTimestamp: z.string().optional(),
    deletionGracePeriodSeconds: z.number().optional(),
    labels: z.record(z.string(), z.string()).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
    ownerReferences: z
      .array(z.looseObject({kind: z.string(), name: z.string(), uid: z.string(), controller: z.boolean().optional()}))
      .optional(),
  }),
  spec: z.looseObject({
    containers: z.array(container),
    initContainers: z.array(container).default([]),
    ephemeralContainers: z.array(container).default([]),
    nodeName: z.string().optional(),
  }),
  status: z
    .looseObject({
      phase: z.string().optional(),
      reason: z.string().optional(),
      podIPs: z.array(z.looseObject({ip: z.string()})).optional(),
      startTime: z.string().nullish(),
      conditions: z.array(condition).default([]),
      containerStatuses: z.array(containerStatus).default([]),
      initContainerStatuses: z.array(containerStatus).default([]),
      ephemeralContainerStatuses: z.array(containerStatus).default([]),
    })
    .prefault({}),
});

export type Pod = z.infer<typeof podSchema>;
export type ContainerStatus = z.infer<typeof containerStatus>;
export type PodCondition = z.infer<typeof condition>;

/** The kinds of container that a restart is about (pod-lifecycle, "Restart all containers"), and the one that it isn't. */
export type ContainerKind = 'init' | 'sidecar' | 'regular' | 'ephemeral';

/** A container of the Pod's spec with its kind, in the order in which the kubelet starts them. */
export interface PodContainer {
  readonly name: string;
  readonly kind: ContainerKind;
}

/** The Pod's containers in start order: init containers and sidecars as listed, then the regular ones, then ephemeral ones. */
export function containersOf(pod: Pod): readonly PodContainer[] {
  return [
    ...pod.spec.initContainers.map(
      ({name, restartPolicy}) => ({name, kind: restartPolicy === 'Always' ? 'sidecar' : 'init'}) as const,
    ),
    ...pod.spec.containers.map(({name}) => ({name, kind: 'regular'}) as const),
    ...pod.spec.ephemeralContainers.map(({name}) => ({name, kind: 'ephemeral'}) as const),
  ];
}

/** The object that makes the Pod and answers for it, where there is one. */
export function controllerOf({metadata}: Pod): {readonly kind: string; readonly uid: string} | undefined {
  return metadata.ownerReferences?.find(({controller}) => controller === true);
}

/** Every container status of the Pod, init containers first. */
export function statusesOf({status}: Pod): readonly ContainerStatus[] {
  return [...status.initContainerStatuses, ...status.containerStatuses, ...status.ephemeralContainerStatuses];
}

/** The status of one container, if the Pod has one yet. */
export function statusOf({status}: Pod, name: string): ContainerStatus | undefined {
  const isIt = (each: ContainerStatus): boolean => each.name === name;
  return (
    status.initContainerStatuses.find(isIt) ??
    status.containerStatuses.find(isIt) ??
    status.ephemeralContainerStatuses.find(isIt)
  );
}

/** The Pod condition of that type, if it is there. */
export function conditionOf(pod: Pod, type: string): PodCondition | undefined {
  return pod.status.conditions.find(condition => condition.type === type);
}

/** Whether the Pod has ended for good: a phase of Succeeded or Failed is final (pod-lifecycle, "Pod phase"). */
export function hasEnded({status}: Pod): boolean {
  return status.phase === 'Succeeded' || status.phase === 'Failed';
}

/** Whether every container runs and is ready, or, as an init container, has ended well. */
export function allUp(pod: Pod): boolean {
  return containersOf(pod).every(each => each.kind === 'ephemeral' || isUp(pod, each));
}

/** Whether a container runs and is ready, or, as an init container, has ended well. */
export function isUp(pod: Pod, {name, kind}: PodContainer): boolean {
  const status = statusOf(pod, name);
  if (kind === 'init') return status?.state.terminated?.exitCode === 0;
  return status?.state.running !== undefined && status.ready;
}

/** Whether a container was started under another id than it had before. */
export function isAnother(before: Pod, now: Pod, name: string): boolean {
  const id = statusOf(now, name)?.containerID;
  return id !== undefined && id !== statusOf(before, name)?.containerID;
}
