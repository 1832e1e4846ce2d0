import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {collectStatements, type Statement} from '../harness/suite.ts';
import {root} from './paths.ts';

let stated: Promise<readonly Statement[]> | undefined;

/** All that the suites state, in the order of their files; a suite states when it is loaded, which is once. */
export function allStatements(): Promise<readonly Statement[]> {
  return (stated ??= load());
}

async function load(): Promise<readonly Statement[]> {
  const folder = join(root, 'suites');
  const files = readdirSync(folder)
    .filter(name => name.endsWith('.test.ts'))
    .toSorted();
  return collectStatements(async () => {
    for (const name of files) await import(pathToFileURL(join(folder, name)).href);
  });
}
