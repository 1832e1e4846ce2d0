import {markdownTable} from 'markdown-table';
import {partNames, partTitles, type Bench} from './sample.ts';
import {atShare} from '../at-share.ts';
import {type Estimate, type Spread} from './quantiles.ts';
import {slowestOf} from './latency-model.ts';
import {releaseOf, startTime, type Compared, type Line, type Summary} from './summary.ts';

/** Benchmarks as Markdown, which is to be read on a terminal too: what they ran on, the table, the parts, the model. */
export function benchText({benches, lines, compared}: Summary): string {
  const inPlace = lines.filter(({parts}) => parts !== undefined);
  const blocks = [
    benches.map(ranOn).join('\n'),
    'Seconds from the exit of the source, or from the request that deletes the Pod, with 95 % intervals in brackets. "started": ' +
      'the first process of the last container has begun, by the containers\' own journal; "ready": the API shows every container ' +
      'up and ready. "times": how many times as long as in place.',
    table(
      ['shape', 'release', 'Pods', 'way', 'n', 'started p50', 'ready p50', 'ready p90', 'ready p99', 'max', 'times'],
      lines.map(line => [
        line.shape.id,
        line.release,
        String(line.pods),
        line.way,
        String(line.seen?.count ?? 0),
        estimate(line.started?.p50),
        ...spread(line.seen),
        line.ratio === undefined ? '' : ratio(line.ratio),
      ]),
    ),
    ...(lines.some(({together}) => together !== undefined) ? [groupTable(lines)] : []),
    'Where the time goes, medians in seconds; removal and the creation of the first container can not be told apart from ' +
      'within a Pod, nor can detection where the source had run alone. The last part is half a second that our containers take ' +
      'before they say of themselves that they are ready, which the API does not wait for where there is no probe.',
    table(
      ['shape', 'release', 'Pods', ...partNames.map(part => partTitles[part])],
      inPlace.map(({shape, release, pods, parts}) => [
        shape.id,
        release,
        String(pods),
        ...partNames.map(part => inSeconds(parts?.[part] ?? 0)),
      ]),
    ),
    ...(compared.length === 0 ? [] : [...modelTable(benches, compared), ...manyNodes({benches, compared})]),
    ...benches.flatMap(({target, unmeasured}) =>
      unmeasured.map(({scenario, why}) => `Not measured on ${target.server}: ${scenario}: ${shortened(why)}`),
    ),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function modelTable(benches: readonly Bench[], compared: readonly Compared[]): readonly string[] {
  const starts = [...new Set(compared.map(({line}) => line.release))].map(
    release => `${inSeconds(startTime(benches, release) ?? NaN)} s at ${release}`,
  );
  return [
    `The kubelet's own bounds beside that, until the last container has started. A container takes to start: ${starts.join(', ')}.`,
    table(
      ['shape', 'release', 'model p50', 'model p99', 'measured p50', 'measured p99', 'measured / model'],
      compared.map(({line, predicted, ratio: by}) => [
        line.shape.id,
        line.release,
        inSeconds(atShare(predicted.started, 0.5) ?? NaN),
        inSeconds(atShare(predicted.started, 0.99) ?? NaN),
        estimate(line.started?.p50),
        line.started === undefined || line.started.count < 100 ? '' : estimate(line.started.p99),
        by.toFixed(2),
      ]),
    ),
  ];
}

/** Groups so large that no cluster of ours has them: the slowest of so many Pods, each on a node of its own. */
const groupSizes = [1, 100, 1_000, 5_000] as const;

function manyNodes({benches, compared}: Pick<Summary, 'benches' | 'compared'>): readonly string[] {
  const group = compared.filter(({line}) => line.shape.id === 'two-containers');
  if (group.length === 0) return [];
  const rows = group.flatMap(({line: {release, shape}, predicted}) => {
    const measured = benches
      .filter(({target}) => releaseOf(target) === release)
      .flatMap(({samples}) => samples)
      .flatMap(({shape: id, way, startedMs}) => (id === shape.id && way === 'in place' ? (startedMs ?? []) : []))
      .toSorted((a, b) => a - b);
    return [0.5, 0.99].map(share => [
      release,
      String(share * 100),
      ...groupSizes.flatMap(size => [
        inSeconds(slowestOf(predicted.started, size, share)),
        // Beyond what was measured nothing is known but that it takes as long at least as the longest.
        `${share ** (1 / size) > 1 - 1 / measured.length ? 'over ' : ''}${inSeconds(slowestOf(measured, size, share))}`,
      ]),
    ]);
  });
  return [
    'A group of Pods with two containers that exit at once, each on a node of its own like this one: until the last container of ' +
      'the last Pod has started, in so many of 100 group restarts; by the model, and drawn from what was measured.',
    table(['release', 'of 100', ...groupSizes.flatMap(size => [`${size}: model`, `${size}: measured`])], rows),
  ];
}

/** As much of a reason as one line takes; the whole of it is in bench.json. */
function shortened(why: string): string {
  return why.length <= longestReason ? why : `${why.slice(0, longestReason)} ...`;
}

const longestReason = 120;

/** One sentence on what a benchmark ran on. */
export function ranOn({target, machine, startedAt, seconds, suite, clockErrorMs}: Bench): string {
  const nodes = new Set(target.nodes.map(({kubelet, runtime}) => `kubelet ${kubelet}, ${runtime}`));
  const clocks = clockErrorMs === undefined ? '' : `; the two clocks are known to each other within ${clockErrorMs} ms`;
  return (
    `${target.server}: ${target.nodes.length} node(s), ${[...nodes].join('; ')}; run from a machine with ${machine.processors} ` +
    `processors (${machine.model}), ${machine.memoryGiB} GiB, load ${machine.load.before} before and ${machine.load.after} after; ` +
    `${startedAt.slice(0, 10)}, ${Math.round(seconds)} s, suite ${suite}${clocks}`
  );
}

/** Groups: from the first exit of a step until its last Pod is ready. */
function groupTable(lines: readonly Line[]): string {
  return table(
    ['all Pods of a step', 'release', 'Pods', 'way', 'steps', 'all ready p50', 'max', 'times'],
    lines.flatMap(({shape, release, pods, way, together, ratio: by}) =>
      together === undefined
        ? []
        : [
            [
              shape.id,
              release,
              String(pods),
              way,
              String(together.count),
              estimate(together.p50),
              inSeconds(together.max),
              by === undefined ? '' : ratio(by),
            ],
          ],
    ),
  );
}

function spread(of: Spread | undefined): readonly string[] {
  if (of === undefined) return ['', '', '', ''];
  const {p50, p90, p99, max, count} = of;
  return [estimate(p50), count < 10 ? '' : estimate(p90), count < 100 ? '' : estimate(p99), inSeconds(max)];
}

function estimate(of: Estimate | undefined): string {
  if (of === undefined) return '';
  const {value, low, high} = of;
  const range = low === undefined || high === undefined ? '' : ` [${inSeconds(low)}, ${inSeconds(high)}]`;
  return `${inSeconds(value)}${range}`;
}

function ratio({value, low, high}: Estimate): string {
  const range = low === undefined || high === undefined ? '' : ` [${low.toFixed(2)}, ${high.toFixed(2)}]`;
  return `${value.toFixed(2)}${range}`;
}

/** Milliseconds as seconds with two digits. */
export function inSeconds(ms: number): string {
  return (ms / 1000).toFixed(2);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return markdownTable([head, ...rows]);
}
