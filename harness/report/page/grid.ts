import {html} from 'htm/preact';
import type {VNode} from 'preact';

/**
 * A table that is scrolled, by keyboard as well, where the page is too narrow for it.
 *
 * @param label what a screen reader says of it
 * @param rows each a `tr`
 */
export function grid(label: string, head: readonly string[], rows: readonly VNode[]): VNode {
  return html`<div class="scroll" tabindex="0" role="group" aria-label=${label}>
    <table>
      <thead>
        <tr>
          ${head.map(each => html`<th scope="col">${each}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}
