import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach} from '@jest/globals';
import {ApiServer} from './api-server.ts';

/** Gives each test of a file an API server and a folder of its own, which are gone after it; there are none outside of a test. */
export function serverAndFolder(): {readonly server: ApiServer; readonly folder: string} {
  let now: {readonly server: ApiServer; readonly folder: string} | undefined;
  const inTest = () => {
    if (now === undefined) throw new Error('no test is going on');
    return now;
  };
  beforeEach(async () => {
    now = {server: await ApiServer.start(), folder: mkdtempSync(join(tmpdir(), 'rac-test-'))};
  });
  afterEach(async () => {
    const {server, folder} = inTest();
    now = undefined;
    await server[Symbol.asyncDispose]();
    rmSync(folder, {recursive: true});
  });
  return {
    get server() {
      return inTest().server;
    },
    get folder() {
      return inTest().folder;
    },
  };
}
