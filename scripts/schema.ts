import {Argument, Command} from 'commander';
import {recordingLineSchema} from '../harness/recording/schema.ts';
import {runSchema} from '../harness/replay/schema.ts';

const schemas = {recording: recordingLineSchema, run: runSchema};

/** `rac schema`: how what a run leaves is written down, for programs that read it. */
export function schemaCommand(): Command {
  return new Command('schema')
    .description('print the JSON Schema of a line of a recording, or of run.json')
    .addArgument(new Argument('<of>').choices(['recording', 'run']))
    .addHelpText('after', '\nExamples:\n  npm run --silent rac -- schema recording > docs/recording.schema.json\n')
    .action((of: keyof typeof schemas) => {
      process.stdout.write(`${JSON.stringify(schemas[of](), null, 2)}\n`);
    });
}
