import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {type Recipe, withTemporary} from '../cache.ts';
import {run} from '../command.ts';
import {fetchModule, goBuild} from '../go.ts';
import type {Say} from '../progress.ts';

const commands = [
  'kubelet',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kube-proxy',
  'kubeadm',
  'kubectl',
];

/**
 * The go.mod of a small module whose tools are commands of one Kubernetes release.
 *
 * k8s.io/kubernetes replaces its staging modules by paths of its own tree, which only counts in the main module; outside
 * they are published under v0.MINOR.PATCH. Its godebug settings count only in the main module too, so they come along.
 *
 * @param upstream the go.mod of k8s.io/kubernetes
 * @param release without the leading v
 * @param tools names of the commands; all that a node needs unless told otherwise
 */
export function moduleOf(upstream: string, release: string, tools: readonly string[] = commands): string {
  const staging = [
    ...new Set(
      [...upstream.matchAll(/^\s*(?:replace\s+)?(k8s\.io\/[\w.-]+) => \.\/staging\//gm)].map(match => match[1] ?? ''),
    ),
  ];
  const own = [...upstream.matchAll(/^(go .*|godebug [^(].*|godebug \([^)]*\))$/gm)].map(match => match[0]);
  const published = release.replace(/^1\./, 'v0.');
  return [
    'module rac.invalid/kubernetes',
    ...own,
    `require k8s.io/kubernetes v${release}`,
    ...staging.sort().map(path => `replace ${path} => ${path} ${published}`),
    ...tools.map(name => `tool k8s.io/kubernetes/cmd/${name}`),
    '',
  ].join('\n\n');
}

/** The linker flags that tell the binaries their version, as Kubernetes' own build sets them (hack/lib/version.sh). */
export function versionFlags(release: string): string {
  const [major = '', minor = ''] = release.split('.');
  const values = {gitVersion: `v${release}`, gitMajor: major, gitMinor: minor, gitTreeState: 'clean'};
  const packages = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'];
  return [
    '-s -w',
    ...packages.flatMap(path => Object.entries(values).map(([key, value]) => `-X ${path}.${key}=${value}`)),
  ].join(' ');
}

/** The commands of one Kubernetes release, and pause, which is a C file of the same module. */
export function kubernetesRecipe(release: string, options: {readonly say: Say; readonly signal: AbortSignal}): Recipe {
  const {say, signal} = options;
  return {
    name: `kubernetes-v${release}`,
    inputs: {release, commands, flags: versionFlags(release), arch: process.arch},
    build: into =>
      withTemporary('kubernetes-module', async scratch => {
        say('fetching k8s.io/kubernetes');
        const {directory, goMod} = await fetchModule('k8s.io/kubernetes', `v${release}`, scratch, signal);
        await writeFile(join(scratch, 'go.mod'), moduleOf(await readFile(goMod, 'utf8'), release));
        say('fetching the modules it needs');
        await run('go', ['mod', 'tidy'], {cwd: scratch, signal});
        await mkdir(into, {recursive: true});
        await goBuild({
          cwd: scratch,
          packages: commands.map(name => `k8s.io/kubernetes/cmd/${name}`),
          output: `${into}/`,
          ldflags: versionFlags(release),
          say,
          signal,
        });
        const pause = join(into, 'pause');
        await run('gcc', ['-Os', '-static', '-s', '-o', pause, join(directory, 'build', 'pause', 'linux', 'pause.c')], {
          signal,
        });
      }),
  };
}

/** The references of the component images, as the kubeadm that was built asks for them. */
export async function imageReferences(binaries: string, release: string, signal: AbortSignal): Promise<string[]> {
  const list = await run(
    join(binaries, 'kubeadm'),
    ['config', 'images', 'list', '--kubernetes-version', `v${release}`],
    {signal},
  );
  return list.trim().split('\n');
}
