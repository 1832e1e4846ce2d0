import {podSchema, type Pod} from '../recording/pod.ts';

/** How a container of a built Pod is. */
export interface ContainerNow {
  readonly containerID?: string;
  readonly ready: boolean;
  readonly state: object;
}

export const running = (containerID: string): ContainerNow => ({containerID, ready: true, state: {running: {}}});
export const notReady = (containerID: string): ContainerNow => ({...running(containerID), ready: false});
export const exited = (containerID: string, exitCode: number): ContainerNow => ({
  containerID,
  ready: exitCode === 0,
  state: {terminated: {exitCode}},
});
export const waiting = (reason: string, message?: string): ContainerNow => ({
  ready: false,
  state: {waiting: {reason, message}},
});

/** The kinds of container that `aPod` takes, each as a list of names and states. */
export interface PodShape {
  readonly name?: string;
  readonly init?: Readonly<Record<string, ContainerNow>>;
  readonly sidecars?: Readonly<Record<string, ContainerNow>>;
  readonly regular?: Readonly<Record<string, ContainerNow>>;
  readonly ephemeral?: Readonly<Record<string, ContainerNow>>;
  readonly restarting?: 'True' | 'False';
}

/** A Pod with the given containers, init containers before sidecars. */
export function aPod({name = 'pod', init, sidecars, regular, ephemeral, restarting}: PodShape): Pod {
  const specs = (of: PodShape['init'], more = {}) => Object.keys(of ?? {}).map(each => ({name: each, ...more}));
  const statuses = (of: PodShape['init']) =>
    Object.entries(of ?? {}).map(([each, now]) => ({name: each, restartCount: 0, ...now}));
  return podSchema.parse({
    metadata: {name, uid: 'uid', resourceVersion: '1'},
    spec: {
      initContainers: [...specs(init), ...specs(sidecars, {restartPolicy: 'Always'})],
      containers: specs(regular),
      ephemeralContainers: specs(ephemeral),
    },
    status: {
      conditions: restarting === undefined ? [] : [{type: 'AllContainersRestarting', status: restarting}],
      initContainerStatuses: [...statuses(init), ...statuses(sidecars)],
      containerStatuses: statuses(regular),
      ephemeralContainerStatuses: statuses(ephemeral),
    },
  });
}
