import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import type {Edit} from '../harness/verdicts/mutants.ts';
import {built, withTemporary} from './cache.ts';
import {run} from './command.ts';
import {withEdit} from './faulty-source.ts';
import {fetchModule, goBuild} from './go.ts';
import {moduleOf, versionFlags} from './node-image/kubernetes.ts';
import type {Say} from './progress.ts';

const kubelet = 'k8s.io/kubernetes/cmd/kubelet';

/**
 * The sources of a release's kubelet, as a small module that holds all it needs: `go build -overlay` refuses files of the
 * module cache.
 *
 * @param release without the leading v
 * @returns the module's directory
 */
export async function kubeletSources(release: string, say: Say, signal: AbortSignal): Promise<string> {
  return built({
    name: `kubelet-sources-v${release}`,
    inputs: {release},
    build: async into => {
      say(`fetching k8s.io/kubernetes v${release}`);
      const {goMod} = await fetchModule('k8s.io/kubernetes', `v${release}`, into, signal);
      await writeFile(join(into, 'go.mod'), moduleOf(await readFile(goMod, 'utf8'), release, ['kubelet']));
      await run('go', ['mod', 'tidy'], {cwd: into, signal});
      await run('go', ['mod', 'vendor'], {cwd: into, signal});
    },
  });
}

/** The version that a faulty kubelet tells of itself. */
export function faultyVersion(release: string, id: string): string {
  return `v${release}+${id}`;
}

/**
 * Builds a kubelet with some edits in its sources, at low priority.
 *
 * @param edits in the order in which they are made
 * @param output file for the binary
 * @throws SuiteError `badData` for an edit that has no place, `buildFailed` for one that does not compile
 */
export async function buildFaultyKubelet(
  {release, id, edits}: {readonly release: string; readonly id: string; readonly edits: readonly Edit[]},
  output: string,
  {say, signal}: {readonly say: Say; readonly signal: AbortSignal},
): Promise<void> {
  const sources = await kubeletSources(release, say, signal);
  const texts = new Map<string, string>();
  for (const edit of edits) {
    const text = texts.get(edit.file) ?? (await readFile(join(sources, 'vendor', edit.file), 'utf8'));
    texts.set(edit.file, withEdit(text, edit));
  }
  await withTemporary('overlay', async scratch => {
    const replaced: Record<string, string> = {};
    for (const [file, text] of texts) {
      const instead = join(scratch, file);
      await mkdir(dirname(instead), {recursive: true});
      await writeFile(instead, text);
      replaced[join(sources, 'vendor', file)] = instead;
    }
    const overlay = join(scratch, 'overlay.json');
    await writeFile(overlay, JSON.stringify({Replace: replaced}));
    const ldflags = versionFlags(faultyVersion(release, id).slice(1));
    await goBuild({cwd: sources, packages: [kubelet], output, ldflags, overlay, gentle: true, say, signal});
  });
}
