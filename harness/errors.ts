import {ZodError} from 'zod';

/**
 * Exit codes of `rac`. A code stands for one cause that a user or a CI job can act on; README lists them.
 * 0 to 4 are about verdicts, 10 and up say that no verdict was reached.
 */
export const exitCodes = {
  /** Every applicable requirement passed; known deviations and typed skips are in the report. */
  ok: 0,
  /** At least one requirement is Failed. */
  failed: 1,
  /** A flag, argument or id that `rac` does not know. */
  usage: 2,
  /** The target does not have the feature, or has it turned off. */
  featureOff: 3,
  /** Nothing Failed, but something is Inconclusive or ended in Error. */
  undecided: 4,
  /** No container engine, and none that could be installed here. */
  noEngine: 10,
  /** A host port that the cluster needs is taken. */
  portTaken: 11,
  /** Not enough room on a disk. */
  diskFull: 12,
  /** The kubeconfig or its context can't be used. */
  badContext: 13,
  /** The API server doesn't answer. */
  unreachable: 14,
  /** A right is missing on the target. */
  forbidden: 15,
  /** A tool (kind, Go, debootstrap, npm) is missing or failed. */
  buildFailed: 16,
  /** The cluster didn't come up. */
  bootFailed: 17,
  /** A cluster of that name runs and doesn't fit what was asked for. */
  clusterMismatch: 18,
  /** A recording or another file of a run is damaged, or a data file of the suite is wrong. */
  badData: 19,
  /** No scenario could be recorded: the workload image can't be pulled, a quota, an admission policy. */
  notRecorded: 20,
  /** A defect of this program. */
  internal: 70,
  /** Ctrl-C. */
  interrupted: 130,
  /** SIGTERM. */
  terminated: 143,
} as const;

/** The name of an exit code. */
export type ExitCause = keyof typeof exitCodes;

/**
 * An error that a user can act on: what happened, and what to do next. `rac` prints it without a stack and ends with
 * the exit code of its cause.
 */
export class SuiteError extends Error {
  readonly exit: ExitCause;
  readonly next: string | undefined;

  /**
   * @param exit the cause, which fixes the exit code
   * @param message one line: what happened, with what came in quoted
   * @param options `next`: the next step, as a command where there is one; `cause`: the original error
   */
  constructor(exit: ExitCause, message: string, options: {next?: string; cause?: unknown} = {}) {
    super(message, {cause: options.cause});
    this.name = 'SuiteError';
    this.exit = exit;
    this.next = options.next;
  }
}

/** One line of what an unknown thrown value says. */
export function messageOf(error: unknown): string {
  if (error instanceof ZodError)
    return error.issues.map(({path, message}) => `${path.join('.')}: ${message}`).join('; ');
  return error instanceof Error ? error.message : String(error);
}
