import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {afterAll, expect, test} from '@jest/globals';
import {z} from 'zod';
import {readYaml} from './yaml-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'yaml-file-'));
const path = join(folder, 'a.yaml');
const file = pathToFileURL(path);
const schema = z.strictObject({a: z.array(z.number())});

afterAll(() => {
  rmSync(folder, {recursive: true});
});

test('a file that was written anew is read anew', () => {
  writeFileSync(path, 'a: [1]\n');
  expect(readYaml(file, schema)).toEqual({a: [1]});
  writeFileSync(path, 'a: [2]\n');
  expect(readYaml(file, schema)).toEqual({a: [2]});
});

test('whoever changes what was read does not change it for others', () => {
  writeFileSync(path, 'a: [1]\n');
  readYaml(file, schema).a.push(2);
  expect(readYaml(file, schema)).toEqual({a: [1]});
});

test('one that was read before is held to the schema of this time', () => {
  writeFileSync(path, 'a: [1]\n');
  readYaml(file, schema);
  expect(() => readYaml(file, z.strictObject({b: z.number()}))).toThrow('a.yaml is not right: b: ');
});
