import {readFileSync} from 'node:fs';
import {parseDocument} from 'yaml';
import {z} from 'zod';
import {messageOf, SuiteError} from '../errors.ts';

/**
 * Reads a YAML file of suites/.
 *
 * @throws SuiteError `badData` that names the file and the first thing that is wrong in it
 */
export function readYaml<T>(file: URL, schema: z.ZodType<T>): T {
  const name = file.pathname.split('/').at(-1) ?? '';
  try {
    const document = parseDocument(readFileSync(file, 'utf8'));
    const [problem] = document.errors;
    if (problem !== undefined) throw problem;
    return schema.parse(document.toJS());
  } catch (cause) {
    const issue = cause instanceof z.ZodError ? cause.issues[0] : undefined;
    const why = issue === undefined ? messageOf(cause) : `${issue.path.join('.')}: ${issue.message}`;
    throw new SuiteError('badData', `${name} is not right: ${why}`, {cause});
  }
}
