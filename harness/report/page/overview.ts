import {html} from 'htm/preact';
import type {VNode} from 'preact';
import type {Requirement} from '../../verdicts/catalogue.ts';
import type {Outcome} from '../../verdicts/verdict.ts';
import type {ProfileResult, Report} from '../report.ts';
import {badge, outcomes, sign, verdicts} from './verdict.ts';

/** What a result means, and the verdict whose sign and colour it has. */
const results = {
  success: {name: 'Success', like: 'Passed', meaning: 'Every MUST that applies passed.'},
  partial: {
    name: 'Partial',
    like: 'KnownDeviation',
    meaning: 'Nothing failed; a MUST is a known deviation, undecided, skipped or was not asked for.',
  },
  failure: {name: 'Failure', like: 'Failed', meaning: 'At least one requirement failed.'},
  unsupported: {name: 'Feature off', like: 'Skipped', meaning: 'The feature is off on this cluster.'},
  'not judged': {name: 'Not judged', like: 'Skipped', meaning: 'Nothing of it was judged in this run.'},
} as const satisfies Record<ProfileResult['result'], {name: string; like: Outcome; meaning: string}>;

const contents = {
  core: 'Triggers, identity, volumes, containers, conditions, probes, failures and loops',
  api: 'What the API server accepts and refuses',
  workloads: 'Deployments, StatefulSets, DaemonSets, Jobs, JobSets',
  node: 'What only the node and its runtime show',
  disruptive: 'Kubelet, runtime, node and API server going away meanwhile',
  'service-level': 'How long restarts take, one by one and many at once',
} as const satisfies Record<Requirement['profile'], string>;

/** The result, the profiles, and what a reader has to look at. */
export function overviewSection(report: Report): VNode {
  const {result, counts, profiles} = report;
  const {name, like, meaning} = results[result];
  const judged = outcomes.filter(outcome => outcome !== 'Skipped').reduce((sum, outcome) => sum + counts[outcome], 0);
  return html`<section id="overview" aria-labelledby="overview-title">
    <h2 id="overview-title">Overview</h2>
    <p class=${`result ${like}`}>
      ${sign(like)} <strong>${name}</strong>
      <span>${meaning} ${counts.Passed} of ${judged} judged requirements passed.</span>
    </p>
    <ul class="profiles">
      ${profiles.map(profileCard)}
    </ul>
    ${attention(report)}
  </section>`;
}

function profileCard({name, result, counts}: ProfileResult): VNode {
  const {name: word, like} = results[result];
  const there = outcomes.filter(outcome => counts[outcome] > 0);
  return html`<li class="profile">
    <h3>${name}</h3>
    <span class=${`badge ${like}`}>${sign(like)}${word}</span>
    <p class="soft">${contents[name]}</p>
    <div class="share" aria-hidden="true">
      ${there.map(outcome => html`<span class=${outcome} style=${`flex-grow:${counts[outcome]}`}></span>`)}
    </div>
    <ul class="counts">
      ${there.map(outcome => html`<li class=${outcome}>${sign(outcome)}${counts[outcome]} ${verdicts[outcome].name}</li>`)}
    </ul>
  </li>`;
}

/** Failed, Error and Inconclusive, each in one line. */
function attention({rows}: Report): VNode | '' {
  const wanted: readonly Outcome[] = ['Failed', 'Error', 'Inconclusive'];
  const found = wanted.flatMap(outcome => rows.filter(({verdict}) => verdict.outcome === outcome));
  if (found.length === 0) return '';
  return html`<div class="attention">
    <h3>To look at</h3>
    <ul>
      ${found.map(
        ({requirement: {id, level, title}, verdict: {outcome, saw}}) =>
          html`<li>
            ${badge(outcome)} <a href=${`#${id}`}>${id}</a> ${level} ${title}
            <span class="saw">saw: ${saw}</span>
          </li>`,
      )}
    </ul>
  </div>`;
}

/** The result in a word, for the page's head. */
export function resultWord({result}: Pick<Report, 'result'>): string {
  return results[result].name;
}
