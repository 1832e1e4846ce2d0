import {readdirSync, readFileSync} from 'node:fs';
import {expect, test} from '@jest/globals';
import {jsonSchemas} from './schemas.ts';

const folder = new URL('../../docs/schemas/', import.meta.url);
const schemas = jsonSchemas();

test.each(Object.entries(schemas))('docs/schemas/%s is as `npm run schemas` writes it', (name, schema) => {
  expect(JSON.parse(readFileSync(new URL(name, folder), 'utf8'))).toEqual(schema);
});

test('docs/schemas/ holds nothing else', () => {
  expect(readdirSync(folder).toSorted()).toEqual(Object.keys(schemas).toSorted());
});
