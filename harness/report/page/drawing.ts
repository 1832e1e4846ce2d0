import * as Plot from '@observablehq/plot';
import {parseHTML} from 'linkedom';
import {layOut, margin, type Box, type Decision, type Row} from './layout.ts';
import type {Mark, Story} from './story.ts';

const rowHeight = 22;
const captionHeight = 15;
const axisHeight = 42;

/**
 * A story as SVG: a row for each container with its states as bars, for the phase and each condition that changed, and for
 * verdicts that are not Passed. Colours are variables of the page, which has one set for light and one for dark.
 */
export function draw(story: Story, decisions: readonly Decision[]): string {
  const {document} = parseHTML('<!doctype html><html><body></body></html>');
  const {width, left, from, to, rows, captions, flags, at, stays, values, signs} = layOut(story, decisions);
  const top = 8 + captionHeight * Math.max(0, ...captions.map(({line}) => line + 1));
  const rulesAt = (sort: Mark['sort']): number[] =>
    story.marks.filter(mark => mark.sort === sort).map(({atMs}) => at(atMs));
  const states = {running: stays('running'), waiting: stays('waiting'), ended: stays('ended')};
  const isTrue = values((band, value) => band !== 'phase' && value === 'True');
  const isUnknown = values((band, value) => band !== 'phase' && value === 'Unknown');
  const isOther = values((band, value) => band === 'phase' || value === 'False');
  const bar = {x1: 'from', x2: 'to', y: 'row', title: 'title', insetTop: 3, insetBottom: 3, rx: 2} as const;
  const thin = {...bar, insetTop: 5, insetBottom: 5, rx: 0} as const;
  const edge = {x: 'at', y: 'row', r: 4} as const;
  const sign = {...edge, title: 'text'} as const;
  const plot: unknown = Plot.plot({
    document,
    width,
    height: rows.length * rowHeight + top + axisHeight,
    marginTop: top,
    marginLeft: left,
    marginRight: margin,
    marginBottom: axisHeight,
    className: 'drawing',
    x: {
      domain: [from, to],
      label: rulesAt('trigger').length > 0 ? 'seconds since the first trigger' : 'seconds since the recording began',
      labelArrow: 'none',
      labelAnchor: 'center',
    },
    y: {type: 'band', domain: rows.map(({key}) => key), axis: null, padding: 0},
    marks: [
      Plot.gridX({stroke: 'var(--grid)', strokeOpacity: 1}),
      Plot.ruleX(rulesAt('step'), {stroke: 'var(--ink-soft)', strokeDasharray: '2 3'}),
      Plot.ruleX(rulesAt('trigger'), {stroke: 'var(--trigger)', strokeWidth: 1.5}),
      Plot.barX(states.running, {...bar, fill: 'var(--running)'}),
      Plot.barX(states.waiting, {...bar, fill: 'url(#hatch)', stroke: 'var(--waiting)'}),
      Plot.barX(states.ended, {...bar, fill: 'var(--paper)', stroke: 'var(--ended)'}),
      Plot.barX(isTrue, {...thin, fill: 'var(--true)'}),
      Plot.barX(isUnknown, {...thin, fill: 'url(#hatch)', stroke: 'var(--waiting)'}),
      Plot.barX(isOther, {...thin, fill: 'var(--paper)', stroke: 'var(--ended)'}),
      textIn(states.running, 'var(--on-running)', 11),
      textIn([...states.waiting, ...states.ended], 'var(--ink)', 11),
      textIn(isTrue, 'var(--on-true)', 10),
      textIn([...isUnknown, ...isOther], 'var(--ink)', 10),
      Plot.ruleX(rulesAt('gap'), {stroke: 'var(--Failed)', strokeWidth: 5, strokeDasharray: '4 2'}),
      Plot.dot(signs('signal'), {...sign, r: 3, stroke: 'var(--kill)', strokeWidth: 2, fill: 'var(--paper)'}),
      Plot.dot(signs('kill'), {...edge, symbol: 'times', stroke: 'var(--paper)', strokeWidth: 4.5}),
      Plot.dot(signs('kill'), {...sign, symbol: 'times', stroke: 'var(--kill)', strokeWidth: 2}),
      Plot.dot(signs('start'), {...sign, symbol: 'triangle', rotate: 90, fill: 'var(--start)', stroke: 'var(--paper)'}),
      Plot.dot(signs('exit'), {...sign, symbol: 'diamond', fill: 'var(--exit)', stroke: 'var(--paper)'}),
      Plot.dot(signs('trigger'), {
        ...sign,
        r: 5.5,
        symbol: 'triangle',
        rotate: 180,
        fill: 'var(--trigger)',
        stroke: 'var(--paper)',
      }),
      ...[...new Set(flags.map(({outcome}) => outcome))].map(each =>
        Plot.dot(
          flags.filter(({outcome}) => outcome === each),
          {...sign, symbol: 'square', fill: `var(--${each})`},
        ),
      ),
      Plot.text(flags, {x: 'at', y: 'row', text: 'text', textAnchor: 'start', dx: 8, fill: 'var(--ink)'}),
      ...[...new Set(captions.map(({line}) => line))].map(line =>
        Plot.text(
          captions.filter(caption => caption.line === line),
          {
            x: 'at',
            text: 'text',
            frameAnchor: 'top',
            textAnchor: 'start',
            dx: 3,
            dy: line * captionHeight - top + 3,
            fill: 'var(--ink)',
          },
        ),
      ),
      labels(rows, false),
      labels(rows, true),
    ],
  });
  return trimmed(String(plot));
}

function textIn(boxes: readonly Box[], fill: string, fontSize: number) {
  const fitting = boxes.filter(({fits}) => fits);
  return Plot.text(fitting, {x: 'from', y: 'row', text: 'text', textAnchor: 'start', dx: 5, fontSize, fill});
}

function labels(rows: readonly Row[], heading: boolean) {
  return Plot.text(
    rows.filter(row => row.heading === heading),
    {
      y: 'key',
      text: 'label',
      frameAnchor: 'left',
      textAnchor: 'end',
      dx: -8,
      fill: 'var(--ink)',
      fontWeight: heading ? 700 : 400,
    },
  );
}

/**
 * Without what nobody needs: digits beyond a tenth of a pixel, which are a third of the page, and Plot's names for its groups,
 * since the drawing is read out as one picture.
 */
function trimmed(svg: string): string {
  return svg
    .replaceAll(/ aria-(?:label|hidden)="[^"]*"/g, '')
    .replaceAll(/\d+\.\d{2,}/g, number => String(Math.round(Number(number) * 10) / 10));
}
