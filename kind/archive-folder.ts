import {accessSync, constants} from 'node:fs';
import {mkdir} from 'node:fs/promises';
import {dirname} from 'node:path';
import {messageOf, SuiteError} from '../harness/errors.ts';

/**
 * Makes the folder of an archive that the user named, before what goes into the archive is built.
 *
 * @throws SuiteError `usage` where that can't be made or written to
 */
export async function folderFor(file: string): Promise<void> {
  const folder = dirname(file);
  try {
    await mkdir(folder, {recursive: true});
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new SuiteError('usage', `archive ${file} can't be written: ${messageOf(cause)}`, {
      next: 'name a file in a folder that you may write to',
      cause,
    });
  }
}
