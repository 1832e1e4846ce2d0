import type {Outcome} from '../../verdicts/verdict.ts';
import type {Band, Mark, PodStory, Stay, Story} from './story.ts';

/** A verdict that is not Passed, at the moment of the observation that decided it. */
export interface Decision {
  readonly atMs: number;
  readonly id: string;
  readonly outcome: Outcome;
}

/** A row of the drawing, from the top. */
export interface Row {
  readonly key: string;
  readonly label: string;
  /** Whether it names a Pod and holds nothing. */
  readonly heading: boolean;
}

/** A bar in a row, in seconds. */
export interface Box {
  readonly row: string;
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly title: string;
  /** Whether its text has room in it. */
  readonly fits: boolean;
}

/** A sign in a row. */
export interface Sign {
  readonly row: string;
  readonly at: number;
  readonly text: string;
}

/** Where a verdict was decided. */
export interface Flag extends Sign {
  readonly outcome: Outcome;
}

/** A text above the rows, in one of several lines so that none covers another. */
export interface Caption {
  readonly at: number;
  readonly line: number;
  readonly text: string;
}

/** Where everything of a story stands in its drawing. */
export interface Layout {
  /** Of the whole drawing, and of the labels at its left; px. */
  readonly width: number;
  readonly left: number;
  /** Seconds since the first trigger. */
  readonly from: number;
  readonly to: number;
  readonly rows: readonly Row[];
  readonly captions: readonly Caption[];
  readonly flags: readonly Flag[];
  readonly at: (ms: number) => number;
  readonly stays: (state: Stay['state']) => readonly Box[];
  /** The values of phase and conditions that are as wanted. */
  readonly values: (wanted: (band: string, value: string) => boolean) => readonly Box[];
  readonly signs: (sort: Mark['sort']) => readonly Sign[];
}

/** More Pods than this are not drawn. */
export const mostPods = 10;

const charWidth = 6.6;
const mostCaptionLines = 8;

/** Finds a place for everything of a story. */
export function layOut(story: Story, decisions: readonly Decision[]): Layout {
  const at = (ms: number): number => (ms - story.zeroMs) / 1000;
  const from = at(Math.min(story.fromMs, ...decisions.map(({atMs}) => atMs)));
  const to = Math.max(at(story.toMs), from + 1);
  const pods = story.pods.slice(0, mostPods).map((pod, index) => ({...pod, bands: bandsToDraw(pod, index === 0)}));
  const podRows = pods.flatMap((pod, index) => rowsOf(pod, index, pods.length > 1));
  const width = Math.round(880 * Math.min(Math.max((to - from) / 75, 1), 3));
  const left = Math.max(...podRows.map(({label}) => label.length), 10) * charWidth + 16;
  const perSecond = (width - left - margin) / (to - from);
  const flags = spread(
    decisions.map(({atMs, id, outcome}) => ({at: at(atMs), text: id, outcome})),
    each => (each.text.length * charWidth + 16) / perSecond,
  ).map(({line, ...flag}) => ({...flag, row: `flags ${line}`}));
  const flagRows = [...new Set(flags.map(({row}) => row))].toSorted();
  const box = (row: string, {fromMs, toMs, text}: Stay | Band['values'][number], what: string): Box => {
    const [began, ended] = [at(fromMs), at(toMs)];
    const fits = text.length * charWidth + 8 < (ended - began) * perSecond;
    return {row, from: began, to: ended, text, fits, title: `${what}: ${text}, ${signed(began)} to ${signed(ended)}`};
  };
  const rowOf = ({pod, container}: Mark): string | undefined => {
    const index = pods.findIndex(each => each.pod === pod);
    const lane = pods[index]?.lanes.find(each => each.container === container);
    return lane === undefined ? undefined : laneKey(index, lane.container);
  };
  return {
    width,
    left,
    from,
    to,
    rows: [...podRows, ...flagRows.map((key, n) => ({key, label: n === 0 ? 'not passed' : '', heading: false}))],
    captions: captionsOf(story, at, perSecond, from, to),
    flags,
    at,
    stays: state =>
      pods.flatMap(({lanes}, index) =>
        lanes.flatMap(({container, stays}) =>
          stays.filter(stay => stay.state === state).map(stay => box(laneKey(index, container), stay, container)),
        ),
      ),
    values: wanted =>
      pods.flatMap(({bands}, index) =>
        bands.flatMap(({name, values}) =>
          values.filter(({text}) => wanted(name, text)).map(value => box(bandKey(index, name), value, name)),
        ),
      ),
    signs: sort =>
      story.marks.flatMap(mark => {
        const row = mark.sort === sort ? rowOf(mark) : undefined;
        const second = Math.min(Math.max(at(mark.atMs), from), to);
        return row === undefined ? [] : [{row, at: second, text: `${mark.text}, ${signed(second)}`}];
      }),
  };
}

