import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import {messageOf} from '../errors.ts';
import {documents, reportFiles} from '../report/formats.ts';
import {suiteProfileFile} from '../bench/suite-profile.ts';
import {implementationFile} from '../report/implementation.ts';
import {runFileName} from './run-file.ts';

/** A file of a run's folder as it is found there: what is in it, or why that can't be read. */
export interface Found {
  /** With its folder, and without the .gz of a compressed one. */
  readonly name: string;
  readonly content: {readonly text: string} | {readonly unreadable: string};
}

/** Files that may be written again at any time, from the report or of how the run went. */
const rewritten: readonly string[] = [
  implementationFile,
  suiteProfileFile,
  ...documents.map(format => reportFiles[format]),
];

/** Every file of a run's folder but run.json and what is written from the report, by name. */
export function findFiles(path: string): readonly Found[] {
  return readdirSync(path, {recursive: true, withFileTypes: true})
    .filter(entry => !entry.isDirectory())
    .map(({parentPath, name}) => join(parentPath, name).slice(join(path, '/').length))
    .filter(name => name !== runFileName && !rewritten.includes(name))
    .toSorted()
    .map(name => ({name: name.replace(/\.gz$/, ''), content: read(join(path, name))}));
}

/** The text of a run's run.json; undefined where it has none. */
export function findRunFile(path: string): string | undefined {
  const file = join(path, runFileName);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function read(file: string): Found['content'] {
  try {
    const bytes = readFileSync(file);
    return {text: (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')};
  } catch (cause) {
    const cut = typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'Z_BUF_ERROR';
    return {unreadable: cut ? 'the compressed file was cut short' : messageOf(cause)};
  }
}
