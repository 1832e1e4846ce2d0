import {SuiteError} from '../../harness/errors.ts';
import {ask} from '../command.ts';
import {installPackages, mayInstall, thisSystem} from '../debian.ts';
import {agree} from '../install-engine.ts';
import {step, tell} from '../progress.ts';

/** Debian packages that building a node image needs on this machine. */
export const buildPackages = ['debootstrap', 'gcc', 'libc6-dev', 'libseccomp-dev', 'pkg-config'];

/** Those of the packages that aren't installed. */
export async function missingBuildPackages(signal: AbortSignal): Promise<string[]> {
  const missing: string[] = [];
  for (const name of buildPackages) {
    const status = await ask('dpkg-query', ['-W', '-f', '${Status}', name], signal);
    if (status !== 'install ok installed') missing.push(name);
  }
  return missing;
}

/** Installs what is missing, after saying so. @throws SuiteError (buildFailed) where that can't be done here */
export async function ensureBuildTools(options: {readonly yes: boolean; readonly signal: AbortSignal}): Promise<void> {
  const missing = await missingBuildPackages(options.signal);
  if (missing.length === 0) return;
  const system = await thisSystem();
  if (system === undefined || !mayInstall(system)) {
    throw new SuiteError(
      'buildFailed',
      `no image registry answers, and building a node image needs ${missing.join(', ')}`,
      {
        next: `sudo apt-get install ${missing.join(' ')} (on a Debian or Ubuntu), or name an image with --node-image`,
      },
    );
  }
  // debootstrap checks Debian's archive, whose keys only Debian itself has by default.
  const packages = [...missing, ...(system.id === 'ubuntu' ? ['debian-archive-keyring'] : [])];
  tell(
    `No image registry answers, so the node image is built here; that needs these packages: ${packages.join(', ')}.`,
  );
  await agree('Install them?', options);
  await step(`Install ${packages.join(' ')}`, say => installPackages(packages, {system, say, signal: options.signal}));
}
