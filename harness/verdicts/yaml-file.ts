import {readFileSync} from 'node:fs';
import {parseDocument} from 'yaml';
import {z} from 'zod';
import {messageOf, SuiteError} from '../errors.ts';

/** What the files that were read last came to before validation, with their text: parsing one takes longer than all else. */
const parsed = new Map<string, {readonly text: string; readonly value: unknown}>();

/**
 * Reads a YAML file of suites/. One whose text is as it was when this process read it last is validated anew, and not parsed.
 *
 * @throws SuiteError `badData` that names the file and the first thing that is wrong in it
 */
export function readYaml<T>(file: URL, schema: z.ZodType<T>): T {
  const name = file.pathname.split('/').at(-1) ?? '';
  try {
    return schema.parse(valueOf(file.href, readFileSync(file, 'utf8')));
  } catch (cause) {
    const issue = cause instanceof z.ZodError ? cause.issues[0] : undefined;
    const why = issue === undefined ? messageOf(cause) : `${issue.path.join('.')}: ${issue.message}`;
    throw new SuiteError('badData', `${name} is not right: ${why}`, {cause});
  }
}

function valueOf(name: string, text: string): unknown {
  const known = parsed.get(name);
  if (known?.text === text) return known.value;
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem !== undefined) throw problem;
  const value: unknown = document.toJS();
  parsed.set(name, {text, value});
  return value;
}
