import {exits, exitsAlone, type Scenario, type Step} from '../harness/index.ts';

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

/** Pods of each restart policy, each with containers of each: told a listed code one by one, then one that isn't listed. */
const underPodPolicy = (restartPolicy: 'Always' | 'OnFailure' | 'Never', again: Step, stays: Step): Scenario => ({
  id: `pod-policy-${restartPolicy.toLowerCase()}`,
  title: `containers of each restart policy exit in a Pod with ${restartPolicy}`,
  manifest: 'policies.yaml',
  overlay: {spec: {restartPolicy}},
  steps: [
    exits('always', 88, 'its policy is Always'),
    exits('on-failure', 88, 'its policy is OnFailure'),
    exits('never', 88, 'its policy is Never'),
    again,
    stays,
    {do: 'wait', name: 'for a start too many', until: 'time is over', seconds: 3},
    exits('always', 88, 'others have ended'),
  ],
});

const startedAgain = (...containers: readonly string[]): Step => ({
  do: 'exit',
  name: 'what is started again',
  tells: containers.map(container => ({container, code: 77})),
  until: 'restarted alone',
});

const ends = (code: number, ...containers: readonly string[]): Step => ({
  do: 'exit',
  name: 'what is not',
  tells: containers.map(container => ({container, code})),
  until: 'exited',
});

/** One Pod for each restart policy of a Pod. */
export const everyPodPolicy = [
  underPodPolicy('Always', startedAgain('always', 'on-failure', 'plain'), ends(0, 'never', 'on-failure')),
  underPodPolicy('OnFailure', startedAgain('always', 'on-failure', 'plain'), ends(0, 'never', 'on-failure')),
  underPodPolicy('Never', startedAgain('always', 'on-failure'), ends(77, 'never', 'plain')),
] as const;

/**
 * A sidecar exits before its startup probe passed, then together with a regular container, then alone, and last when the Pod
 * has done its work. Another sidecar runs all the time.
 */
export const sidecarExitsEarly: Scenario = {
  id: 'sidecar-exits-early',
  title: 'a sidecar exits before its startup probe has passed, and again later',
  manifest: 'sidecar-and-worker.yaml',
  overlay: {
    containers: {
      agent: {
        startupProbe: {
          exec: {command: ['sh', '-c', '[ "$(grep -c . /volumes/disk/agent.runs)" -gt 1 ]']},
          periodSeconds: 1,
          failureThreshold: 60,
        },
      },
      worker: {
        restartPolicy: 'Never',
        restartPolicyRules: [{action: 'RestartAllContainers', exitCodes: {operator: 'In', values: [88]}}],
      },
    },
  },
  ready: {prepare: 'done', helper: 'running', agent: 'running'},
  steps: [
    exits('agent', 88, 'before it has started'),
    {
      do: 'exit',
      name: 'two at a time',
      tells: [
        {container: 'agent', code: 88, afterSeconds: 0.3},
        {container: 'worker', code: 88, afterSeconds: 0.3},
      ],
      until: 'restarted',
    },
    {do: 'wait', name: 'for a restart too many', until: 'time is over', seconds: 3},
    exits('agent', 88, 'once everything runs'),
    {do: 'previous log', name: 'the log of the run that was ended', container: 'worker'},
    {do: 'debug', name: 'an ephemeral container is added afterwards', container: 'debugger'},
    {do: 'exit', name: 'the last regular container ends', tells: [{container: 'worker', code: 0}], until: 'ended'},
  ],
};

/** A liveness probe fails while its container is being ended, then on its own; in the end the Pod is deleted. */
export const probeFails: Scenario = {
  id: 'probe-fails',
  title: 'a liveness probe fails during the restart, and later without one',
  manifest: 'failing-probe.yaml',
  steps: [
    exits('source', 88),
    {...exitsAlone('source', 77, 'the probe fails'), follow: ['worker']},
    {do: 'wait', name: 'for a restart too many', until: 'time is over', seconds: 3},
    {do: 'delete', name: 'the Pod is deleted', until: 'gone'},
  ],
};

/** A Pod behind a Service is restarted as it was made, and again after one of its containers has been resized. */
export const behindService: Scenario = {
  id: 'behind-service',
  title: 'a Pod behind a Service is restarted, and again after a container was resized',
  manifest: 'behind-service.yaml',
  watches: ['endpointslices'],
  steps: [
    exits('source', 88),
    {do: 'resize', name: 'the worker is resized', container: 'worker', cpu: '500m'},
    exits('source', 88, 'resized'),
  ],
};
