import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {format, resolveConfig} from 'prettier';
import {jsonSchemas} from '../harness/report/schemas.ts';
import {root} from './paths.ts';

for (const [name, schema] of Object.entries(jsonSchemas())) {
  const file = join(root, 'docs', 'schemas', name);
  writeFileSync(file, await format(JSON.stringify(schema), {...(await resolveConfig(file)), filepath: file}));
}
