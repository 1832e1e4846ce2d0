import {z} from 'zod';
import {runFileSchema, runFormat} from './run-file.ts';

/** JSON Schema of run.json, as docs/schemas/run.schema.json has it. */
export function runSchema(): object {
  return {title: `run.json, format ${runFormat}`, ...z.toJSONSchema(runFileSchema, {io: 'input', reused: 'ref'})};
}
