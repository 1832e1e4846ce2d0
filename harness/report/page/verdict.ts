import {html} from 'htm/preact';
import type {VNode} from 'preact';
import type {Outcome} from '../../verdicts/verdict.ts';

/** Every verdict in the order in which a reader wants to see it, with its name and what it means. */
export const verdicts = {
  Failed: {name: 'Failed', meaning: 'What was seen breaks the sentence.'},
  Error: {name: 'Error', meaning: 'The scenario could not be recorded, or its recording not be judged.'},
  Inconclusive: {
    name: 'Inconclusive',
    meaning: 'The evidence has a hole where it mattered: a lost watch, an unreadable journal, a slow node.',
  },
  KnownDeviation: {
    name: 'Known deviation',
    meaning: 'Not met, in exactly the way in which released Kubernetes is known not to meet it.',
  },
  Passed: {name: 'Passed', meaning: 'Held in every scenario that judges it.'},
  Skipped: {name: 'Skipped', meaning: 'Not judged, for the reason given.'},
} as const satisfies Record<Outcome, {name: string; meaning: string}>;

/** The same verdicts as a list. */
export const outcomes: readonly Outcome[] = ['Failed', 'Error', 'Inconclusive', 'KnownDeviation', 'Passed', 'Skipped'];

/** Signs that tell verdicts apart without colour, 16 by 16. */
const signs = {
  Failed: 'M4 4l8 8M12 4l-8 8',
  Error: 'M8 2.5v7M8 13h.01',
  Inconclusive: 'M5.2 5.4a2.8 2.8 0 1 1 4.3 2.4C8.5 8.5 8 9 8 10M8 13h.01',
  KnownDeviation: 'M2.5 6.5c2-2.5 3.7-2.2 5.5-1s3.5 1.5 5.5-1M2.5 11.5c2-2.5 3.7-2.2 5.5-1s3.5 1.5 5.5-1',
  Passed: 'M3 8.5l3.3 3.5L13 4.5',
  Skipped: 'M3 8h10',
} as const satisfies Record<Outcome, string>;

/** The signs, once for the whole page, and the hatching of the drawings. */
export function definitions(): VNode {
  return html`<svg width="0" height="0" class="definitions" aria-hidden="true">
    ${outcomes.map(outcome => html`<symbol id=${`sign-${outcome}`} viewBox="0 0 16 16"><path d=${signs[outcome]} /></symbol>`)}
    <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect width="6" height="6" fill="var(--paper)" />
      <rect width="2" height="6" fill="var(--hatch)" />
    </pattern>
  </svg>`;
}

/** A verdict with its sign and its name. */
export function badge(outcome: Outcome, reason?: string): VNode {
  return html`<span class=${`badge ${outcome}`}
    >${sign(outcome)}${verdicts[outcome].name}${reason === undefined ? '' : ` (${reason})`}</span
  >`;
}

/** The sign of a verdict alone; what stands beside it says its name. */
export function sign(outcome: Outcome): VNode {
  return html`<svg class="sign" aria-hidden="true"><use href=${`#sign-${outcome}`} /></svg>`;
}
