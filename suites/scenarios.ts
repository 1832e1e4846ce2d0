import {exits, exitsAlone, type Scenario} from '../harness/index.ts';

const addDebugger = {do: 'debug', name: 'an ephemeral container is added', container: 'debugger'} as const;

/** The init container waits to be told to exit; a sidecar in front of it runs, the regular containers have not started. */
export const initContainerExits: Scenario = {
  id: 'init-container-exits',
  title: 'an init container exits with a listed code',
  manifest: 'source-init-container.yaml',
  ready: {prepare: 'done', watcher: 'ready', loader: 'running'},
  steps: [addDebugger, exits('loader', 88)],
};

export const sidecarExits: Scenario = {
  id: 'sidecar-exits',
  title: 'a sidecar exits with a listed code',
  manifest: 'source-sidecar.yaml',
  steps: [addDebugger, exits('watcher', 88)],
};

export const regularContainerExits: Scenario = {
  id: 'regular-container-exits',
  title: 'a regular container exits with a listed code',
  manifest: 'source-regular-container.yaml',
  steps: [addDebugger, exits('trainer', 88)],
};

export const initContainerExitsOtherwise: Scenario = {
  ...initContainerExits,
  id: 'init-container-exits-otherwise',
  title: 'an init container exits with a code that is not listed',
  steps: [exitsAlone('loader', 77)],
};

export const sidecarExitsOtherwise: Scenario = {
  ...sidecarExits,
  id: 'sidecar-exits-otherwise',
  title: 'a sidecar exits with a code that is not listed',
  steps: [exitsAlone('watcher', 77)],
};

export const regularContainerExitsOtherwise: Scenario = {
  ...regularContainerExits,
  id: 'regular-container-exits-otherwise',
  title: 'a regular container exits with a code that is not listed',
  steps: [exitsAlone('trainer', 77)],
};

/** One scenario for each kind of source container. */
export const everySource = [initContainerExits, sidecarExits, regularContainerExits];

/** The same Pods, and a code that none of their rules lists. */
export const everySourceOtherwise = [
  initContainerExitsOtherwise,
  sidecarExitsOtherwise,
  regularContainerExitsOtherwise,
];
