import {z} from 'zod';
import type {Deviation} from '../verdicts/catalogue.ts';

/** One requirement's outcome in each of several runs; `-` where a run did not judge it. */
export interface ComparedRow {
  readonly id: string;
  readonly level: string;
  readonly title: string;
  readonly outcomes: readonly string[];
}

/** What the user left out is no difference. */
const leftOut = 'Skipped(excluded-by-user)';

/** Several runs side by side. */
export interface Comparison {
  /** What each run ran on, such as 1.35.4. */
  readonly servers: readonly string[];
  readonly rows: readonly ComparedRow[];
  /** Requirements of which runs on one release say different things. */
  readonly differing: readonly string[];
  /** Those where the runs differ only in whether a deviation shows that is known to show at times, with how often. */
  readonly atTimes: readonly {readonly id: string; readonly often: string}[];
}

/** What of a stored report (report.json) a comparison reads. */
export const comparedSchema = z.object({
  target: z.object({server: z.string()}),
  rows: z.array(
    z.object({
      requirement: z.object({id: z.string(), level: z.string(), title: z.string()}),
      verdict: z.object({outcome: z.string(), reason: z.string().optional(), saw: z.string().optional()}),
    }),
  ),
});

/**
 * Puts runs side by side, by requirement.
 *
 * @param reports in the order of the columns
 * @param deviations what released Kubernetes is known not to meet
 */
export function compareReports(
  reports: readonly z.infer<typeof comparedSchema>[],
  deviations: readonly Deviation[],
): Comparison {
  const servers = reports.map(({target}) => target.server.replace(/^v/, ''));
  const known = new Map(
    reports.flatMap(({rows}) => rows.map(({requirement}) => [requirement.id, requirement] as const)),
  );
  const rows = [...known.values()].map(({id, level, title}) => ({
    id,
    level,
    title,
    outcomes: reports.map(report => {
      const verdict = report.rows.find(({requirement}) => requirement.id === id)?.verdict;
      if (verdict === undefined) return '-';
      return verdict.reason === undefined ? verdict.outcome : `Skipped(${verdict.reason})`;
    }),
  }));
  const verdictOf = (id: string, at: number) =>
    reports[at]?.rows.find(({requirement}) => requirement.id === id)?.verdict;
  // How often what a run saw shows, where it is a deviation that does so at times.
  const oftenAt = (id: string, at: number): string | undefined =>
    deviations.find(
      ({requirement, releases, saw, sometimes}) =>
        sometimes !== undefined &&
        requirement === id &&
        saw === verdictOf(id, at)?.saw &&
        releases.some(release => servers[at]?.startsWith(`${release}.`)),
    )?.sometimes;
  const differing: string[] = [];
  const atTimes: {id: string; often: string}[] = [];
  for (const {id, outcomes} of rows) {
    const runs = [...outcomes.entries()].filter(([, outcome]) => outcome !== leftOut);
    const differ = runs.filter(([at, outcome]) =>
      runs.some(([to, other]) => servers[to] === servers[at] && other !== outcome),
    );
    const shown = differ
      .filter(([, outcome]) => outcome !== 'Passed')
      .map(([at, outcome]) => (outcome === 'KnownDeviation' ? oftenAt(id, at) : undefined));
    const [often] = shown;
    if (shown.includes(undefined)) differing.push(id);
    else if (often !== undefined) atTimes.push({id, often});
  }
  return {servers, rows, differing, atTimes};
}

const short: Readonly<Record<string, string>> = {KnownDeviation: 'Deviation', Inconclusive: 'Undecided'};

/**
 * The comparison as text: a line for each requirement and a column for each release, in which the outcomes of its runs
 * stand behind one another where they differ; below, how many differ.
 */
export function formatComparison({servers, rows, differing, atTimes}: Comparison): string {
  const releases = [...new Set(servers)];
  const runs = releases.map(release => servers.filter(each => each === release).length);
  const head = releases.map((release, at) => `${release} (${runs[at] ?? 0} runs)`.padEnd(30)).join('');
  const lines = rows.map(({id, level, title, outcomes}) => {
    const cells = releases.map(release => {
      const own = outcomes.filter((_, at) => servers[at] === release);
      return [...new Set(own)]
        .map(outcome => short[outcome] ?? outcome)
        .join('/')
        .padEnd(30);
    });
    return `${id.padEnd(8)}${level.padEnd(7)}${cells.map(cell => `${cell} `).join('')}${title}`.trimEnd();
  });
  const known = atTimes.map(({id, often}) => `${id} differs in whether a known deviation shows: ${often}`);
  const verdict =
    differing.length === 0
      ? `no ${known.length > 0 ? 'other ' : ''}requirement differs between runs on one release`
      : `${differing.length} differ between runs on one release: ${differing.join(', ')}`;
  return `${['requirement    '.concat(head).trimEnd(), ...lines, '', ...known, verdict].join('\n')}\n`;
}
