import {gunzipSync, gzipSync} from 'node:zlib';
import {z} from 'zod';
import {messageOf, SuiteError} from '../errors.ts';
import {sha256} from './digest.ts';
import type {Found} from './found.ts';
import {parseRunFile, runFileName} from './run-file.ts';
import type {StoredRun} from './stored-run.ts';
import {verify} from './verify.ts';

/** A runtime splits a container's lines at 16 KiB; below that, what other lines stand between is all that can happen. */
const lineLength = 8_000;
const mark = 'rac-run';

/** Names of files as a run has them; one that leads elsewhere is none. */
const filesSchema = z.record(z.string().regex(/^([\w-]+\/)?[\w.-]+$/), z.string());

/**
 * A run as lines of text that survive a container's log, between other lines and after the container has ended.
 *
 * @param files of the run's folder by name, run.json among them, each with its text
 */
export function bundleOf(files: Readonly<Record<string, string>>): string {
  const packed = gzipSync(JSON.stringify(files), {level: 9}).toString('base64');
  const lines = packed.match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? [];
  return [`${mark} begin`, ...lines.map(line => `${mark} ${line}`), `${mark} end ${sha256(packed)}`, ''].join('\n');
}

/**
 * The runs whose lines a log holds, in their order.
 *
 * @param log name of the file that the text comes from, for messages
 * @throws SuiteError `badData` where a run was cut short or altered, or where there is none
 */
export function bundledRuns(log: string, text: string): readonly StoredRun[] {
  const runs: StoredRun[] = [];
  let parts: string[] | undefined;
  for (const line of text.split('\n')) {
    const at = line.indexOf(`${mark} `); // before it a log may have a time or the Pod's name
    if (at === -1) continue;
    const said = line.slice(at + mark.length + 1).trimEnd();
    if (said === 'begin') {
      if (parts !== undefined) throw cutShort(log);
      parts = [];
    } else if (said.startsWith('end ') && parts !== undefined) {
      const packed = parts.join('');
      if (sha256(packed) !== said.slice('end '.length)) throw cutShort(log);
      runs.push(unpack(`${log}#${runs.length}`, packed));
      parts = undefined;
    } else {
      parts?.push(said);
    }
  }
  if (parts !== undefined) throw cutShort(log);
  if (runs.length > 0) return runs;
  throw new SuiteError('badData', `${log} holds no run`, {
    next: 'name the whole log of a container that ran rac run --results-to-stdout to its end',
  });
}

function cutShort(log: string): SuiteError {
  return new SuiteError('badData', `a run in ${log} was cut short or altered`, {
    next: 'take the whole log: kubectl logs with --tail=-1, before the kubelet turns it over',
  });
}

function unpack(path: string, packed: string): StoredRun {
  try {
    const unpacked: unknown = JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString('utf8'));
    const {[runFileName]: own = '', ...files} = filesSchema.parse(unpacked);
    const file = parseRunFile(`${path}/${runFileName}`, own);
    const found: Found[] = Object.entries(files).map(([name, text]) => ({name, content: {text}}));
    return {path, file, sha256: sha256(own), found, verification: verify(file, found)};
  } catch (cause) {
    if (cause instanceof SuiteError) throw cause;
    throw new SuiteError('badData', `a run in ${path} can't be read: ${messageOf(cause)}`, {cause});
  }
}
