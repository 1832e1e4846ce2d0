import {html} from 'htm/preact';
import type {VNode} from 'preact';
import {profiles} from '../../verdicts/catalogue.ts';
import type {Outcome, Verdict} from '../../verdicts/verdict.ts';
import {addressOf} from '../documents.ts';
import {groups} from '../groups.ts';
import type {Report, Row} from '../report.ts';
import {readExcerpt} from './excerpt.ts';
import type {Scene} from './scenarios.ts';
import {badge, outcomes, sign, verdicts} from './verdict.ts';

/** What a check that held says it saw. */
const asExpected = 'that';

/** What a reader is to see without asking. */
const open: readonly Outcome[] = ['Failed', 'Error', 'Inconclusive', 'KnownDeviation'];

/**
 * Every requirement, by group, with its sentence, source, verdict and proof, and the form that filters them.
 *
 * @param scenes what was recorded, by the scenario's id
 */
export function requirementsSection(report: Report, scenes: ReadonlyMap<string, Scene>): VNode {
  const inOrder = report.rows.toSorted((a, b) => numberOf(a) - numberOf(b));
  const byGroup = Map.groupBy(inOrder, ({requirement: {id}}) => id.split('-')[0] ?? '');
  return html`<section id="requirements" aria-labelledby="requirements-title">
    <h2 id="requirements-title">Requirements</h2>
    ${filterForm(report)}
    ${Object.entries(groups).map(([prefix, name]) => {
      const rows = byGroup.get(prefix);
      return rows === undefined
        ? ''
        : html`<section class="group">
            <h3>${name} <span class="soft">${prefix}, ${rows.length}</span></h3>
            ${rows.map(row => requirementDetails(row, report, scenes))}
          </section>`;
    })}
    ${
      report.unjudged.length === 0
        ? ''
        : html`<p>Not judged in this run: ${report.unjudged.map(({id}) => id).join(', ')}.</p>`
    }
  </section>`;
}

function numberOf({requirement: {id}}: Row): number {
  return Number(id.split('-')[1]);
}

function filterForm({counts, rows}: Report): VNode {
  return html`<form id="filter" class="filter" role="search" aria-label="Filter the requirements" hidden>
    <div class="field">
      <label for="filter-text">Words, an id, a scenario</label>
      <input id="filter-text" name="text" type="search" autocomplete="off" spellcheck="false" />
    </div>
    <div class="field">
      <label for="filter-profile">Profile</label>
      <select id="filter-profile" name="profile">
        <option value="">all</option>
        ${profiles.map(name => html`<option value=${name}>${name}</option>`)}
      </select>
    </div>
    <fieldset>
      <legend>Verdict</legend>
      ${outcomes
        .filter(outcome => counts[outcome] > 0)
        .map(
          outcome =>
            html`<label class="choice">
              <input type="checkbox" name="verdict" value=${outcome} checked />
              ${sign(outcome)}${verdicts[outcome].name} <span class="soft">${counts[outcome]}</span>
            </label>`,
        )}
    </fieldset>
    <div class="actions">
      <button type="reset">Show all</button>
      <button type="button" id="open-all">Open those shown</button>
      <button type="button" id="close-all">Close all</button>
      <output id="filter-result" for="filter-text filter-profile">${rows.length} of ${rows.length} shown</output>
    </div>
  </form>`;
}

function requirementDetails(row: Row, report: Report, scenes: ReadonlyMap<string, Scene>): VNode {
  const {requirement, verdict, scenarios} = row;
  const {id, level, title, profile} = requirement;
  const {outcome, reason, saw} = verdict;
  return html`<details
    id=${id}
    class=${`requirement ${outcome}`}
    data-verdict=${outcome}
    data-profile=${profile}
    open=${open.includes(outcome)}
  >
    <summary>
      <span class="verdict">${badge(outcome, reason)}</span>
      <span class="id">${id}</span> <span class="level">${level}</span>
      <span class="title">${title}${open.includes(outcome) ? html`<span class="saw">saw: ${saw}</span>` : ''}</span>
    </summary>
    <div class="body">
      ${facts(row, report)}
      ${scenarios
        .toSorted((a, b) => outcomes.indexOf(a.outcome) - outcomes.indexOf(b.outcome))
        .map(each => proof(each, scenes.get(each.scenario)))}
    </div>
  </details>`;
}

