import {createHash} from 'node:crypto';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {messageOf} from '../errors.ts';
import {readRecording, type Recording} from '../recording/recording.ts';
import type {RunFolder} from '../run-folder.ts';

/** A recording of a run's folder, as it can be shown and vouched for. */
export interface StoredRecording {
  /** Path in the run's folder, such as recordings/sidecar-exits.ndjson. */
  readonly name: string;
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

/** Reads the evidence of a run. A recording that is damaged is said to be, since a run that broke off has a report too. */
export function readEvidence({target, recordings}: RunFolder): Evidence {
  const names = existsSync(recordings) ? readdirSync(recordings) : [];
  return {
    target: digestOf(target),
    recordings: names
      .filter(name => /\.ndjson(\.gz)?$/.test(name))
      .toSorted()
      .map(name => {
        const file = join(recordings, name);
        return {name: `recordings/${name}`, sha256: digestOf(file), recording: readOrWhyNot(file)};
      }),
  };
}

/** When the first scenario of a run began, RFC 3339; undefined where nothing was recorded. */
export function startOf({recordings}: Evidence): string | undefined {
  return recordings
    .flatMap(({recording}) => (typeof recording === 'string' ? [] : [recording.header.startedAt]))
    .toSorted()[0];
}

function readOrWhyNot(file: string): Recording | string {
  try {
    return readRecording(file);
  } catch (error) {
    return messageOf(error);
  }
}

function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
