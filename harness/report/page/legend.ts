import {html} from 'htm/preact';
import type {VNode} from 'preact';

/** What stands for what in the drawings: shapes and fillings, so that colour is never the only sign. */
const entries: readonly (readonly [shape: VNode, meaning: string])[] = [
  [html`<rect x="1" y="3" width="26" height="10" rx="2" fill="var(--running)" />`, 'running'],
  [
    html`<rect x="1" y="3" width="26" height="10" rx="2" fill="url(#hatch)" stroke="var(--waiting)" />`,
    'waiting; of a condition: Unknown',
  ],
  [
    html`<rect x="1" y="3" width="26" height="10" rx="2" fill="var(--paper)" stroke="var(--ended)" />`,
    'ended; of a condition: False',
  ],
  [html`<rect x="1" y="5" width="26" height="6" fill="var(--true)" />`, 'condition is True'],
  [
    html`<g
      ><path d="M14 0v16" stroke="var(--trigger)" stroke-width="1.5" /><path d="M9 4h10l-5 8z" fill="var(--trigger)"
    /></g>`,
    'trigger: a container is told to exit',
  ],
  [html`<path d="M10 4l8 8M18 4l-8 8" stroke="var(--kill)" stroke-width="2" />`, 'the kubelet kills a container'],
  [
    html`<circle cx="14" cy="8" r="3.5" stroke="var(--kill)" stroke-width="2" fill="var(--paper)" />`,
    'a container got SIGTERM',
  ],
  [html`<path d="M10 3l9 5l-9 5z" fill="var(--start)" />`, 'a container began, as it wrote itself'],
  [html`<path d="M14 2l5 6l-5 6l-5-6z" fill="var(--exit)" />`, 'a container exits, as it wrote itself'],
  [html`<path d="M14 0v16" stroke="var(--ink-soft)" stroke-dasharray="2 3" />`, 'another step of the scenario'],
  [
    html`<path d="M14 0v16" stroke="var(--Failed)" stroke-width="5" stroke-dasharray="4 2" />`,
    'gap: something was lost from sight',
  ],
  [
    html`<rect x="11" y="5" width="6" height="6" fill="var(--KnownDeviation)" />`,
    'what decided a verdict that is not Passed',
  ],
];

/** The legend of the drawings. */
export function legend(): VNode {
  return html`<div class="legend">
    <h3>What the drawings show</h3>
    <ul>
      ${entries.map(
        ([shape, meaning]) => html`<li><svg width="28" height="16" aria-hidden="true">${shape}</svg> ${meaning}</li>`,
      )}
    </ul>
    <p class="soft">
      Bars are what the API server showed, by the time at which its versions of the Pod arrived; signs are moments of
      their own, those of containers by the node's clock. A sign before its bar is the time that the kubelet takes to
      report.
    </p>
  </div>`;
}
