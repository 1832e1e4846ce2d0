import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {recordingLineSchema} from '../harness/recording/schema.ts';
import {runSchema} from '../harness/replay/schema.ts';
import {root} from './paths.ts';

test.each([
  ['recording', recordingLineSchema],
  ['run', runSchema],
])('docs/%s.schema.json is current: npm run --silent rac -- schema prints it', (name, schema) => {
  expect(JSON.parse(readFileSync(join(root, 'docs', `${name}.schema.json`), 'utf8'))).toEqual(schema());
});
