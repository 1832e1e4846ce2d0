import {stringify} from 'yaml';
import {z} from 'zod';
import {profiles} from '../verdicts/catalogue.ts';
import {skipReasons} from '../verdicts/verdict.ts';
import {startOf, type Evidence} from './evidence.ts';
import {implementationSchema, type Implementation} from './implementation.ts';
import type {Report, Row} from './report.ts';

/** Group, version and kind of the document; the version changes with its shape. */
export const apiVersion = 'restart-all-containers/v1alpha1';
export const kind = 'ConformanceReport';

const result = z.enum(['success', 'partial', 'failure', 'unsupported']);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();
const named = z.strictObject({id: z.string(), saw: z.string()});

/** How requirements of one level came out; Passed is what is in no list. */
const levelSchema = z.strictObject({
  statistics: z.strictObject({
    Passed: count,
    KnownDeviation: count,
    Skipped: count,
    Inconclusive: count,
    Error: count,
    Failed: count,
  }),
  failed: z.array(named).optional(),
  knownDeviations: z.array(named).optional(),
  /** Inconclusive, or ended in an Error. */
  undecided: z.array(named).optional(),
  skipped: z.array(z.strictObject({id: z.string(), reason: z.enum([...skipReasons, 'not-judged'])})).optional(),
});

/** A conformance report, after the shape of Gateway API's. */
export const conformanceReportSchema = z.strictObject({
  apiVersion: z.literal(apiVersion),
  kind: z.literal(kind),
  /** When the run's first scenario began; not there where nothing could be recorded. */
  date: z.iso.datetime().optional(),
  suiteVersion: z.string(),
  kubernetesVersion: z.string(),
  /** Whose cluster it is, where its vendor says so. */
  implementation: implementationSchema.optional(),
  result,
  profiles: z.array(
    z.strictObject({
      name: z.enum(profiles),
      result,
      summary: z.string(),
      must: levelSchema,
      should: levelSchema.optional(),
    }),
  ),
  /** Profiles of which nothing was judged: the run says nothing of them. */
  profilesNotJudged: z.array(z.enum(profiles)),
  environment: z.strictObject({
    feature: z.enum(['on', 'off']),
    image: z.string(),
    nodes: z.array(z.strictObject({name: z.string(), kubelet: z.string(), runtime: z.string(), os: z.string()})),
  }),
  /** SHA-256 of what the report rests on, by file. */
  digests: z.strictObject({
    /** What was demanded. */
    suite: z.record(z.string(), sha256),
    /** What was seen. */
    evidence: z.record(z.string(), sha256),
  }),
});

export type ConformanceReport = z.infer<typeof conformanceReportSchema>;

/** The report after the shape of Gateway API's, for those who collect them. */
export function conformanceReport(
  report: Report,
  evidence: Evidence,
  implementation: Implementation | undefined,
): ConformanceReport {
  const {target, suite, digests} = report;
  const date = startOf(evidence);
  return {
    apiVersion,
    kind,
    ...(date === undefined ? {} : {date}),
    suiteVersion: suite,
    kubernetesVersion: target.server,
    ...(implementation === undefined ? {} : {implementation}),
    result: report.result,
    profiles: report.profiles.flatMap(({name, result: its, counts}) =>
      its === 'not judged' ? [] : [{name, result: its, summary: sentence(counts), ...levelsOf(report, name)}],
    ),
    profilesNotJudged: report.profiles.filter(({result: its}) => its === 'not judged').map(({name}) => name),
    environment: {
      feature: target.feature,
      image: target.image,
      nodes: target.nodes.map(({name, kubelet, runtime, os}) => ({name, kubelet, runtime, os})),
    },
    digests: {
      suite: {...digests},
      evidence: {
        'target.json': evidence.target,
        ...Object.fromEntries(evidence.recordings.map(({name, sha256: digest}) => [name, digest])),
      },
    },
  };
}

/** That report as YAML. */
export function formatConformanceReport(report: ConformanceReport): string {
  return stringify(report, {lineWidth: 0, aliasDuplicateObjects: false});
}

function levelsOf(
  report: Report,
  profile: string,
): {must: z.infer<typeof levelSchema>; should?: z.infer<typeof levelSchema>} {
  const rows = report.rows.filter(({requirement}) => requirement.profile === profile);
  const open = report.unjudged.filter(each => each.profile === profile);
  const at = (level: 'MUST' | 'SHOULD') =>
    levelOf(
      rows.filter(({requirement}) => requirement.level === level),
      open.filter(each => each.level === level).map(({id}) => id),
    );
  const shoulds = [...rows.map(({requirement}) => requirement), ...open].some(({level}) => level === 'SHOULD');
  return {must: at('MUST'), ...(shoulds ? {should: at('SHOULD')} : {})};
}

function levelOf(rows: readonly Row[], open: readonly string[]): z.infer<typeof levelSchema> {
  const number = (outcome: Row['verdict']['outcome']): number =>
    rows.filter(({verdict}) => verdict.outcome === outcome).length;
  const list = (...outcomes: readonly Row['verdict']['outcome'][]) =>
    rows
      .filter(({verdict}) => outcomes.includes(verdict.outcome))
      .map(({requirement: {id}, verdict: {saw}}) => ({id, saw}));
  const skipped = [
    ...rows.flatMap(({requirement: {id}, verdict: {outcome, reason}}) =>
      outcome === 'Skipped' && reason !== undefined ? [{id, reason}] : [],
    ),
    ...open.map(id => ({id, reason: 'not-judged' as const})),
  ];
  return {
    statistics: {
      Passed: number('Passed'),
      KnownDeviation: number('KnownDeviation'),
      Skipped: skipped.length,
      Inconclusive: number('Inconclusive'),
      Error: number('Error'),
      Failed: number('Failed'),
    },
    ...unlessEmpty('failed', list('Failed')),
    ...unlessEmpty('knownDeviations', list('KnownDeviation')),
    ...unlessEmpty('undecided', list('Inconclusive', 'Error')),
    ...unlessEmpty('skipped', skipped),
  };
}

function unlessEmpty<Name extends string, Item>(name: Name, items: readonly Item[]): Partial<Record<Name, Item[]>> {
  const found: Partial<Record<Name, Item[]>> = {};
  if (items.length > 0) found[name] = [...items];
  return found;
}

function sentence(counts: Report['counts']): string {
  const judged = counts.Passed + counts.KnownDeviation + counts.Inconclusive + counts.Error + counts.Failed;
  const parts = [
    [counts.KnownDeviation, 'known deviation'],
    [counts.Inconclusive + counts.Error, 'undecided'],
    [counts.Failed, 'failed'],
  ] as const;
  const rest = parts.filter(([number]) => number > 0).map(([number, what]) => `, ${number} ${what}`);
  return `${counts.Passed} of ${judged} judged requirements passed${rest.join('')}; ${counts.Skipped} skipped.`;
}
