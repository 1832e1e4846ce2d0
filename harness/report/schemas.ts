import {z} from 'zod';
import {recordingLineSchema} from '../recording/schema.ts';
import {runSchema} from '../replay/schema.ts';
import {conformanceReportSchema} from './conformance-report.ts';
import {statementSchema} from './statement.ts';
import {reportSchema} from './stored-report.ts';

/** The JSON Schemas of what a run writes, by the name of their file in docs/schemas/. */
export function jsonSchemas(): Readonly<Record<string, object>> {
  return {
    'recording.schema.json': recordingLineSchema(),
    'run.schema.json': runSchema(),
    'report.schema.json': z.toJSONSchema(reportSchema),
    'conformance-report.schema.json': z.toJSONSchema(conformanceReportSchema),
    'statement.schema.json': z.toJSONSchema(statementSchema),
  };
}
