import type {Scenario} from '../harness/index.ts';

/** The init container waits to be told to exit; a sidecar in front of it runs, the regular containers have not started. */
export const initContainerExits: Scenario = {
  id: 'init-container-exits',
  title: 'an init container exits with a listed code',
  manifest: 'source-init-container.yaml',
  stimulus: {exits: 'loader', code: 88},
  matches: true,
};

export const sidecarExits: Scenario = {
  id: 'sidecar-exits',
  title: 'a sidecar exits with a listed code',
  manifest: 'source-sidecar.yaml',
  stimulus: {exits: 'watcher', code: 88},
  matches: true,
};

export const regularContainerExits: Scenario = {
  id: 'regular-container-exits',
  title: 'a regular container exits with a listed code',
  manifest: 'source-regular-container.yaml',
  stimulus: {exits: 'trainer', code: 88},
  matches: true,
};

export const initContainerExitsOtherwise: Scenario = {
  ...initContainerExits,
  id: 'init-container-exits-otherwise',
  title: 'an init container exits with a code that is not listed',
  stimulus: {exits: 'loader', code: 77},
  matches: false,
};

export const sidecarExitsOtherwise: Scenario = {
  ...sidecarExits,
  id: 'sidecar-exits-otherwise',
  title: 'a sidecar exits with a code that is not listed',
  stimulus: {exits: 'watcher', code: 77},
  matches: false,
};

export const regularContainerExitsOtherwise: Scenario = {
  ...regularContainerExits,
  id: 'regular-container-exits-otherwise',
  title: 'a regular container exits with a code that is not listed',
  stimulus: {exits: 'trainer', code: 77},
  matches: false,
};

/** One scenario for each kind of source container. */
export const everySource = [initContainerExits, sidecarExits, regularContainerExits];

/** The same Pods, and a code that none of their rules lists. */
export const everySourceOtherwise = [
  initContainerExitsOtherwise,
  sidecarExitsOtherwise,
  regularContainerExitsOtherwise,
];
