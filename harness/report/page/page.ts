import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {html} from 'htm/preact';
import type {VNode} from 'preact';
import {renderToStaticMarkup} from 'preact-render-to-string';
import {startOf, type Evidence} from '../evidence.ts';
import type {Implementation} from '../implementation.ts';
import type {Report} from '../report.ts';
import {deviationsSection, environmentSection, killsSection, readingSection} from './background.ts';
import {legend} from './legend.ts';
import {overviewSection, resultWord} from './overview.ts';
import {requirementsSection} from './requirements.ts';
import {scenariosSection, scenesOf, timeline, type Scene} from './scenarios.ts';
import {definitions} from './verdict.ts';

const styles = readFileSync(new URL('page.css', import.meta.url), 'utf8');
const script = readFileSync(new URL('page.js', import.meta.url), 'utf8');

/** Nothing is loaded from anywhere, and no script runs but the page's own, whatever a recording holds. */
const policy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  `script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The report as one HTML file that needs nothing else, not even a network. */
export function formatPage(report: Report, evidence: Evidence, implementation: Implementation | undefined): string {
  const scenes = scenesOf(report, evidence.recordings);
  const byId = new Map(scenes.map(scene => [scene.recording.header.scenario.id, scene]));
  const kills = killsSection(report);
  const sections = [
    ['overview', 'Overview'],
    ['requirements', 'Requirements'],
    ['scenarios', 'Scenarios'],
    ['deviations', 'Known deviations'],
    ...(kills === '' ? [] : [['kills', 'Faults caught'] as const]),
    ['environment', 'Environment'],
    ['reading', 'How to read this'],
  ] as const;
  const page = html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta http-equiv="Content-Security-Policy" content=${policy} />
      <title>${`${resultWord(report)}: RestartAllContainers on ${subjectOf(report, implementation)}`}</title>
      <style dangerouslySetInnerHTML=${{__html: styles}} />
    </head>
    <body>
      <a class="skip" href="#main">Skip to the report</a>
      ${definitions()} ${masthead(report, evidence, implementation)}
      <div class="columns">
        <nav aria-label="Sections">
          <ul>
            ${sections.map(([id, name]) => html`<li><a href=${`#${id}`}>${name}</a></li>`)}
          </ul>
        </nav>
        <main id="main" tabindex="-1">
          ${overviewSection(report)} ${example(scenes)} ${requirementsSection(report, byId)}
          ${scenariosSection(scenes, evidence.recordings)} ${deviationsSection(report)} ${kills}
          ${environmentSection(report, evidence)} ${readingSection()}
        </main>
      </div>
      <footer>
        <p>Written by the conformance suite for RestartAllContainers, version ${report.suite}.</p>
      </footer>
      <script dangerouslySetInnerHTML=${{__html: script}} />
    </body>
  </html>`;
  return `<!doctype html>\n${renderToStaticMarkup(page)}\n`;
}

function masthead(report: Report, evidence: Evidence, implementation: Implementation | undefined): VNode {
  const {target, suite} = report;
  const date = startOf(evidence);
  const nodes = new Set(target.nodes.map(({kubelet, runtime}) => `kubelet ${kubelet}, ${runtime}`));
  return html`<header class="masthead">
    <p class="kind">Conformance report: RestartAllContainers, KEP-5532</p>
    <h1>${subjectOf(report, implementation)}</h1>
    <dl>
      ${
        implementation === undefined
          ? ''
          : [
              html`<dt>By</dt>`,
              html`<dd><a href=${implementation.url}>${implementation.organization}</a></dd>`,
              html`<dt>Contact</dt>`,
              html`<dd>${implementation.contact.join(', ')}</dd>`,
            ]
      }
      <dt>Kubernetes</dt>
      <dd>${target.server}</dd>
      <dt>Nodes</dt>
      <dd>${target.nodes.length}: ${[...nodes].join('; ')}</dd>
      ${date === undefined ? '' : [html`<dt>Recorded</dt>`, html`<dd><time datetime=${date}>${date.slice(0, 16).replace('T', ' ')} UTC</time></dd>`]}
      <dt>Suite</dt>
      <dd>${suite}</dd>
    </dl>
  </header>`;
}

function subjectOf({target}: Report, implementation: Implementation | undefined): string {
  return implementation === undefined
    ? `Kubernetes ${target.server}`
    : `${implementation.project} ${implementation.version}`;
}

/** The scenario by which most is judged, as what a restart looks like here, and what the drawings mean. */
function example(scenes: readonly Scene[]): VNode | '' {
  const [most] = scenes
    .filter(({story}) => story.pods.length === 1)
    .toSorted((a, b) => b.verdicts.length - a.verdicts.length);
  if (most === undefined) return '';
  const {id, title} = most.recording.header.scenario;
  return html`<section id="example" aria-labelledby="example-title">
    <h2 id="example-title">A restart on this cluster</h2>
    <p>As it was recorded: <a href=${`#scenario-${id}`}>${title}</a>.</p>
    ${timeline(most)} ${legend()}
  </section>`;
}
