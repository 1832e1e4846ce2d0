import {SuiteError} from '../harness/errors.ts';
import {ask} from './command.ts';
import {installPackages, mayInstall, type System, thisSystem} from './debian.ts';
import {atLeast, goVersion, oldestGo} from './go.ts';
import {agree} from './install-engine.ts';
import {step, tell} from './progress.ts';

/** From this release on Go fetches the newer toolchain that a module asks for, through the module proxy. */
const fetchesToolchains = '1.21';

/** Debian packages of a Go that can fetch newer ones: bookworm's own is too old, so there it is trixie's. */
export function goPackages({id, codename}: System): {packages: string[]; newer?: string} {
  if (id === 'debian' && ['bullseye', 'bookworm'].includes(codename)) {
    return {packages: ['golang-go/trixie', 'golang-src/trixie'], newer: 'trixie'};
  }
  return {packages: ['golang-go']};
}

/**
 * A Go that can build what is needed: the one on PATH, or on Debian and Ubuntu as root their package, installed after saying
 * so and, on a terminal, asking.
 *
 * @param what what is built with it, for the message
 * @throws SuiteError (buildFailed) whose next step says which Go to install
 */
export async function ensureGo(
  what: string,
  options: {readonly yes: boolean; readonly signal: AbortSignal},
): Promise<void> {
  const {signal} = options;
  const version = await goVersion(signal);
  if (version !== undefined && atLeast(version, oldestGo)) return;
  if (version === undefined || !atLeast(version, fetchesToolchains)) await install(what, version, options);
  // Debian's Go is told to use no other than itself; what is built here may ask for a newer one.
  if ((await ask('go', ['env', 'GOTOOLCHAIN'], signal)) === 'local') process.env['GOTOOLCHAIN'] = 'auto';
}

async function install(
  what: string,
  version: string | undefined,
  options: {readonly yes: boolean; readonly signal: AbortSignal},
): Promise<void> {
  const why = `${what} is built from source with Go ${oldestGo} or newer, and ${version === undefined ? 'no go is on PATH' : `this is ${version}`}`;
  const system = await thisSystem();
  if (system === undefined || !mayInstall(system)) {
    throw new SuiteError('buildFailed', why, {
      next: `put Go ${oldestGo} or newer on PATH; where an image registry answers, no Go is needed`,
    });
  }
  const {packages, newer} = goPackages(system);
  tell(`${why}; these packages will be installed: ${packages.join(', ')}.`);
  await agree('Install them?', options);
  await step(`Install ${packages.join(' ')}`, say =>
    installPackages(packages, {system, ...(newer === undefined ? {} : {newer}), say, signal: options.signal}),
  );
}
