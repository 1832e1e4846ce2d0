import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {z} from 'zod';
import {messageOf, SuiteError} from '../errors.ts';
import type {RunFolder} from '../run-folder.ts';

/** Whose cluster a report speaks of, as its vendor says. */
export const implementationSchema = z.strictObject({
  organization: z.string().min(1),
  project: z.string().min(1),
  url: z.url(),
  version: z.string().min(1),
  /** Who answers questions about the report: mail addresses, handles or links. */
  contact: z.array(z.string().min(1)).min(1),
});

export type Implementation = z.infer<typeof implementationSchema>;

/** The name of the file in a run's folder that keeps it for later reports. */
export const implementationFile = 'implementation.json';

/**
 * What the flags say of the implementation.
 *
 * @returns undefined where there is none of them
 * @throws SuiteError `usage` where some are missing, or one is not right
 */
export function implementationOf(
  flags: Readonly<Record<keyof Implementation, string | readonly string[] | undefined>>,
): Implementation | undefined {
  const given = Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
  if (Object.keys(given).length === 0) return undefined;
  const result = implementationSchema.safeParse(given);
  if (result.success) return result.data;
  const wrong = [...new Set(result.error.issues.map(({path}) => `--implementation-${String(path[0])}`))];
  throw new SuiteError('usage', `the implementation is not fully told: ${wrong.join(', ')}`, {
    next: 'give all of --implementation-organization, -project, -url (with https://), -version and -contact, or none',
  });
}

/**
 * What a run's folder says of the implementation.
 *
 * @returns undefined where nothing was said
 * @throws SuiteError `badData` where the file is not right
 */
export function readImplementation({path}: RunFolder): Implementation | undefined {
  const file = join(path, implementationFile);
  if (!existsSync(file)) return undefined;
  try {
    return implementationSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new SuiteError('badData', `run ${path} has no usable ${implementationFile}: ${messageOf(cause)}`, {cause});
  }
}
