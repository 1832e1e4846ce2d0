import {existsSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {Target} from '../recording/target.ts';
import type {Observation} from '../recording/observation.ts';
import type {Pod} from '../recording/pod.ts';
import {readRecording, type Recording} from '../recording/recording.ts';
import {readTarget, runFolder} from '../run-folder.ts';

const recordings = fileURLToPath(new URL('recordings', import.meta.url));
const targets = readdirSync(recordings).toSorted();

/** The target on which most of the kept recordings were made: a real Kubernetes v1.35.4. */
export const recordedTarget = readTarget(runFolder(join(recordings, 'v1.35.4')));

/** Every scenario of which a recording is kept. */
export function keptScenarios(): readonly string[] {
  return targets.flatMap(name =>
    readdirSync(join(recordings, name))
      .filter(file => file.endsWith('.ndjson.gz'))
      .map(file => file.replace('.ndjson.gz', '')),
  );
}

const known = new Map<string, {readonly recording: Recording; readonly target: Target}>();

/**
 * A kept recording in which nothing is wrong but the known deviations; one without a calibration gets the target's. It is
 * shared, and can't be changed.
 */
export function goodRecording(scenario: string): Recording {
  return kept(scenario).recording;
}

/** The target on which the kept recording of a scenario was made: the first folder that has one names it. */
export function targetOf(scenario: string): Target {
  return kept(scenario).target;
}

function kept(scenario: string) {
  const found = known.get(scenario);
  if (found !== undefined) return found;
  const folder = join(recordings, folderOf(scenario));
  const target = readTarget(runFolder(folder));
  const recording = readRecording(join(folder, `${scenario}.ndjson.gz`));
  const {calibration = target.calibration} = recording.header;
  const header = {...recording.header, calibration};
  const observations = withSharedSpecs(recording.observations);
  const read = {recording: freeze({...recording, header, observations}), target: freeze(target)};
  known.set(scenario, read);
  return read;
}

/** The specs of a Pod's versions, which hardly ever change, as one object where they are equal: they need not be compared again. */
function withSharedSpecs(observations: readonly Observation[]): readonly Observation[] {
  const specs = new Map<string, Pod['spec']>();
  return observations.map(o => {
    if (o.kind !== 'pod') return o;
    const text = JSON.stringify(o.object.spec);
    const spec = specs.get(text) ?? o.object.spec;
    specs.set(text, spec);
    return {...o, object: {...o.object, spec}};
  });
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach(freeze);
  return Object.freeze(value);
}

function folderOf(scenario: string): string {
  const folder = targets.find(name => existsSync(join(recordings, name, `${scenario}.ndjson.gz`)));
  if (folder === undefined) throw new Error(`there is no recording of ${scenario} in harness/testing/recordings`);
  return folder;
}