/** Room at the right, px. */
export const margin = 16;

/** Seconds with their sign, as in +1.92 s. */
export function signed(seconds: number): string {
  return `${seconds < 0 ? '-' : '+'}${Math.abs(seconds).toFixed(2)} s`;
}

/** A condition that stays as it is says nothing; of other Pods than the scenario's own, only those of the restart are shown. */
function bandsToDraw({bands}: PodStory, own: boolean): readonly Band[] {
  const first = ['phase', 'AllContainersRestarting', 'Ready'];
  return bands
    .filter(({name, values}) => first.includes(name) || (own && values.length > 1))
    .filter(({name}) => own || name !== 'phase')
    .toSorted((a, b) => rank(first, a.name) - rank(first, b.name));
}

function rank(first: readonly string[], name: string): number {
  return first.includes(name) ? first.indexOf(name) : first.length;
}

function rowsOf({pod, lanes, bands}: PodStory, index: number, named: boolean): readonly Row[] {
  const heading = {key: `${index}`, label: shortened(pod), heading: true};
  return [
    ...(named ? [heading] : []),
    ...lanes.map(({container}) => ({key: laneKey(index, container), label: shortened(container), heading: false})),
    ...bands.map(({name}) => ({key: bandKey(index, name), label: name, heading: false})),
  ];
}

function shortened(name: string): string {
  return name.length <= 30 ? name : `${name.slice(0, 14)}…${name.slice(-15)}`;
}

function laneKey(index: number, container: string): string {
  return `${index} container ${container}`;
}

function bandKey(index: number, name: string): string {
  return `${index} condition ${name}`;
}

/** What is done, above the rows; where that is too much to read, the marks alone have to do. */
function captionsOf(
  {marks}: Story,
  at: (ms: number) => number,
  perSecond: number,
  from: number,
  to: number,
): readonly Caption[] {
  const moments = marks.filter(({sort}) => sort === 'trigger' || sort === 'step' || sort === 'gap');
  const width = (text: string): number => (text.length * charWidth + 12) / perSecond;
  const captions = spread(
    gathered(moments).map(({atMs, text}) => ({at: Math.max(Math.min(at(atMs), to - width(text)), from), text})),
    ({text}) => width(text),
  );
  return captions.some(({line}) => line >= mostCaptionLines) ? [] : captions;
}

/** The same thing done several times in a row within a second is one. */
function gathered(moments: readonly Mark[]): readonly Pick<Mark, 'atMs' | 'text'>[] {
  const found: {atMs: number; text: string; times: number}[] = [];
  for (const {atMs, text} of moments) {
    const last = found.at(-1);
    if (last?.text === text && atMs - last.atMs < 1000) last.times++;
    else found.push({atMs, text, times: 1});
  }
  return found.map(({atMs, text, times}) => ({
    atMs,
    text: shortenedTo(times === 1 ? text : `${times} times: ${text}`, 48),
  }));
}

function shortenedTo(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** Puts texts into lines, each into the first one where it has room. */
function spread<T extends {readonly at: number}>(
  items: readonly T[],
  widthOf: (item: T) => number,
): readonly (T & {readonly line: number})[] {
  const ends: number[] = [];
  return items
    .toSorted((a, b) => a.at - b.at)
    .map(item => {
      const free = ends.findIndex(end => end <= item.at);
      const line = free === -1 ? ends.length : free;
      ends[line] = item.at + widthOf(item);
      return {...item, line};
    });
}
