import * as Plot from '@observablehq/plot';
import {parseHTML} from 'linkedom';
import {partNames, partTitles, ways, type Bench, type Part, type Way} from './sample.ts';
import {isCrowd, type Compared, type Line, type Summary} from './summary.ts';
import {atShare} from '../at-share.ts';

/** A drawing: for the page, where the colours of a theme hold, and as a file of its own. */
export interface Drawing {
  /** Name of its file. */
  readonly name: string;
  /** What it shows, in one sentence, for who does not see it too. */
  readonly caption: string;
  readonly svg: string;
}

const width = 820;

const ink = 'var(--ink, #1b1f24)';
const soft = 'var(--ink-soft, #545c66)';
const grid = 'var(--grid, #e8ecf0)';

const wayColours: Readonly<Record<Way, string>> = {
  'in place': 'var(--way-1, #17663c)',
  'container alone': 'var(--way-2, #7d4a00)',
  'deleted and created': 'var(--way-3, #1d4fbf)',
  'replaced by its Job': 'var(--way-4, #8a2a8f)',
};

const partColours: Readonly<Record<Part, string>> = {
  detection: 'var(--part-1, #b3152a)',
  kill: 'var(--part-2, #d9822b)',
  removal: 'var(--part-3, #c8a415)',
  init: 'var(--part-4, #4f9d69)',
  sidecars: 'var(--part-5, #2a8f9c)',
  regular: 'var(--part-6, #2f6fb3)',
  ready: 'var(--part-7, #8b949f)',
};

/** Every drawing for which something was measured. */
export function drawingsOf({benches, lines, compared}: Summary): readonly Drawing[] {
  return [distributions(benches), whereTimeGoes(lines), byPods(lines), byContainers(lines), model(compared)].flatMap(
    drawing => drawing ?? [],
  );
}

function distributions(benches: readonly Bench[]): Drawing | undefined {
  const rows = benches.flatMap(({samples, target}) =>
    samples.flatMap(({shape, way, seenMs}) =>
      shape === 'two-containers' && seenMs !== undefined ? [{release: target.server, way, seconds: seenMs / 1000}] : [],
    ),
  );
  if (rows.length === 0) return undefined;
  const present = ways.filter(way => rows.some(row => row.way === way));
  const svg = draw({
    height: 60 + benches.length * present.length * 30 + benches.length * 14,
    marginLeft: 150,
    marginRight: 60,
    x: {
      label: 'seconds until every container is ready in the API',
      labelAnchor: 'center',
      labelArrow: 'none',
      domain: [0, Math.max(...rows.map(({seconds}) => seconds)) * 1.02],
      grid: false,
    },
    y: {domain: present, label: null, tickSize: 0},
    fy: {label: null, padding: 0.12},
    marks: [
      Plot.gridX({stroke: grid, strokeOpacity: 1}),
      ...present.flatMap(way => {
        const its = rows.filter(row => row.way === way);
        const colour = wayColours[way];
        return [
          Plot.dot(its, {x: 'seconds', y: 'way', fy: 'release', r: 2.5, fill: colour, fillOpacity: 0.35}),
          Plot.tickX(
            its,
            Plot.groupY({x: 'median'}, {x: 'seconds', y: 'way', fy: 'release', stroke: colour, strokeWidth: 3}),
          ),
        ];
      }),
    ],
  });
  return {
    name: 'distribution',
    caption:
      'A Pod of two containers: every time that was measured, with the median, for each way in which its containers come to run again.',
    svg,
  };
}

