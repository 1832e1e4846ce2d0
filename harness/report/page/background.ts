import {html} from 'htm/preact';
import type {VNode} from 'preact';
import {marks} from '../../timeouts.ts';
import type {Evidence} from '../evidence.ts';
import type {Report} from '../report.ts';
import type {Kills, SeenFault} from '../../verdicts/kill-matrix.ts';
import {grid} from './grid.ts';
import {badge, outcomes, verdicts} from './verdict.ts';

/** What released Kubernetes is known to do otherwise, as far as this run showed it, and what it no longer showed. */
export function deviationsSection({rows, stale}: Report): VNode {
  const seen = rows.flatMap(({requirement, deviation}) => (deviation === undefined ? [] : [{requirement, deviation}]));
  return html`<section id="deviations" aria-labelledby="deviations-title">
    <h2 id="deviations-title">Known deviations</h2>
    <p>
      ${
        seen.length === 0
          ? 'None was seen.'
          : 'Kubernetes as released does not do these as its documents say. They are told apart from failures of this cluster by what was seen, to the letter.'
      }
    </p>
    <ul class="plain">
      ${seen.map(
        ({requirement: {id, title}, deviation: {releases, saw, evidence, sometimes}}) =>
          html`<li>
            <a href=${`#${id}`}>${id}</a> ${title}
            <dl class="facts">
              <dt>Saw</dt>
              <dd>${saw}</dd>
              <dt>Releases</dt>
              <dd>${releases.join(', ')}${sometimes === undefined ? '' : `, not always: ${sometimes}`}</dd>
              <dt>Evidence</dt>
              <dd>${evidence}</dd>
            </dl>
          </li>`,
      )}
    </ul>
    ${stale.map(
      ({requirement, saw}) =>
        html`<p>
          <strong>Stale:</strong> <a href=${`#${requirement}`}>${requirement}</a> passed, though the suite expects of
          this release: ${saw}.
        </p>`,
    )}
  </section>`;
}

/** What the tries with faulty components came to, in words. */
const fates = {
  killed: 'seen',
  'killed otherwise': 'seen, by other requirements than expected',
  survived: 'not seen',
  equivalent: 'nothing that can be seen differs',
  control: 'no fault, for comparison',
} as const satisfies Record<SeenFault['outcome'], string>;

/** Which faults the requirements are known to catch; nothing where none was tried. */
export function killsSection({kills, rows}: Report): VNode | '' {
  if (kills === undefined || kills.recorded.requirements + kills.live.tried === 0) return '';
  const {requirements, recorded, live, withoutLive, faults} = kills;
  const all = requirements.length;
  const here = new Set(rows.map(({requirement: {id}}) => id));
  const edits = `${recorded.requirements} of ${all} turn red on edited recordings, by ${recorded.named} named and ${recorded.generated} generated edits.`;
  const components = `${live.requirements} of ${all} did so on clusters with a component made faulty: of ${live.tried} such faults ${live.seen} were seen.`;
  return html`<section id="kills" aria-labelledby="kills-title">
    <h2 id="kills-title">Faults that the requirements catch</h2>
    <p>
      A requirement is worth what it catches. This was found out of the suite itself, not of this cluster.
      ${recorded.requirements === 0 ? '' : ` ${edits}`}${live.tried === 0 ? '' : ` ${components}`}
    </p>
    ${faults.length === 0 ? '' : faultsTable(faults, here)}
    <details>
      <summary>By requirement</summary>
      ${killsTable(requirements, here)}
      ${
        live.tried === 0 || withoutLive.length === 0
          ? ''
          : html`<p>Turned red by no faulty component: ${withoutLive.join(', ')}.</p>`
      }
    </details>
  </section>`;
}

function faultsTable(faults: readonly SeenFault[], here: ReadonlySet<string>): VNode {
  return html`<details>
    <summary>By fault of a component</summary>
    ${grid(
      'Requirements by fault',
      ['Release', 'Fault', 'Was', 'Turned red'],
      faults.map(
        ({release, id, describes, outcome, killedBy}) =>
          html`<tr>
            <td>${release}</td>
            <th scope="row">${describes} <span class="soft">(${id})</span></th>
            <td>${fates[outcome]}</td>
            <td>${killedBy.length === 0 ? 'none' : killedBy.map(each => linked(each, here))}</td>
          </tr>`,
      ),
    )}
  </details>`;
}

function killsTable(requirements: readonly Kills[], here: ReadonlySet<string>): VNode {
  return grid(
    'Faults by requirement',
    ['Requirement', 'Faulty components', 'Named edits', 'Generated edits'],
    requirements.map(
      ({requirement, named, generated, live}) =>
        html`<tr>
          <th scope="row">${linked(requirement, here)}</th>
          <td>${live.length === 0 ? 'none' : live.join(', ')}</td>
          <td class="number">${named.length}</td>
          <td class="number">${generated}</td>
        </tr>`,
    ),
  );
}

