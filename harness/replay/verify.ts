import {formatVersion} from '../recording/observation.ts';
import {formatOf} from '../recording/recording.ts';
import {alterations} from './alterations.ts';
import {sha256, type Digest} from './digest.ts';
import type {Found} from './found.ts';
import type {RunFile} from './run-file.ts';

/** What is not as it was at the end of the run, a sentence each. */
export interface Verification {
  /** Of what verdicts rest on. */
  readonly evidence: readonly string[];
  /** Of the reports, which another judgement makes anew. */
  readonly reports: readonly string[];
}

/** Compares the files of a run's folder with what run.json says of them. */
export function verify({files, reports}: RunFile, found: readonly Found[]): Verification {
  const strangers = found.filter(({name}) => !Object.hasOwn(files, name) && !Object.hasOwn(reports, name));
  return {
    evidence: [
      ...Object.entries(files).flatMap(([name, was]) => compare(name, found, text => describe(name, was, text))),
      ...strangers.map(({name}) => `${name}: was added`),
    ],
    reports: Object.entries(reports).flatMap(([name, was]) =>
      compare(name, found, text => (sha256(text) === was ? [] : ['was altered'])),
    ),
  };
}

function compare(name: string, found: readonly Found[], judge: (text: string) => readonly string[]): readonly string[] {
  const [file, another] = found.filter(each => each.name === name);
  if (file === undefined) return [`${name}: is missing`];
  if (another !== undefined) return [`${name}: is there twice, plain and compressed`];
  const {content} = file;
  if ('unreadable' in content) return [`${name}: can't be read: ${content.unreadable}`];
  return judge(content.text).map(what => `${name}: ${what}`);
}

function describe(name: string, was: Digest, text: string): readonly string[] {
  const altered = alterations(was, text);
  const format = name.endsWith('.ndjson') ? formatOf(text) : undefined;
  if (altered.length === 0 || format === undefined || format === formatVersion) return altered;
  return [`says that it has format ${format}; this suite reads format ${formatVersion}`, ...altered];
}
