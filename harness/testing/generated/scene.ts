import type {MatcherName} from '../../matchers/matchers.ts';
import {containersOf, statusOf, type ContainerStatus, type Pod, type PodContainer} from '../../recording/pod.ts';
import type {Recording} from '../../recording/recording.ts';
import {
  restartedVersion,
  restartingVersions,
  runsAround,
  timelineOf,
  type ContainerRun,
  type JournalLine,
  type PodVersion,
  type Timeline,
} from '../../recording/timeline.ts';
import type {Outcome} from '../../verdicts/verdict.ts';
import type {Good, Stated} from '../bench.ts';
import type {Edit} from '../edit.ts';

/** One edit of a kind, at one place of a recording, and by what the suites expect there what it has to turn. */
export interface GeneratedFault {
  /** What is wrong, the same at each place. */
  readonly kind: string;
  readonly at: string;
  readonly edit: (recording: Edit) => unknown;
  /** Requirements that must go red. */
  readonly must: Iterable<string>;
  /** Those that must not pass any longer: red or undecided. */
  readonly mustNotPass?: Iterable<string>;
  /** Those that must be undecided, and not red: nothing follows for them from what is wrong. */
  readonly undecided?: Iterable<string>;
  /** Those that may go red too. */
  readonly may?: Iterable<string>;
}

/** Every edit of some kinds that makes sense in a step. */
export type Generator = (scene: Scene) => Iterable<GeneratedFault>;

/** Every edit of some kinds that makes sense in a recording, whatever happens in it. */
export type RecordingGenerator = (stage: Stage) => Iterable<GeneratedFault>;

/** A good recording, with what is expected of it. */
export class Stage {
  readonly scenario: string;
  readonly recording: Recording;
  readonly #good: Good;

  constructor(scenario: string, good: Good) {
    this.scenario = scenario;
    this.recording = good.recording;
    this.#good = good;
  }

  /** Requirements that pass and expect one of these, with arguments that fit. */
  anywhere(matchers: readonly MatcherName[], fits: (stated: Stated) => boolean = () => true): readonly string[] {
    return this.#stating(matchers, fits, 'Passed');
  }

  /** Those that deviate in a way that is known: what is wrong in them in another way must be red all the same. */
  deviatingIn(matchers: readonly MatcherName[], fits: (stated: Stated) => boolean = () => true): readonly string[] {
    return this.#stating(matchers, fits, 'KnownDeviation');
  }

  /** Known deviations: what else is wrong there may be seen in place of them. */
  deviating(): readonly string[] {
    return [...this.#good.verdicts.values()]
      .filter(({outcome}) => outcome === 'KnownDeviation')
      .map(({requirement}) => requirement);
  }

  /** Every requirement of the scenario. */
  all(): readonly string[] {
    return [...this.#good.verdicts.keys()];
  }

  /** What is expected by one of these, of requirements that pass or deviate in a way that is known. */
  expectations(matcher: MatcherName): readonly Stated[] {
    return this.#good.stated.filter(each => each.matcher === matcher);
  }

  #stating(matchers: readonly MatcherName[], fits: (stated: Stated) => boolean, outcome: Outcome): readonly string[] {
    const names: readonly string[] = matchers;
    return this.#good.stated
      .filter(each => names.includes(each.matcher) && fits(each))
      .map(({requirement}) => requirement)
      .filter(id => this.#good.verdicts.get(id)?.outcome === outcome);
  }
}

/** A good recording seen from one of its steps in which containers are told to exit. */
export class Scene extends Stage {
  readonly timeline: Timeline;
  /** Whether it is the first of its recording: what concerns the whole of it is edited there. */
  readonly isFirst: boolean;
  readonly #step: string;

  constructor(scenario: string, good: Good, timeline: Timeline, step: string, isFirst: boolean) {
    super(scenario, good);
    this.timeline = timeline;
    this.isFirst = isFirst;
    this.#step = step;
  }

  /** Name of the Pod that is told. */
  get pod(): string {
    return this.timeline.before.pod.metadata.name;
  }

  get after(): readonly PodVersion[] {
    return this.timeline.after;
  }

  /** Requirements that pass and expect one of these of the step. */
  of(...matchers: readonly MatcherName[]): readonly string[] {
    return this.given(matchers, () => true);
  }

  /** Those that expect it with arguments that fit. */
  given(matchers: readonly MatcherName[], fits: (given: readonly unknown[]) => boolean): readonly string[] {
    return this.anywhere(matchers, stated => this.#isOfIt(stated) && fits(stated.given));
  }

  /** As `given`, of known deviations. */
  deviatingFrom(
    matchers: readonly MatcherName[],
    fits: (given: readonly unknown[]) => boolean = () => true,
  ): readonly string[] {
    return this.deviatingIn(matchers, stated => this.#isOfIt(stated) && fits(stated.given));
  }

  /** Edits the Pod's versions from one place to another, both included. */
  versions(edit: Edit, from: number, to: number, change: (pod: Pod) => unknown): Edit {
    return edit.pods(from, to, pod => {
      if (pod.metadata.name === this.pod) change(pod);
    });
  }

  /** Index of the last version of the step. */
  get last(): number {
    return this.after.at(-1)?.index ?? NaN;
  }

  /** Versions with the condition True, and the first one after them without. */
  get raised(): readonly PodVersion[] {
    return restartingVersions(this.timeline);
  }

  get lowered(): PodVersion | undefined {
    return restartedVersion(this.timeline);
  }

  /** Every container of the Pod that had run, with its kind. */
  get ran(): readonly PodContainer[] {
    return containersOf(this.timeline.before.pod).filter(({name}) => this.timeline.hadRun.includes(name));
  }

  before(container: string): ContainerStatus | undefined {
    return statusOf(this.timeline.before.pod, container);
  }

  /** The first version in which the container has a new id. */
  renewed(container: string): PodVersion | undefined {
    const old = this.before(container)?.containerID;
    return this.after.find(({pod}) => {
      const id = statusOf(pod, container)?.containerID;
      return id !== undefined && id !== old;
    });
  }

  /** The container's runs before the exit, and after. */
  runs(container: string): {readonly before: readonly ContainerRun[]; readonly after: readonly ContainerRun[]} {
    return runsAround(this.timeline, container);
  }

  /** What the container wrote between the exit of this step and that of the next. */
  linesAfter(container: string): readonly JournalLine[] {
    const exited = this.timeline.exit?.entry.uptime ?? Infinity;
    return this.timeline.journal.filter(({entry}) => entry.container === container && entry.uptime > exited);
  }

  /** Each version of the step with the place that it has in it. */
  places(): readonly (PodVersion & {readonly at: string})[] {
    return this.after.map((version, place) => ({
      ...version,
      at: this.place(`version ${place + 1} of ${this.after.length}`),
    }));
  }

  /** A place, told with the step where it is not the first. */
  place(text: string): string {
    return this.isFirst ? text : `${this.#step}: ${text}`;
  }

  #isOfIt({step}: Stated): boolean {
    return step === this.#step || (step === undefined && this.isFirst);
  }
}

/** One scene for each step in which containers are told to exit. */
export function scenesOf(scenario: string, good: Good): readonly Scene[] {
  const steps = good.recording.observations.flatMap(o =>
    o.kind === 'stimulus' && o.pod === undefined ? [o.step] : [],
  );
  return [...new Set(steps)].flatMap((step, place) => {
    const timeline = timelineOf(good.recording, step);
    return timeline === undefined ? [] : [new Scene(scenario, good, timeline, step, place === 0)];
  });
}