function whereTimeGoes(all: readonly Line[]): Drawing | undefined {
  const lines = all.filter(({parts, shape}) => parts !== undefined && !isCrowd(shape));
  // The wait of a Pod in which the source ran alone would make all others too small to be seen.
  const drawn = lines.filter(({started}) => (started?.p50.value ?? 0) < 30_000);
  if (drawn.length === 0) return undefined;
  const bars = drawn.flatMap(({shape, release, parts}) => {
    let from = 0;
    return partNames.map(part => {
      const begin = from;
      from += (parts?.[part] ?? 0) / 1000;
      return {shape: shape.id, release, part, from: begin, to: from};
    });
  });
  const svg = draw({
    height: 118 + drawn.length * 24 + new Set(drawn.map(({shape}) => shape.id)).size * 8,
    marginLeft: 60,
    marginRight: 150,
    marginTop: 62,
    x: {label: 'seconds since the exit of the source, medians', labelAnchor: 'center', labelArrow: 'none'},
    y: {label: null, tickSize: 0},
    fy: {label: null, domain: [...new Set(drawn.map(({shape}) => shape.id))], padding: 0.15},
    marks: [
      Plot.gridX({stroke: grid, strokeOpacity: 1}),
      ...partNames.map(part =>
        Plot.barX(
          bars.filter(bar => bar.part === part),
          {x1: 'from', x2: 'to', y: 'release', fy: 'shape', fill: partColours[part], insetTop: 2, insetBottom: 2},
        ),
      ),
      ...legendMarks(
        partNames.map(part => ({text: partTitles[part], colour: partColours[part]})),
        3,
      ),
    ],
  });
  return {
    name: 'where-the-time-goes',
    caption:
      'Parts of a restart in place, by shape and release. A Pod that waits a minute for the periodic sync is left out.',
    svg,
  };
}

function byPods(all: readonly Line[]): Drawing | undefined {
  const lines = all.filter(({shape}) => shape.id === 'many-at-once');
  const rows = lines.map(({release, way, pods, together, seen}) => {
    const of = together ?? seen;
    return {release, way, pods, seconds: (of?.p50.value ?? NaN) / 1000};
  });
  return curves(
    'time-by-pods',
    'Pods of a node at once',
    'Seconds until the last of so many Pods of one node is ready, in place and deleted and created.',
    rows,
  );
}

function curves(
  name: string,
  xLabel: string,
  caption: string,
  rows: readonly {release: string; way: Way; pods: number; seconds: number}[],
): Drawing | undefined {
  if (rows.length === 0) return undefined;
  const present = ways.filter(way => rows.some(row => row.way === way));
  const svg = draw({
    height: 300,
    marginLeft: 50,
    marginTop: 46,
    x: {
      type: 'log',
      label: xLabel,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: [...new Set(rows.map(({pods}) => pods))],
      tickFormat: 'd',
    },
    y: {label: 'seconds', labelAnchor: 'center', labelArrow: 'none', zero: true},
    fx: {label: null, padding: 0.08},
    marks: [
      Plot.gridY({stroke: grid, strokeOpacity: 1}),
      ...present.flatMap(way => {
        const its = rows.filter(row => row.way === way);
        return [
          Plot.lineY(its, {x: 'pods', y: 'seconds', fx: 'release', stroke: wayColours[way], strokeWidth: 2}),
          Plot.dot(its, {x: 'pods', y: 'seconds', fx: 'release', fill: wayColours[way], r: 3.5}),
        ];
      }),
      ...legendMarks(
        present.map(way => ({text: way, colour: wayColours[way]})),
        4,
      ),
    ],
  });
  return {name, caption, svg};
}

function byContainers(all: readonly Line[]): Drawing | undefined {
  const lines = all.filter(
    ({shape, way, pods, started}) =>
      ['source-alone', 'two-containers', 'ten-containers'].includes(shape.id) &&
      way === 'in place' &&
      pods === 1 &&
      (started?.p50.value ?? Infinity) < 30_000,
  );
  const rows = lines.map(({shape, release, started}) => ({
    release,
    containers: shape.containers.starts.length,
    seconds: (started?.p50.value ?? NaN) / 1000,
    low: (started?.p50.low ?? started?.p50.value ?? NaN) / 1000,
    high: (started?.p50.high ?? started?.p50.value ?? NaN) / 1000,
  }));
  if (new Set(rows.map(({containers}) => containers)).size < 2) return undefined;
  const releases = [...new Set(rows.map(({release}) => release))];
  const colours = Object.values(wayColours);
  const colour = (release: string): string => colours[releases.indexOf(release) % colours.length] ?? ink;
  const svg = draw({
    height: 280,
    marginLeft: 50,
    marginTop: 46,
    x: {
      label: 'containers of the Pod',
      labelAnchor: 'center',
      labelArrow: 'none',
      domain: [0, 10.5],
      ticks: [1, 2, 10],
      tickFormat: 'd',
    },
    y: {label: 'seconds', labelAnchor: 'center', labelArrow: 'none', zero: true},
    marks: [
      Plot.gridY({stroke: grid, strokeOpacity: 1}),
      ...releases.flatMap(release => {
        const its = rows.filter(row => row.release === release);
        return [
          Plot.ruleX(its, {x: 'containers', y1: 'low', y2: 'high', stroke: colour(release)}),
          Plot.lineY(its, {x: 'containers', y: 'seconds', stroke: colour(release), strokeWidth: 2}),
          Plot.dot(its, {x: 'containers', y: 'seconds', fill: colour(release), r: 3.5}),
        ];
      }),
      ...legendMarks(
        releases.map(release => ({text: release, colour: colour(release)})),
        4,
      ),
    ],
  });
  return {
    name: 'time-by-containers',
    caption:
      'Median seconds until the last container has started, in place, against the number of containers, with 95 % intervals.',
    svg,
  };
}

