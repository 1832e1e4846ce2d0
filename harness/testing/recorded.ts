import {existsSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {Target} from '../recording/target.ts';
import {readRecording, type Recording} from '../recording/recording.ts';
import {readTarget, runFolder} from '../run-folder.ts';

const recordings = fileURLToPath(new URL('recordings', import.meta.url));
const targets = readdirSync(recordings).toSorted();

/** The target on which most of the kept recordings were made: a real Kubernetes v1.35.4. */
export const recordedTarget = readTarget(runFolder(join(recordings, 'v1.35.4')));

/** A kept recording in which nothing is wrong but the known deviations; one without a calibration gets the target's. */
export function goodRecording(scenario: string): Recording {
  const recording = readRecording(join(recordings, folderOf(scenario), `${scenario}.ndjson.gz`));
  const {calibration = targetOf(scenario).calibration} = recording.header;
  return {...recording, header: {...recording.header, calibration}};
}

/** The target on which the kept recording of a scenario was made: the first folder that has one names it. */
export function targetOf(scenario: string): Target {
  return readTarget(runFolder(join(recordings, folderOf(scenario))));
}

function folderOf(scenario: string): string {
  const folder = targets.find(name => existsSync(join(recordings, name, `${scenario}.ndjson.gz`)));
  if (folder === undefined) throw new Error(`there is no kept recording of ${scenario}`);
  return folder;
}
