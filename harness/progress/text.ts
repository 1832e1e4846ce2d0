import {byProfile, counts, secondsLeft, type Tally} from './tally.ts';

/** How far a run is, in one line. */
export function headline(tally: Tally, now: number): string {
  const {planned, ended} = tally;
  return `${ended.size} of ${planned.length} scenarios${timeLeft(tally, now)}`;
}

/** What a terminal shows below that: profiles, verdicts so far and what runs. */
export function details(tally: Tally, now: number): readonly string[] {
  const profiles = byProfile(tally).map(({profile, done, of}) => `${profile} ${done}/${of}`);
  const running = [...tally.running.values()].map(
    ({title, since}) => `${title} (${Math.round((now - since) / 1000)} s)`,
  );
  return [...(profiles.length === 0 ? [] : [profiles.join('  ')]), ...soFar(tally), ...running];
}

/** What a log without a terminal gets when a scenario has ended. */
export function endedLine(
  tally: Tally,
  {title, text, seconds}: {title: string; text: string; seconds: number},
  now: number,
): string {
  const notes = [`${seconds.toFixed(1)} s`, ...soFar(tally)].join('; ');
  return `[${tally.ended.size}/${tally.planned.length}] ${title}: ${text} (${notes})${timeLeft(tally, now)}`;
}

function soFar(tally: Tally): readonly string[] {
  const parts = counts(tally).map(([outcome, count]) => `${count} ${outcome}`);
  return parts.length === 0 ? [] : [`so far ${parts.join(', ')}`];
}

function timeLeft(tally: Tally, now: number): string {
  const seconds = Math.round(secondsLeft(tally, now));
  if (seconds <= 0) return '';
  if (seconds < 60) return `, about ${seconds} s left`;
  const rounded = Math.round(seconds / 10) * 10;
  return `, about ${Math.floor(rounded / 60)} min${rounded % 60 === 0 ? '' : ` ${rounded % 60} s`} left`;
}
