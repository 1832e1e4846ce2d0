import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {z} from 'zod';
import {ask, run} from './command.ts';
import type {Say} from './progress.ts';

/** The oldest Go that builds everything here (kind and Kubernetes 1.35 ask for it). */
export const oldestGo = '1.25';

/** The Go on PATH, or undefined. */
export async function goVersion(signal: AbortSignal): Promise<string | undefined> {
  return (await ask('go', ['env', 'GOVERSION'], signal))?.replace(/^go/, '');
}

/** True when dotted version `a` is at least `b`. */
export function atLeast(a: string, b: string): boolean {
  const [left, right] = [a, b].map(version => version.split(/[.+-]/).map(part => Number.parseInt(part, 10) || 0));
  if (left === undefined || right === undefined) return false;
  for (const [index, wanted] of right.entries()) {
    const here = left[index] ?? 0;
    if (here !== wanted) return here > wanted;
  }
  return true;
}

/** Commands of one Go module, and how they are built. */
export interface GoCommands {
  readonly module: string;
  readonly version: string;
  /** Import paths; the binary is called by the last element, or by `as` for a single one. */
  readonly packages: readonly string[];
  readonly as?: string;
  readonly cgo?: {readonly tags: string; readonly ldflags: string};
}

/**
 * Builds commands of a module that is fetched through the Go module proxy, in a throw-away module of their own, static
 * and stripped.
 */
export async function buildGoCommands(
  commands: GoCommands,
  options: {readonly scratch: string; readonly into: string; readonly say: Say; readonly signal: AbortSignal},
): Promise<void> {
  const {module, version, packages, as, cgo} = commands;
  const {scratch, into, say, signal} = options;
  await mkdir(scratch, {recursive: true});
  await mkdir(into, {recursive: true});
  await writeFile(join(scratch, 'go.mod'), `module rac.invalid/tool\n\ngo ${oldestGo}.0\n`);
  say('fetching modules');
  await run('go', ['get', '-tool', ...packages.map(path => `${path}@${version}`)], {
    cwd: scratch,
    signal,
    next: `go list -m ${module}@${version}`,
  });
  await goBuild({
    cwd: scratch,
    packages,
    output: as === undefined ? `${into}/` : join(into, as),
    ldflags: `-s -w${cgo === undefined ? '' : ` ${cgo.ldflags}`}`,
    ...(cgo === undefined ? {} : {tags: cgo.tags}),
    say,
    signal,
  });
}

/** Runs `go build -v` and tells how many packages it has compiled. */
export async function goBuild(options: {
  readonly cwd: string;
  readonly packages: readonly string[];
  readonly output: string;
  readonly ldflags: string;
  /** Build tags; with them cgo is on, for a static binary with C libraries. */
  readonly tags?: string;
  /** File that names other files in place of sources (go help build, -overlay). */
  readonly overlay?: string;
  /** Leaves the processor to what else runs. */
  readonly gentle?: boolean;
  readonly say: Say;
  readonly signal: AbortSignal;
}): Promise<void> {
  const {cwd, packages, output, ldflags, tags, overlay, gentle, say, signal} = options;
  const [command, before] = gentle === true ? ['nice', ['-n', '15', 'go']] : ['go', []];
  let compiled = 0;
  const temporary = join(cwd, 'tmp');
  await mkdir(temporary, {recursive: true});
  say('compiling');
  await run(
    command,
    [
      ...before,
      'build',
      '-v',
      '-trimpath',
      '-buildvcs=false',
      ...(tags === undefined ? [] : ['-tags', tags]),
      ...(overlay === undefined ? [] : ['-overlay', overlay]),
      '-ldflags',
      ldflags,
      '-o',
      output,
      ...packages,
    ],
    {
      cwd,
      signal,
      killAll: true,
      env: {GOTMPDIR: temporary, CGO_ENABLED: tags === undefined ? '0' : '1'},
      onLine: line => {
        if (/^[\w.\-/]+$/.test(line)) say(`${++compiled} packages compiled`);
      },
    },
  );
}

const downloadSchema = z.object({Dir: z.string(), GoMod: z.string()});

/** Fetches a module into the module cache; gives its directory and its go.mod. */
export async function fetchModule(
  path: string,
  version: string,
  cwd: string,
  signal: AbortSignal,
): Promise<{directory: string; goMod: string}> {
  const text = await run('go', ['mod', 'download', '-json', `${path}@${version}`], {
    cwd,
    signal,
    next: `the Go module proxy must serve ${path}@${version}; go list -m -versions ${path} shows what it has`,
  });
  const {Dir, GoMod} = downloadSchema.parse(JSON.parse(text));
  return {directory: Dir, goMod: GoMod};
}