function facts({requirement, deviation}: Row, {kills}: Report): VNode {
  const {id, source, also = [], since, until, profile, upstream = [], notCovered} = requirement;
  const its = kills?.requirements.find(each => each.requirement === id);
  return html`<dl class="facts">
    <dt>Source</dt>
    ${[source, ...also].map(each => html`<dd>${sourceLink(each)}</dd>`)}
    <dt>Applies to</dt>
    <dd>Kubernetes ${until === undefined ? `${since} and later` : until === since ? since : `${since} to ${until}`}</dd>
    <dt>Profile</dt>
    <dd>${profile}</dd>
    ${upstream.length === 0 ? '' : html`<dt>Upstream tests</dt>`} ${upstream.map(each => html`<dd>${each}</dd>`)}
    ${notCovered === undefined ? '' : [html`<dt>Not looked at</dt>`, html`<dd>${notCovered}</dd>`]}
    ${deviation === undefined ? '' : [html`<dt>Known deviation</dt>`, html`<dd>${deviation.evidence}</dd>`]}
    ${
      its === undefined || its.named.length + its.generated + its.live.length === 0
        ? ''
        : [
            html`<dt>Known to catch</dt>`,
            html`<dd>
              ${its.named.length} named and ${its.generated} generated edits of
              recordings${its.live.length === 0 ? '' : `; faulty components ${its.live.join(', ')}`}
            </dd>`,
          ]
    }
    <dt>Link</dt>
    <dd><a href=${`#${id}`}>#${id}</a></dd>
  </dl>`;
}

function sourceLink({document, section}: Row['requirement']['source']): VNode {
  const address = addressOf(document);
  return address === undefined
    ? html`<span>${document}, “${section}”</span>`
    : html`<span><a href=${address}>${document}</a>, “${section}”</span>`;
}

function proof(verdict: Verdict, scene: Scene | undefined): VNode {
  const {scenario, outcome, reason, expected, saw, excerpt, figures = []} = verdict;
  const {observations, line} = readExcerpt(excerpt);
  const title = scene?.recording.header.scenario.title;
  return html`<div class="proof" role="group" aria-label=${`Scenario ${scenario}`}>
    <p class="where">
      ${badge(outcome, reason)}
      <span>in ${title === undefined ? scenario : html`<a href=${`#scenario-${scenario}`}>${title}</a>`}</span>
    </p>
    <dl class="facts">
      <dt>Expected</dt>
      <dd>${expected}</dd>
      ${outcome === 'Passed' && saw === asExpected ? '' : [html`<dt>Saw</dt>`, html`<dd>${saw}</dd>`]}
      ${figures.length === 0 ? '' : html`<dt>Figures</dt>`} ${figures.map(each => html`<dd>${each}</dd>`)}
    </dl>
    ${
      observations.length === 0
        ? ''
        : html`<ol class="observations" aria-label="Deciding observations">
            ${observations.map(
              ({time, text, decides}) =>
                html`<li class=${decides ? 'decides' : ''}>
                  <span class="time">${time}</span>
                  <span>${text}${decides ? html`<strong>decides</strong>` : ''}</span>
                </li>`,
            )}
          </ol>`
    }
    ${
      scene === undefined
        ? ''
        : html`<p class="place">
            <a href=${scene.stored.file}>${scene.stored.file}</a>${line === undefined ? '' : `, line ${line}`}
          </p>`
    }
  </div>`;
}