function model(all: readonly Compared[]): Drawing | undefined {
  const compared = all.filter(({line}) => (line.started?.p50.value ?? 0) < 30_000);
  if (compared.length === 0) return undefined;
  const rows = compared.map(({line, predicted}) => ({
    ...nameOf(line),
    from: (atShare(predicted.started, 0.01) ?? NaN) / 1000,
    mid: (atShare(predicted.started, 0.5) ?? NaN) / 1000,
    to: (atShare(predicted.started, 0.99) ?? NaN) / 1000,
    measured: (line.started?.p50.value ?? NaN) / 1000,
    low: (line.started?.p50.low ?? NaN) / 1000,
    high: (line.started?.p50.high ?? NaN) / 1000,
  }));
  const svg = draw({
    height: 96 + rows.length * 24 + new Set(rows.map(({shape}) => shape)).size * 8,
    marginLeft: 60,
    marginRight: 150,
    marginTop: 46,
    x: {label: 'seconds until the last container has started', labelAnchor: 'center', labelArrow: 'none', zero: true},
    y: {label: null, tickSize: 0},
    fy: {label: null, domain: [...new Set(rows.map(({shape}) => shape))], padding: 0.15},
    marks: [
      Plot.gridX({stroke: grid, strokeOpacity: 1}),
      Plot.barX(rows, {
        x1: 'from',
        x2: 'to',
        y: 'release',
        fy: 'shape',
        fill: 'var(--part-7, #8b949f)',
        fillOpacity: 0.4,
        insetTop: 3,
        insetBottom: 3,
      }),
      Plot.tickX(rows, {x: 'mid', y: 'release', fy: 'shape', stroke: soft, strokeWidth: 2}),
      Plot.ruleY(rows, {
        x1: 'low',
        x2: 'high',
        y: 'release',
        fy: 'shape',
        stroke: wayColours['in place'],
        strokeWidth: 2,
      }),
      Plot.dot(rows, {x: 'measured', y: 'release', fy: 'shape', fill: wayColours['in place'], r: 4}),
      ...legendMarks(
        [
          {text: 'model: 1 to 99 in 100, and its median', colour: 'var(--part-7, #8b949f)'},
          {text: 'measured: median with its interval', colour: wayColours['in place']},
        ],
        2,
      ),
    ],
  });
  return {
    name: 'model',
    caption: "The times that the kubelet's own bounds allow, and what was measured.",
    svg,
  };
}

function nameOf({shape, release}: Line): {shape: string; release: string} {
  return {shape: shape.id, release};
}

/** A legend above the drawing, so many entries a row. */
function legendMarks(entries: readonly {text: string; colour: string}[], perRow: number): Plot.Markish[] {
  const column = 740 / perRow;
  return entries.flatMap(({text, colour}, at) => {
    const place = {
      frameAnchor: 'top-left',
      dx: (at % perRow) * column - 30,
      dy: (Math.floor(at / perRow) - Math.ceil(entries.length / perRow)) * 16 - 8,
      facet: 'super',
    } as const;
    return [
      Plot.dot([text], {...place, r: 5, symbol: 'square', fill: colour}),
      Plot.text([text], {
        ...place,
        dx: place.dx + 10,
        dy: place.dy - 6,
        textAnchor: 'start',
        fill: ink,
        text: (d: string) => d,
      }),
    ];
  });
}

function draw(options: Plot.PlotOptions): string {
  const {document} = parseHTML('<!doctype html><html><body></body></html>');
  const plot: unknown = Plot.plot({
    document,
    width,
    className: 'drawing',
    marginBottom: 46,
    style: {fontSize: '12px', color: ink, overflow: 'visible'},
    ...options,
  });
  return String(plot)
    .replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ')
    .replaceAll(/\d+\.\d{3,}/g, number => String(Math.round(Number(number) * 10) / 10));
}
