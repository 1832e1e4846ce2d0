import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {collectStatements, type Statement} from '../harness/suite.ts';
import {root} from './paths.ts';

/** All that the suites state, in the order of their files. */
export async function allStatements(): Promise<readonly Statement[]> {
  const folder = join(root, 'suites');
  const files = readdirSync(folder)
    .filter(name => name.endsWith('.test.ts'))
    .toSorted();
  return collectStatements(async () => {
    for (const name of files) await import(pathToFileURL(join(folder, name)).href);
  });
}