/** A requirement that is not in the report is named without a link. */
function linked(id: string, here: ReadonlySet<string>): VNode {
  return here.has(id) ? html`<a class="kill" href=${`#${id}`}>${id}</a>` : html`<span class="kill">${id}</span>`;
}

/** The cluster, and what was learnt of it beforehand. */
export function environmentSection(
  {suite, digests = {}, target, pools, disagreements}: Report,
  evidence: Evidence,
): VNode {
  const {nodes, probes, calibration, image, context, server} = target;
  return html`<section id="environment" aria-labelledby="environment-title">
    <h2 id="environment-title">Environment</h2>
    <dl class="facts">
      <dt>Cluster</dt>
      <dd>${context}, Kubernetes ${server}</dd>
      <dt>Workload image</dt>
      <dd>${image}</dd>
      <dt>Pace</dt>
      <dd>
        ${
          calibration === undefined
            ? 'not measured'
            : `an ordinary restart of one container took ${(calibration.restartMs / 1000).toFixed(2)} s`
        };
        KEP-5532 gives a restart of all ${marks.firstContainer.ms / 1000} s to the first container and
        ${' '}${marks.everything.ms / 1000} s to all
      </dd>
    </dl>
    ${table(
      'Nodes',
      ['Name', 'Kubelet', 'Runtime', 'System', 'Declares the feature'],
      nodes.map(({name, kubelet, runtime, os, declaresFeature}) => [
        name,
        kubelet,
        runtime,
        os,
        declaresFeature ? 'yes' : 'no',
      ]),
    )}
    ${
      pools.length < 2
        ? ''
        : table(
            'Verdicts by nodes that are alike',
            ['Nodes', 'Kubelet', 'Runtime', 'System', 'Requirements'],
            pools.map(({nodes: its, kubelet, runtime, os, architecture, counts}) => [
              its.join(', '),
              kubelet,
              runtime,
              architecture === undefined ? os : `${os}, ${architecture}`,
              tally(counts),
            ]),
          )
    }
    ${table(
      'Is the feature on?',
      ['Asked', 'Says', 'Answer'],
      probes.map(({name, says, detail}) => [name, says, detail]),
    )}
    ${
      disagreements.length === 0
        ? ''
        : html`<p>The probes disagree:</p>
            <ul>
              ${disagreements.map(each => html`<li>${each}</li>`)}
            </ul>`
    }
    <h3>Digests</h3>
    <details>
      <summary>SHA-256 of what was demanded (suite ${suite}) and of what was seen</summary>
      <dl class="digests">
        ${[
          ...Object.entries(digests),
          ['target.json', evidence.target],
          ...evidence.recordings.map(({name, sha256}) => [name, sha256]),
        ].map(([name, digest]) => [html`<dt>${name}</dt>`, html`<dd>${digest}</dd>`])}
      </dl>
    </details>
  </section>`;
}

/** What verdicts mean, and how to dispute one. */
export function readingSection(): VNode {
  return html`<section id="reading" aria-labelledby="reading-title">
    <h2 id="reading-title">How to read this report</h2>
    <dl class="meanings">
      ${outcomes.map(outcome => [html`<dt>${badge(outcome)}</dt>`, html`<dd>${verdicts[outcome].meaning}</dd>`])}
    </dl>
    <p>
      A requirement is one sentence of the documents of Kubernetes. It is judged in every scenario that shows it, and
      its verdict is the worst of them. To dispute one, open the recording at the line that is named: one JSON object a
      line, as the API server sent it. The same recordings give the same verdicts without a cluster, to anyone.
    </p>
    <p>This suite is not part of the conformance program of the CNCF.</p>
  </section>`;
}

/** How many requirements have each outcome, the outcomes that there are. */
function tally(counts: Report['counts']): string {
  const there = outcomes.filter(outcome => counts[outcome] > 0);
  return there.length === 0 ? 'none' : there.map(outcome => `${counts[outcome]} ${verdicts[outcome].name}`).join(', ');
}

function table(caption: string, head: readonly string[], rows: readonly (readonly string[])[]): VNode {
  return html`<h3>${caption}</h3>
    ${grid(
      caption,
      head,
      rows.map(
        row =>
          html`<tr>
            ${row.map((cell, at) => (at === 0 ? html`<th scope="row">${cell}</th>` : html`<td>${cell}</td>`))}
          </tr>`,
      ),
    )}`;
}
