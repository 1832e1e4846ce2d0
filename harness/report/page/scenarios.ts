import {html} from 'htm/preact';
import type {VNode} from 'preact';
import type {Recording} from '../../recording/recording.ts';
import type {Outcome, Verdict} from '../../verdicts/verdict.ts';
import type {StoredRecording} from '../evidence.ts';
import type {Report} from '../report.ts';
import {draw} from './drawing.ts';
import {readExcerpt} from './excerpt.ts';
import {grid} from './grid.ts';
import {mostPods, signed, type Decision} from './layout.ts';
import {storyOf, type Story} from './story.ts';
import {outcomes, sign, verdicts} from './verdict.ts';

/** A recorded scenario with what was judged in it. */
export interface Scene {
  readonly stored: StoredRecording;
  readonly recording: Recording;
  readonly story: Story;
  /** Worst first. */
  readonly verdicts: readonly Verdict[];
}

/** What makes a scenario open itself. */
const open: readonly Outcome[] = ['Failed', 'Error', 'Inconclusive'];

/** A text list of more than this is in nobody's interest; the recording has it all. */
const mostHappenings = 250;

/** The scenarios whose recordings can be read. */
export function scenesOf({rows}: Report, recordings: readonly StoredRecording[]): readonly Scene[] {
  const all = rows.flatMap(({scenarios}) => scenarios).filter(({outcome}) => outcome !== 'Skipped');
  return recordings.flatMap(stored => {
    const {recording} = stored;
    if (typeof recording === 'string') return [];
    const its = all.filter(({scenario}) => scenario === recording.header.scenario.id);
    return [
      {
        stored,
        recording,
        story: storyOf(recording),
        verdicts: its.toSorted((a, b) => outcomes.indexOf(a.outcome) - outcomes.indexOf(b.outcome)),
      },
    ];
  });
}

/** Every scenario with its timeline. */
export function scenariosSection(scenes: readonly Scene[], recordings: readonly StoredRecording[]): VNode {
  const unreadable = recordings.flatMap(({name, recording}) =>
    typeof recording === 'string' ? [{name, recording}] : [],
  );
  return html`<section id="scenarios" aria-labelledby="scenarios-title">
    <h2 id="scenarios-title">Scenarios</h2>
    <p>
      Each was recorded once and judged by every requirement named beside it. A recording holds every version of the
      Pods that the API server sent, the events, and what the containers wrote of themselves.
    </p>
    ${scenes.map(sceneDetails)}
    ${unreadable.map(({name, recording}) => html`<p class="unreadable"><strong>${name}</strong>: ${recording}</p>`)}
  </section>`;
}

function sceneDetails(scene: Scene): VNode {
  const {stored, recording, story, verdicts: its} = scene;
  const {scenario} = recording.header;
  const end = recording.observations.at(-1);
  const seconds = `${((end?.atMs ?? 0) / 1000).toFixed(1)} s`;
  return html`<details
    id=${`scenario-${scenario.id}`}
    class="scenario"
    open=${its.some(({outcome}) => open.includes(outcome))}
  >
    <summary>
      <h3>${scenario.title}</h3>
      <span class="tally">${tally(its)}</span>
    </summary>
    <div class="body">
      <p class="soft">
        <a href=${stored.file}>${stored.file}</a
        >${`: ${recording.observations.length} observations of ${scenario.manifest} over ${seconds}`}
        ${end?.kind === 'end' ? `; at the end, ${end.text}` : ''}
      </p>
      ${timeline(scene)} ${judged(its)} ${happenings(story)}
    </div>
  </details>`;
}

/** Without a Pod that came to a node there is nothing to draw. */
function isDrawn({pods}: Story): boolean {
  return pods.some(({lanes}) => lanes.some(({stays}) => stays.length > 0));
}

