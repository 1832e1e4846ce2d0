import {readdirSync} from 'node:fs';
import {collectStatements, type Statement} from './suite.ts';

let stated: Promise<readonly Statement[]> | undefined;

/** All that the suites state, in the order of their files; a suite states when it is loaded, which is once. */
export function allStatements(): Promise<readonly Statement[]> {
  return (stated ??= load());
}

async function load(): Promise<readonly Statement[]> {
  const folder = new URL('../suites/', import.meta.url);
  const files = readdirSync(folder)
    .filter(name => name.endsWith('.test.ts'))
    .toSorted();
  return collectStatements(async () => {
    for (const name of files) await import(new URL(name, folder).href);
  });
}
