import {partNames, ways, type Bench, type Part, type Sample, type Way} from './sample.ts';
import {median} from 'simple-statistics';
import {predict, type Predicted} from './latency-model.ts';
import {ratioOf, spreadOf, type Estimate, type Spread} from './quantiles.ts';
import {shapes, type Shape} from './shapes.ts';

/** One line of the table: a shape, restarted one way, so many Pods at once, on one release. */
export interface Line {
  /** Kubernetes version of the API server, without the v. */
  readonly release: string;
  readonly shape: Shape;
  readonly way: Way;
  readonly pods: number;
  /** Until the last container's first process began; undefined where no journal tells. */
  readonly started: Spread | undefined;
  /** Until the API shows all containers up and ready. */
  readonly seen: Spread | undefined;
  /** Until the last Pod of the step is up and ready in the API: one time for each step with more than one Pod. */
  readonly together: Spread | undefined;
  /** Medians of the parts of a restart in place, ms. */
  readonly parts: Readonly<Record<Part, number>> | undefined;
  /** How many times as long as the restart in place of the same shape and number of Pods it takes, until all are ready. */
  readonly ratio: Estimate | undefined;
}

/** What the model says of a line, beside what was measured. */
export interface Compared {
  readonly line: Line;
  readonly predicted: Predicted;
  /** Median of what was measured over that of the model, until the last container began. */
  readonly ratio: number;
}

/** What benchmarks come to. */
export interface Summary {
  readonly benches: readonly Bench[];
  readonly lines: readonly Line[];
  readonly compared: readonly Compared[];
}

/** What benchmarks come to, side by side; the intervals take a while. */
export function summaryOf(benches: readonly Bench[]): Summary {
  const lines = linesOf(benches);
  return {benches, lines, compared: comparisonsOf(benches, lines)};
}

/** Lines for everything that benchmarks measured, by shape, release, number of Pods and way. */
function linesOf(benches: readonly Bench[]): readonly Line[] {
  return shapes.flatMap(shape =>
    benches.flatMap(bench => {
      const its = bench.samples.filter(sample => sample.shape === shape.id);
      const crowds = [...new Set(its.map(({pods}) => crowdOf(shape, pods)))].toSorted((a, b) => a - b);
      return crowds.flatMap(pods =>
        ways.flatMap(way => {
          const some = its.filter(sample => sample.way === way && crowdOf(shape, sample.pods) === pods);
          return some.length === 0 ? [] : [lineOf({bench, shape, way, pods}, some, its)];
        }),
      );
    }),
  );
}

/** Pods that are told one a while after the other are no crowd. */
function crowdOf(shape: Shape, pods: number): number {
  return isCrowd(shape) ? pods : 1;
}

/** Whether the Pods of a shape restart at once, and not one after the other. */
export function isCrowd({id}: Shape): boolean {
  return id === 'many-at-once' || id === 'group-behind-barrier';
}

function lineOf(
  {bench, shape, way, pods}: Pick<Line, 'shape' | 'way' | 'pods'> & {readonly bench: Bench},
  some: readonly Sample[],
  all: readonly Sample[],
): Line {
  const times = (of: readonly Sample[], what: 'startedMs' | 'seenMs'): readonly number[] =>
    of.flatMap(sample => sample[what] ?? []);
  const spread = (what: 'startedMs' | 'seenMs'): Spread | undefined => {
    const its = times(some, what);
    return its.length === 0 ? undefined : spreadOf(its);
  };
  const inPlace = all.filter(sample => sample.way === 'in place' && crowdOf(shape, sample.pods) === pods);
  const comparable = pods > 1 ? togetherOf : (of: readonly Sample[]) => times(of, 'seenMs');
  const [theirs, ours] = [comparable(some), comparable(inPlace)];
  const whole = togetherOf(some);
  return {
    release: releaseOf(bench.target),
    shape,
    way,
    pods,
    started: spread('startedMs'),
    seen: spread('seenMs'),
    together: pods > 1 && whole.length > 0 ? spreadOf(whole) : undefined,
    parts: partsOf(some),
    ratio: way === 'in place' || theirs.length === 0 || ours.length === 0 ? undefined : ratioOf(theirs, ours),
  };
}

/** For each step of which every Pod was seen up again: from its first origin until the last of them was. */
function togetherOf(samples: readonly Sample[]): readonly number[] {
  const steps = Map.groupBy(samples, ({scenario, step}) => `${scenario}/${step}`);
  return [...steps.values()].flatMap(its => {
    const ends = its.flatMap(({originMs, seenMs}) => (seenMs === undefined ? [] : [originMs + seenMs]));
    if (ends.length < (its[0]?.pods ?? Infinity)) return [];
    return [Math.max(...ends) - Math.min(...its.map(({originMs}) => originMs))];
  });
}

function partsOf(samples: readonly Sample[]): Line['parts'] {
  const parts = samples.flatMap(sample => sample.parts ?? []);
  if (parts.length === 0) return undefined;
  const middle = (part: Part): number => median(parts.map(each => each[part]));
  const [detection, kill, removal, init, sidecars, regular, ready] = partNames.map(middle);
  return {
    detection: detection ?? 0,
    kill: kill ?? 0,
    removal: removal ?? 0,
    init: init ?? 0,
    sidecars: sidecars ?? 0,
    regular: regular ?? 0,
    ready: ready ?? 0,
  };
}

/** The model beside every restart in place of one Pod at a time; nothing where the model does not speak of the shape. */
function comparisonsOf(benches: readonly Bench[], lines: readonly Line[]): readonly Compared[] {
  return lines.flatMap((line): Compared[] => {
    if (line.way !== 'in place' || isCrowd(line.shape) || line.started === undefined) return [];
    const startMs = startTime(benches, line.release);
    if (startMs === undefined) return [];
    const release = line.release.startsWith('1.35.') ? '1.35' : '1.36';
    const predicted = predict(line.shape.containers, {release, startMs});
    const median = predicted.started[Math.floor(predicted.started.length / 2)] ?? NaN;
    return [{line, predicted, ratio: line.started.p50.value / median}];
  });
}

/**
 * What one container adds on this node, ms: the median time from one regular container's first process to the next one's,
 * where one Pod restarts at a time; undefined where no Pod has two. Benchmarks of one release may have measured a shape each.
 */
export function startTime(benches: readonly Bench[], release: string): number | undefined {
  const samples = benches.filter(({target}) => releaseOf(target) === release).flatMap(bench => bench.samples);
  const times = shapes.flatMap(shape => {
    const gaps = shape.containers.starts.filter(({kind}) => kind === 'regular').length - 1;
    if (isCrowd(shape) || gaps < 1) return [];
    return samples.flatMap(({shape: id, parts}) =>
      id === shape.id && parts !== undefined ? [parts.regular / gaps] : [],
    );
  });
  return times.length === 0 ? undefined : median(times);
}

/** The version of a target's API server without the v, by which the tables tell releases apart. */
export function releaseOf({server}: Bench['target']): string {
  return server.replace(/^v/, '');
}
