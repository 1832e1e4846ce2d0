/** One bound on a wait. */
export interface Budget {
  readonly ms: number;
  /** What it means when the time is over. */
  readonly meaning: string;
  /** The longest that a conformant cluster may need, and where that is written. */
  readonly conformant: string;
}

const table = {
  /** From creating a namespace until it has its default service account. */
  serviceAccount: {ms: 30_000, meaning: 'Error: no Pod can be created', conformant: 'none'},
  /** From creating the Pod until it is as the stimulus needs it. */
  podReady: {ms: 90_000, meaning: 'Error: the Pod did not get ready for the stimulus', conformant: 'none'},
  /** What each Pod like the scenario's adds to that. */
  copyReady: {ms: 3_000, meaning: 'Error: the Pods did not get ready for the stimulus', conformant: 'none'},
  /** From adding the ephemeral container until it runs. */
  ephemeralRunning: {ms: 45_000, meaning: 'Error: the ephemeral container did not start', conformant: 'none'},
  /**
   * From the source's exit until everything runs again. Below the kubelet's periodic resync (60 to 90 s), which would
   * hide a restart that nothing triggers.
   */
  restart: {
    ms: 50_000,
    meaning: 'Failed where the node was quick before the exit, else Inconclusive',
    conformant: '60 s (KEP-5532, Goals)',
  },
  /**
   * From an exit of a generated Pod until what the model says has come. Above the kubelet's periodic resync (60 to 90 s):
   * the model is not about time, and a Pod of release 1.35 in which the source alone ran waits for it.
   */
  exitFollowed: {
    ms: 120_000,
    meaning: 'a disagreement where the Pod has stood still for long, else undecided',
    conformant: '60 s (KEP-5532, Goals)',
  },
  /** From a request that concerns the scheduler until it has bound the Pod, or said that no node fits. */
  scheduled: {
    ms: 30_000,
    meaning: 'Inconclusive, unless the scheduler gave the feature as its reason',
    conformant: 'none',
  },
  /** Watched on after everything runs again, for a second restart; the kubelet looks at every container once a second. */
  quiet: {ms: 3_000, meaning: 'the recording ends', conformant: 'none'},
  /** While all containers restart, until one runs through which the journal can be read: a restart and a half on a busy node. */
  readable: {ms: 10_000, meaning: 'a gap in the recording: the journal was not read', conformant: 'none'},
  /** A command in a container. */
  exec: {ms: 15_000, meaning: 'Error: the container can not be told to exit or read', conformant: 'none'},
  /** A whole answer of the API server. */
  answer: {ms: 30_000, meaning: 'Error; where no other request is answered either, the run ends', conformant: 'none'},
  /** A component's metrics, through the API server; a kubelet may hang behind it. */
  probe: {ms: 5_000, meaning: 'the probe says unknown', conformant: 'none'},
  /** From making a webhook known to the API server until it is called; the API server learns of it by a watch. */
  webhookCalled: {ms: 15_000, meaning: 'Error: no sidecar can be injected', conformant: 'none'},
  /** Until the watch brings the versions that the API server has at the end of a recording. */
  confirm: {ms: 5_000, meaning: 'a gap in the recording', conformant: 'none'},
  /** Silence of a watch after which it is opened again; bookmarks come about every 60 s. */
  watchSilence: {ms: 90_000, meaning: 'the watch is resumed from its last resourceVersion', conformant: 'none'},
  /** Before a watch that could not be opened is tried again. */
  reconnect: {ms: 250, meaning: 'the watch is opened again', conformant: 'none'},
  /** Until the namespaces of a run are gone. */
  cleanup: {ms: 60_000, meaning: 'a warning with the command that removes what is left', conformant: 'none'},
} satisfies Record<string, Budget>;

/** A time that is not waited for: what comes, or lasts, is judged by it. */
export interface Mark {
  readonly ms: number;
  readonly meaning: string;
  /** Where it is written, or what it was seen to be. */
  readonly source: string;
}