/** The drawing of a scenario, with its content in words. */
export function timeline({recording, story, verdicts: its}: Scene): VNode | '' {
  if (!isDrawn(story)) return '';
  const left = story.pods.length - mostPods;
  return html`<figure>
    <div class="scroll" tabindex="0" role="group" aria-label="Timeline, scrolls sideways">
      <div
        role="img"
        aria-label=${inWords(recording, story)}
        dangerouslySetInnerHTML=${{__html: draw(story, decisionsIn(its, recording))}}
      />
    </div>
    ${left > 0 ? html`<figcaption>${left} more Pods are in the recording.</figcaption>` : ''}
  </figure>`;
}

function inWords({header}: Recording, {pods, fromMs, toMs}: Story): string {
  const lanes = (pods[0]?.lanes ?? []).map(({container, stays}) => {
    const runs = stays.filter(({state}) => state === 'running').length;
    return `${container} ran ${runs === 1 ? 'once' : `${runs} times`}`;
  });
  const others = pods.length > 1 ? ` and ${pods.length - 1} more Pods` : '';
  return `Timeline over ${((toMs - fromMs) / 1000).toFixed(0)} s, ${header.scenario.title}: ${lanes.join(', ')}${others}.`;
}

/** Where verdicts that are not Passed were decided, as far as one observation did it. */
function decisionsIn(its: readonly Verdict[], {observations}: Recording): readonly Decision[] {
  return its.flatMap(({requirement, outcome, excerpt}) => {
    const {line} = readExcerpt(excerpt);
    const atMs = line === undefined ? undefined : observations[line - 2]?.atMs;
    return outcome === 'Passed' || atMs === undefined ? [] : [{atMs, id: requirement, outcome}];
  });
}

function tally(its: readonly Verdict[]): readonly VNode[] {
  return outcomes.flatMap(outcome => {
    const count = its.filter(each => each.outcome === outcome).length;
    return count === 0
      ? []
      : [html`<span class=${`count ${outcome}`}>${sign(outcome)}${count} ${verdicts[outcome].name}</span>`];
  });
}

function judged(its: readonly Verdict[]): VNode {
  return html`<ul class="judged" aria-label="Requirements judged in it">
    ${its.map(
      ({requirement, outcome}) =>
        html`<li class=${outcome}>
          <a href=${`#${requirement}`}
            >${sign(outcome)}${requirement}<span class="unseen"> ${verdicts[outcome].name}</span></a
          >
        </li>`,
    )}
  </ul>`;
}

interface Happening {
  readonly atMs: number;
  readonly line: number;
  readonly who: string;
  readonly text: string;
}

/** The drawing as a list: what a screen reader gets in its place, and where each thing stands in the recording. */
function happenings(story: Story): VNode {
  const several = story.pods.length > 1;
  const all: Happening[] = [
    ...story.marks.map(({atMs, line, text, pod, container}) => ({
      atMs,
      line,
      who: container ?? (several ? (pod ?? '') : ''),
      text,
    })),
    ...story.pods.flatMap(({pod, lanes, bands}) => {
      const of = (name: string): string => (several ? `${pod}, ${name}` : name);
      return [
        ...lanes.flatMap(({container, stays}) =>
          stays.map(({fromMs, line, state, text}) => ({
            atMs: fromMs,
            line,
            who: of(container),
            text: state === 'running' ? `running, ${text}` : text,
          })),
        ),
        ...bands.flatMap(({name, values}) =>
          values.map(({fromMs, line, text}) => ({atMs: fromMs, line, who: of(name), text})),
        ),
      ];
    }),
  ].toSorted((a, b) => a.atMs - b.atMs || a.line - b.line);
  const shown = all.slice(0, mostHappenings);
  return html`<details class="happenings" open=${!isDrawn(story)}>
    <summary>What happened, in order</summary>
    ${grid(
      'What happened, in order',
      ['Time', 'Of', 'What', 'Line'],
      shown.map(
        ({atMs, line, who, text}) =>
          html`<tr>
            <td class="time">${signed((atMs - story.zeroMs) / 1000)}</td>
            <td>${who}</td>
            <td>${text}</td>
            <td class="line">${line}</td>
          </tr>`,
      ),
    )}
    ${shown.length < all.length ? html`<p>${all.length - shown.length} more are in the recording.</p>` : ''}
  </details>`;
}
