import {z} from 'zod';
import {messageOf, SuiteError} from '../errors.ts';
import type {Report} from '../report/report.ts';
import {outcome, type Verdict} from '../verdicts/verdict.ts';

/** The version of the ledger's format that this suite writes. */
export const ledgerFormat = 1;

/** What is known of a run before it begins. */
const attempt = {
  format: z.literal(ledgerFormat),
  /** Its number in the ledger, from 1 on. */
  number: z.int().positive(),
  startedAt: z.string(),
  /** The cluster that was asked for: a config of our own, or a context. */
  on: z.string(),
  asked: z.strictObject({profile: z.array(z.string()), only: z.array(z.string()), skip: z.array(z.string())}),
  /** What else we let the machine do meanwhile. */
  load: z.enum(['none', 'cpu']),
  /** The machine's load average over a minute, when the run began and when it was over. */
  loadAverage: z.strictObject({before: z.number(), after: z.number()}),
  seconds: z.number(),
  /** The run's folder, seen from the ledger's. */
  folder: z.string(),
};

/** A line of a ledger: a run that was judged, or one that broke off before it had a verdict. */
export const entrySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('run'),
    ...attempt,
    suite: z.string(),
    server: z.string(),
    /** The verdict of each requirement that was asked for, by id. */
    verdicts: z.record(z.string(), outcome),
    /** Of those that did not pass: what was seen, and the file and line of the run that shows it. */
    seen: z.record(z.string(), z.strictObject({saw: z.string(), at: z.string()})),
  }),
  z.strictObject({kind: z.literal('broken'), ...attempt, why: z.string()}),
]);

export type Entry = z.infer<typeof entrySchema>;
export type RunEntry = Extract<Entry, {kind: 'run'}>;
export type Attempt = Omit<Extract<Entry, {kind: 'broken'}>, 'kind' | 'why'>;
export type Load = Attempt['load'];

/**
 * Validates the text of a ledger.
 *
 * @param file the name to use in messages
 * @throws SuiteError `badData` with the line that is not right
 */
export function parseLedger(file: string, text: string): readonly Entry[] {
  if (text === '') return [];
  const lines = text.replace(/\n$/, '').split('\n');
  return lines.map((line, index) => {
    try {
      return entrySchema.parse(JSON.parse(line));
    } catch (cause) {
      throw new SuiteError('badData', `ledger ${file} is damaged: line ${index + 1}: ${messageOf(cause)}`, {
        next: 'name another with --ledger; a damaged one gets no figures',
        cause,
      });
    }
  });
}

/** What a ledger keeps of a report. */
export function verdictsOf({rows}: Report): Pick<RunEntry, 'verdicts' | 'seen'> {
  const asked = rows.filter(({verdict}) => verdict.reason !== 'excluded-by-user');
  const notPassed = asked.filter(({verdict}) => verdict.outcome !== 'Passed');
  const place = ({outcome: what, scenario, excerpt}: Verdict): string =>
    excerpt.at(-1)?.replace(/^recording /, '') ?? (what === 'Skipped' ? 'report.txt' : `recordings/${scenario}.ndjson`);
  return {
    verdicts: Object.fromEntries(asked.map(({requirement, verdict}) => [requirement.id, verdict.outcome])),
    seen: Object.fromEntries(
      notPassed.map(({requirement, verdict}) => [requirement.id, {saw: verdict.saw, at: place(verdict)}]),
    ),
  };
}
