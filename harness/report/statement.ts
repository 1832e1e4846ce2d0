import {z} from 'zod';
import type {Outcome} from '../verdicts/verdict.ts';
import type {Evidence} from './evidence.ts';
import type {Report} from './report.ts';

const descriptor = z.strictObject({
  name: z.string(),
  digest: z.strictObject({sha256: z.string().regex(/^[0-9a-f]{64}$/)}),
});

/** An in-toto Statement v1 with a test-result v0.1 predicate. */
export const statementSchema = z.strictObject({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject: z.array(descriptor).min(1),
  predicateType: z.literal('https://in-toto.io/attestation/test-result/v0.1'),
  predicate: z.strictObject({
    result: z.enum(['PASSED', 'WARNED', 'FAILED']),
    configuration: z.array(descriptor),
    passedTests: z.array(z.string()),
    warnedTests: z.array(z.string()),
    failedTests: z.array(z.string()),
  }),
});

export type Statement = z.infer<typeof statementSchema>;

/** Only what conforms in everything is PASSED; what is partial, or has the feature off, has not failed. */
const results = {
  success: 'PASSED',
  partial: 'WARNED',
  unsupported: 'WARNED',
  failure: 'FAILED',
} as const satisfies Record<Report['result'], Statement['predicate']['result']>;

/**
 * The run as an in-toto statement, unsigned. A cluster has no digest, so its subject is what was seen of it: target.json and the
 * recordings, on which every verdict rests. The configuration is what was demanded. Skipped requirements are in no list.
 */
export function inTotoStatement(report: Report, evidence: Evidence): Statement {
  const tests = (...outcomes: readonly Outcome[]): string[] =>
    report.rows.filter(({verdict}) => outcomes.includes(verdict.outcome)).map(({requirement}) => requirement.id);
  const describe = (name: string, sha256: string) => ({name, digest: {sha256}});
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [
      describe('target.json', evidence.target),
      ...evidence.recordings.map(({name, sha256}) => describe(name, sha256)),
    ],
    predicateType: 'https://in-toto.io/attestation/test-result/v0.1',
    predicate: {
      result: results[report.result],
      configuration: Object.entries(report.digests ?? {}).map(([name, sha256]) => describe(name, sha256)),
      passedTests: tests('Passed'),
      warnedTests: tests('KnownDeviation', 'Inconclusive', 'Error'),
      failedTests: tests('Failed'),
    },
  };
}
