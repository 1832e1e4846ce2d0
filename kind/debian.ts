import {existsSync} from 'node:fs';
import {mkdir, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {cacheDirectory} from './cache.ts';
import {run} from './command.ts';
import type {Say} from './progress.ts';

/** What /etc/os-release says, as far as it decides how packages are installed. */
export interface System {
  readonly id: string;
  readonly codename: string;
  readonly name: string;
}

/** One package archive of the machine: where it is and which key signs it. */
export interface Archive {
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
  readonly signedBy: string | undefined;
}

/** Reads the KEY=value lines of os-release(5). */
export function parseOsRelease(text: string): System {
  const value = (key: string): string => new RegExp(`^${key}="?(.*?)"?$`, 'm').exec(text)?.[1] ?? '';
  return {id: value('ID'), codename: value('VERSION_CODENAME'), name: value('PRETTY_NAME') || value('ID')};
}

/** Reads the stanzas of a deb822 .sources file (sources.list(5)); disabled ones and sources of source code are left out. */
export function parseSources(text: string): Archive[] {
  return text
    .split(/\n\s*\n/)
    .map(stanza => {
      const field = (name: string): string =>
        new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(stanza.replaceAll(/^#.*\n?/gm, ''))?.[1]?.trim() ?? '';
      return {
        types: field('Types'),
        enabled: field('Enabled'),
        uris: field('URIs'),
        suites: field('Suites'),
        components: field('Components'),
        signedBy: field('Signed-By'),
      };
    })
    .filter(({types, enabled}) => types.split(/\s+/).includes('deb') && enabled !== 'no')
    .flatMap(({uris, suites, components, signedBy}) =>
      uris.split(/\s+/).map(uri => ({
        uri,
        suites: suites.split(/\s+/),
        components: components.split(/\s+/),
        signedBy: signedBy || undefined,
      })),
    );
}

/** Reads the `deb [options] URI SUITE COMPONENT...` lines of a .list file (sources.list(5)). */
export function parseList(text: string): Archive[] {
  return text.split('\n').flatMap(line => {
    const [, options = '', uri, suite, components = ''] =
      /^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line.trim()) ?? [];
    if (uri === undefined || suite === undefined) return [];
    const signedBy = /signed-by=(\S+)/.exec(options)?.[1];
    return [{uri, suites: [suite], components: components.trim().split(/\s+/), signedBy}];
  });
}

/** The archives of the machine that carry its own release, so third-party ones are left out. */
export function ownArchives(archives: readonly Archive[], codename: string): Archive[] {
  return archives.filter(
    ({suites, components}) =>
      components.includes('main') && suites.some(suite => suite === codename || suite.startsWith(`${codename}-`)),
  );
}

/** The machine's archives under the name of another release: the same URI and key. */
export function archiveOf(release: string, archives: readonly Archive[], codename: string): Archive | undefined {
  const base = ownArchives(archives, codename).find(({suites}) => suites.includes(codename));
  return base === undefined ? undefined : {...base, suites: [release], components: ['main']};
}

/** A stanza of a deb822 file. */
export function stanzaOf({uri, suites, components, signedBy}: Archive): string {
  const lines = [`Types: deb`, `URIs: ${uri}`, `Suites: ${suites.join(' ')}`, `Components: ${components.join(' ')}`];
  return `${[...lines, ...(signedBy === undefined ? [] : [`Signed-By: ${signedBy}`])].join('\n')}\n`;
}

/** The system this machine runs, or undefined where there is no os-release. */
export async function thisSystem(): Promise<System | undefined> {
  return existsSync('/etc/os-release') ? parseOsRelease(await readFile('/etc/os-release', 'utf8')) : undefined;
}

/** True where rac may install packages: root on Debian or Ubuntu. */
export function mayInstall(system: System | undefined): boolean {
  return process.getuid?.() === 0 && (system?.id === 'debian' || system?.id === 'ubuntu');
}

/** Every archive of the machine's own apt configuration. */
export async function machineArchives(): Promise<Archive[]> {
  const parts = '/etc/apt/sources.list.d';
  const names = existsSync(parts) ? (await readdir(parts)).sort() : [];
  const files = [
    ...(existsSync('/etc/apt/sources.list') ? ['/etc/apt/sources.list'] : []),
    ...names.map(name => join(parts, name)),
  ];
  const read = await Promise.all(files.map(async file => ({file, text: await readFile(file, 'utf8')})));
  return read.flatMap(({file, text}) =>
    file.endsWith('.sources') ? parseSources(text) : file.endsWith('.list') ? parseList(text) : [],
  );
}

const day = 24 * 3600 * 1000;

/**
 * Installs packages with an apt configuration of our own in the cache, so that the machine's sources stay as they are:
 * its own Debian archives, and `newer` (a later Debian release) pinned so low that only packages asked for as
 * `NAME/RELEASE` come from it.
 *
 * @throws SuiteError (buildFailed) with what apt said
 */
export async function installPackages(
  packages: readonly string[],
  options: {readonly system: System; readonly newer?: string; readonly say: Say; readonly signal: AbortSignal},
): Promise<void> {
  const {system, newer, say, signal} = options;
  const root = join(cacheDirectory(), 'apt', newer ?? system.codename);
  const archives = await machineArchives();
  const wanted = ownArchives(archives, system.codename);
  const later = newer === undefined ? undefined : archiveOf(newer, archives, system.codename);
  await mkdir(join(root, 'lists', 'partial'), {recursive: true});
  await rm(join(root, 'sources'), {recursive: true, force: true});
  await mkdir(join(root, 'sources'));
  await mkdir(join(root, 'preferences'), {recursive: true});
  await writeFile(
    join(root, 'sources', 'rac.sources'),
    [...wanted, ...(later ? [later] : [])].map(stanzaOf).join('\n'),
  );
  await writeFile(
    join(root, 'preferences', 'rac.pref'),
    `Package: *\nPin: release n=${newer ?? 'none'}\nPin-Priority: 100\n`,
  );
  const settings = {
    'Dir::Etc::SourceList': '/dev/null',
    'Dir::Etc::SourceParts': join(root, 'sources'),
    'Dir::Etc::PreferencesParts': join(root, 'preferences'),
    'Dir::State::Lists': join(root, 'lists'),
    'Dir::Cache::pkgcache': '',
    'Dir::Cache::srcpkgcache': '',
    'APT::Sandbox::User': 'root',
    'DPkg::Lock::Timeout': '120',
  };
  // Without an archive of its own in the usual form, the machine's whole configuration is the best there is.
  const flags =
    wanted.length === 0 ? [] : Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  const apt = async (args: readonly string[], shielded = false): Promise<string> =>
    run('apt-get', [...flags, '-q', ...args], {
      signal,
      shielded,
      env: {DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8'},
      onLine: line => {
        say(line.slice(0, 100));
      },
    });
  const stamp = join(root, 'updated');
  const fresh = existsSync(stamp) && Date.now() - (await stat(stamp)).mtimeMs < day;
  if (!fresh) {
    await apt(['update']);
    await writeFile(stamp, '');
  }
  const install = ['install', '-y', '--no-install-recommends', ...packages];
  await apt([...install, '--download-only']);
  await apt(install, true); // broken off, it would leave packages half installed
}
