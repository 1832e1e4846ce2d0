import {join} from 'node:path';
import {parseHeader} from '../recording/recording.ts';
import {digestOf, sha256, type Digest} from './digest.ts';
import type {Found} from './found.ts';
import {runFormat, type RunFile} from './run-file.ts';

/** What a run knows of itself and its files do not tell. */
export type RunFacts = Pick<RunFile, 'suite' | 'startedAt' | 'endedAt' | 'target' | 'asked' | 'shard'>;

/**
 * Describes a run whose recordings are complete and that was not judged yet: every file found is evidence. Whether it is right
 * is seen when it is judged.
 */
export function describeRun(path: string, facts: RunFacts, found: readonly Found[]): RunFile {
  const headers = found.flatMap(({name, content}) =>
    name.startsWith('recordings/') && 'text' in content ? [parseHeader(join(path, name), content.text)] : [],
  );
  const manifests = headers.map(({scenario, manifestSha256}) => [scenario.manifest, manifestSha256] as const);
  return {
    kind: 'run',
    format: runFormat,
    ...facts,
    manifests: Object.fromEntries(manifests.toSorted(([a], [b]) => (a < b ? -1 : 1))),
    judgedWith: {suite: facts.suite, data: {}},
    files: Object.fromEntries(found.map(({name, content}) => [name, digestOfContent(name, content)])),
    reports: {},
  };
}

function digestOfContent(name: string, content: Found['content']): Digest {
  if ('unreadable' in content) throw new Error(`${name} can't be read: ${content.unreadable}`);
  return digestOf(content.text);
}

/** The same run with reports of another judgement: what it was judged with, and the reports, by name. */
export function withReports(
  run: RunFile,
  judgedWith: RunFile['judgedWith'],
  reports: Readonly<Record<string, string>>,
): RunFile {
  const hashes = Object.entries(reports).map(([name, text]) => [name, sha256(text)] as const);
  return {...run, judgedWith, reports: Object.fromEntries(hashes)};
}
