import {fileURLToPath} from 'node:url';
import {readRecording, type Recording} from '../recording/recording.ts';
import {readTarget, runFolder} from '../run-folder.ts';

const folder = runFolder(fileURLToPath(new URL('recordings/v1.35.4', import.meta.url)));

/** The target on which the kept recordings were made: a real Kubernetes v1.35.4. */
export const recordedTarget = readTarget(folder);

/** A kept recording in which nothing is wrong but the known deviations; one without a calibration gets the target's. */
export function goodRecording(scenario: string): Recording {
  const recording = readRecording(fileURLToPath(new URL(`recordings/v1.35.4/${scenario}.ndjson.gz`, import.meta.url)));
  const {calibration = recordedTarget.calibration} = recording.header;
  return {...recording, header: {...recording.header, calibration}};
}
