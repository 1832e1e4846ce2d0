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
  /** Watched on after everything runs again, for a second restart; the kubelet looks at every container once a second. */
  quiet: {ms: 3_000, meaning: 'the recording ends', conformant: 'none'},
  /** A command in a container. */
  exec: {ms: 15_000, meaning: 'Error: the container can not be told to exit or read', conformant: 'none'},
  /** Until the watch brings the versions that the API server has at the end of a recording. */
  confirm: {ms: 5_000, meaning: 'a gap in the recording', conformant: 'none'},
  /** Silence of a watch after which it is opened again; bookmarks come about every 60 s. */
  watchSilence: {ms: 90_000, meaning: 'the watch is resumed from its last resourceVersion', conformant: 'none'},
  /** Before a watch that could not be opened is tried again. */
  reconnect: {ms: 250, meaning: 'the watch is opened again', conformant: 'none'},
  /** Until the namespaces of a run are gone. */
  cleanup: {ms: 60_000, meaning: 'a warning with the command that removes what is left', conformant: 'none'},
} satisfies Record<string, Budget>;

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
    ephemeralRunning: times(table.ephemeralRunning),
    exec: times(table.exec),
    cleanup: times(table.cleanup),
  };
}