/** Every time by which something is judged, apart from how quick the node is. */
export const marks = {
  firstContainer: {
    ms: 5_000,
    meaning: "from the source's exit until the first container of a two-container Pod has started, in 99 of 100",
    source: 'KEP-5532, Monitoring Requirements',
  },
  furtherContainer: {
    ms: 5_000,
    meaning: 'what each further container adds to a restart',
    source: 'KEP-5532, Monitoring Requirements',
  },
  everything: {ms: 60_000, meaning: 'from the exit until everything runs again', source: 'KEP-5532, Goals'},
  /** A fault that ends here by itself is not seen by a longer wait. */
  errorRetry: {
    ms: 10_000,
    meaning: 'the earliest time at which the kubelet tries again after an error; the latest is 15 s',
    source: 'Kubernetes source, backOffPeriod in pkg/kubelet/kubelet.go, with a jitter of one half',
  },
  errorRetryOver: {
    ms: 20_000,
    meaning: 'what takes longer did not wait for the latest such try alone',
    source: '15 s, and the start of a container, 2.3 s at the longest where nothing was retried',
  },
  /** As errorRetry. */
  resync: {
    ms: 60_000,
    meaning: 'the earliest time at which the kubelet looks at a Pod that nothing happens to; the latest is 90 s',
    source: 'Kubernetes source, syncFrequency, with a jitter of one half in pkg/kubelet/pod_workers.go',
  },
  resyncOver: {
    ms: 95_000,
    meaning: 'what takes longer did not wait for the latest such look alone',
    source: '90 s, and the restart of one container',
  },
  reported: {
    ms: 1_500,
    meaning: 'a state of the Pod that lasts so long on a quick node is reported before the next one',
    source: 'the kubelet sends a state as soon as it is made, and merges only those that it had no time to send',
  },
  standstill: {
    ms: 16_000,
    meaning: 'a Pod that has stood still for so long is stuck, not at work',
    source: "longer than the latest of the kubelet's tries after an error",
  },
  leastTolerance: {
    ms: 1_000,
    meaning: 'by how much a time is exceeded at least before that counts, on however quick a node',
    source: 'the kubelet looks at its containers once a second',
  },
  deletionHeard: {
    ms: 8_000,
    meaning: 'a kubelet may not have heard of a deletion for so long',
    source: '4 and 7 s were seen on nodes with 2 cores that had twelve Pods to start at once',
  },
  slowPodStart: {
    ms: 30_000,
    meaning: 'a node that takes longer to start a Pod is too slow for what does not come to mean anything',
    source: '2 to 17 s on a node with 2 cores that starts eight Pods at once',
  },
  heldUp: {
    ms: 1_500,
    meaning: "a container's script that gets no further for so long is on a node that is held up",
    source: '0.01 to 0.3 s from its first command to its first line, 0.1 s between two lines, on that node',
  },
  quietWatched: {
    ms: 2_500,
    meaning:
      'what has not come so long after an end does not come: a container is started again as soon as it is seen to end',
    source: 'the kubelet looks at its containers once a second',
  },
  leastBackOff: {
    ms: 9_000,
    meaning: 'a container that starts sooner after its end than that was not started by its own back-off',
    source: 'Pod lifecycle, Container restarts: 10 s at least, from the second restart on',
  },
  firstBackOff: {
    ms: 10_000,
    meaning: 'how long a container waits that crashed again; twice as long after each further crash',
    source: 'Pod lifecycle, Container restarts',
  },
  otherClock: {
    ms: 120_000,
    meaning: 'what is told to have come so long before a scenario began was told by a clock that is far from ours',
    source: 'longer than is waited for a Pod to get ready',
  },
  backOffLeft: {
    ms: 12_000,
    meaning:
      'what is left of a back-off at least where another container is to exit during it, 3 s later at the soonest',
    source: 'longer than a restart of all takes on a busy node; the first back-off, 10 s, is too short for it',
  },
  endpointNoticed: {
    ms: 5_000,
    meaning: 'a Pod that is not ready for so long is taken out of the ready endpoints of its Service meanwhile',
    source: 'the EndpointSlice controller collects changes for 0.5 s',
  },
  podGone: {
    ms: 10_000,
    meaning: 'from the end of the grace period until a deleted Pod is gone from the API',
    source: 'longer than the kubelet takes to end containers and to report it, 1 to 3 s',
  },
  podGoneLate: {
    ms: 10_000,
    meaning:
      'how much later than that a deleted Pod may go on a busy node, or by a retry of the kubelet, so that nothing is said',
    source: '11 s after the grace period were seen; the kubelet tries again 10 to 15 s after an error',
  },
  leftBehind: {
    ms: 3_600_000,
    meaning: 'a namespace of another run that is older was left behind',
    source: 'longer than any run',
  },
  clocks: {
    ms: 500,
    meaning: "how far the node's clock and the recorder's may be apart at least, and two watches of one API server",
    source: 'longer than the command that reads the one takes on the other',
  },
} as const satisfies Record<string, Mark>;

/** How many Pods are created, told to exit or read side by side. */
export const callsAtOnce = 8;

/** By how many ordinary restarts of one container a time of the kubelet's own may be exceeded before that counts. */
export const toleratedRestarts = 2;

/** Every time budget of a run. */
export type Budgets = Readonly<Record<keyof typeof table, Budget>>;

/**
 * The budgets of a run.
 *
 * @param scale what `--timeout-scale` says; multiplies the waits for the cluster. `restart` stays below the periodic resync
 *   and `quiet` as it is, since a longer one would change what a requirement means.
 */
export function budgets(scale = 1): Budgets {
  const times = (budget: Budget): Budget => ({...budget, ms: budget.ms * scale});
  return {
    ...table,
    serviceAccount: times(table.serviceAccount),
    podReady: times(table.podReady),
    copyReady: times(table.copyReady),
    ephemeralRunning: times(table.ephemeralRunning),
    exec: times(table.exec),
    cleanup: times(table.cleanup),
  };
}
