import {hash} from 'node:crypto';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import {messageOf} from '../errors.ts';
import {parseRecording, type Recording} from '../recording/recording.ts';
import type {RunFolder} from '../run-folder.ts';

/** A recording of a run's folder, as it can be shown and vouched for. */
export interface StoredRecording {
  /** Path in the run's folder, such as recordings/sidecar-exits.ndjson; also of one that is kept compressed. */
  readonly name: string;
  /** The file itself, with the .gz of a compressed one. */
  readonly file: string;
  /** SHA-256 of its text, as run.json has it. */
  readonly sha256: string;
  /** What it holds, or why that can't be read. */
  readonly recording: Recording | string;
}

/** What of a run's folder the verdicts rest on. */
export interface Evidence {
  /** SHA-256 of target.json. */
  readonly target: string;
  /** In the order of their names. */
  readonly recordings: readonly StoredRecording[];
}

/**
 * Reads the evidence of a run. A recording that is damaged is said to be, since a run that broke off has a report too.
 *
 * @param known recordings that were validated before, by the SHA-256 of their text; they are not validated again
 */
export function readEvidence(
  {target, recordings}: RunFolder,
  known: ReadonlyMap<string, Recording> = new Map(),
): Evidence {
  const names = existsSync(recordings) ? readdirSync(recordings) : [];
  return {
    target: hash('sha256', readFileSync(target)),
    recordings: names
      .filter(name => /\.ndjson(\.gz)?$/.test(name))
      .toSorted()
      .map(name => read(recordings, name, known)),
  };
}

/** When the first scenario of a run began, RFC 3339; undefined where nothing was recorded. */
export function startOf({recordings}: Evidence): string | undefined {
  return recordings
    .flatMap(({recording}) => (typeof recording === 'string' ? [] : [recording.header.startedAt]))
    .toSorted()[0];
}

function read(folder: string, file: string, known: ReadonlyMap<string, Recording>): StoredRecording {
  const named = {name: `recordings/${file.replace(/\.gz$/, '')}`, file: `recordings/${file}`};
  const bytes = readFileSync(join(folder, file));
  try {
    const text = file.endsWith('.gz') ? gunzipSync(bytes) : bytes;
    const sha256 = hash('sha256', text);
    const before = known.get(sha256);
    if (before !== undefined) return {...named, sha256, recording: {...before, file: named.name}};
    return {...named, sha256, recording: parsedOrWhyNot(named.name, text.toString('utf8'))};
  } catch (error) {
    return {...named, sha256: hash('sha256', bytes), recording: messageOf(error)};
  }
}

function parsedOrWhyNot(name: string, text: string): Recording | string {
  try {
    return parseRecording(name, text);
  } catch (error) {
    return messageOf(error);
  }
}
