import {z} from 'zod';
import {calibrationSchema} from './calibration.ts';
import {formatVersion, headerSchema, journalEntrySchema, observationSchema} from './observation.ts';
import {podSchema} from './pod.ts';
import {scenarioSchema} from './scenario.ts';

/** JSON Schema of one line of a recording in the newest format, as docs/schemas/recording.schema.json has it. */
export function recordingLineSchema(): object {
  const line = z.union([headerSchema, observationSchema]);
  const named = z.registry<{id?: string; title?: string; description?: string}>();
  named.add(line, {
    title: `A line of a recording, format ${formatVersion}`,
    description: 'The first line is the header, every other an observation, and the last one of these of kind end.',
  });
  named.add(headerSchema, {id: 'Header'});
  named.add(observationSchema, {id: 'Observation'});
  named.add(scenarioSchema, {id: 'Scenario'});
  named.add(podSchema, {id: 'Pod'});
  named.add(journalEntrySchema, {id: 'JournalEntry'});
  named.add(calibrationSchema, {id: 'Calibration'});
  return z.toJSONSchema(line, {io: 'input', reused: 'ref', metadata: named});
}
