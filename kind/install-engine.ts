import {spawn} from 'node:child_process';
import {accessSync, constants, existsSync, openSync, readFileSync} from 'node:fs';
import {mkdir, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {createInterface} from 'node:readline/promises';
import {setTimeout as delay} from 'node:timers/promises';
import {SuiteError} from '../harness/errors.ts';
import {cacheDirectory} from './cache.ts';
import {ask, run} from './command.ts';
import {installPackages, mayInstall, type System, thisSystem} from './debian.ts';
import {type Engine, findEngine} from './engine.ts';
import {step, tell} from './progress.ts';

const startBudgetMs = 60_000;

/** What to install for an engine: Debian before trixie has a docker.io that can't run privileged containers everywhere. */
export function enginePackages(system: System, hasClient: boolean): {packages: string[]; newer?: string; why: string} {
  const names = ['docker.io', ...(hasClient ? [] : ['docker-cli'])];
  if (system.id === 'debian' && ['bullseye', 'bookworm'].includes(system.codename)) {
    return {
      packages: names.map(name => `${name}/trixie`),
      newer: 'trixie',
      why: `${system.codename}'s own docker.io asks for capabilities that a machine may not have, trixie's only for those it has`,
    };
  }
  // Ubuntu's docker.io and Debian's before trixie have the client inside; where the name is unknown apt would fail.
  return {packages: system.id === 'ubuntu' ? ['docker.io'] : names, why: 'it is the engine of the system itself'};
}

/**
 * The engine that answers; where none does, starts an installed one, or on Debian and Ubuntu as root installs it, after
 * saying so and, on a terminal, asking.
 *
 * @throws SuiteError (noEngine) whose next step is the command to run
 */
export async function ensureEngine(options: {readonly yes: boolean; readonly signal: AbortSignal}): Promise<Engine> {
  const {signal} = options;
  const found = await findEngine(signal);
  if (found !== undefined) return found;
  if (process.env['DOCKER_HOST']) {
    throw new SuiteError('noEngine', `no container engine answers at DOCKER_HOST "${process.env['DOCKER_HOST']}"`, {
      next: 'start that engine, or unset DOCKER_HOST',
    });
  }
  const system = await thisSystem();
  if (!mayOpen('/var/run/docker.sock')) throw closedSocket('/var/run/docker.sock');
  const installed = process.platform === 'linux' && (await ask('dockerd', ['--version'], signal)) !== undefined;
  if (!installed) {
    if (system === undefined || !mayInstall(system)) throw noEngine(system, false);
    await install(system, options);
  } else if (process.getuid?.() !== 0) {
    throw noEngine(system, true);
  }
  return start(signal);
}

function mayOpen(socket: string): boolean {
  if (!existsSync(socket)) return true;
  try {
    accessSync(socket, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** An engine may well run, but not for this user. */
export function closedSocket(socket: string): SuiteError {
  return new SuiteError('noEngine', `this user may not open ${socket}, the socket of the container engine`, {
    next: 'sudo usermod -aG docker "$USER", log in again and run this again (members of that group are as mighty as root)',
  });
}

/** Tells what a person without the right to install does next. */
export function noEngine(system: System | undefined, installed: boolean): SuiteError {
  if (installed) {
    return new SuiteError('noEngine', 'dockerd is installed but does not answer, and only root can start it', {
      next: 'sudo systemctl start docker (or, without systemd: sudo dockerd &), then run this again',
    });
  }
  const debian = system?.id === 'debian' || system?.id === 'ubuntu';
  return new SuiteError(
    'noEngine',
    `no container engine answers, and it can't be installed here (${debian ? 'not root' : (system?.name ?? process.platform)})`,
    {
      next: debian
        ? 'sudo npm start, or install it yourself: sudo apt-get install docker.io'
        : 'install and start Docker or Podman, then run this again',
    },
  );
}

async function install(system: System, options: {readonly yes: boolean; readonly signal: AbortSignal}): Promise<void> {
  const hasClient = (await ask('docker', ['--version'], options.signal)) !== undefined;
  const {packages, newer, why} = enginePackages(system, hasClient);
  tell(
    `No container engine answers. kind runs its nodes in one, so these Debian packages will be installed: ${packages.join(', ')} (${why}).`,
  );
  await agree('Install them?', options);
  await step(`Install the container engine (${packages.join(' ')})`, say =>
    installPackages(packages, {system, say, signal: options.signal, ...(newer === undefined ? {} : {newer})}),
  );
}

/** Asks on a terminal; goes on without a question where there is none, or with --yes. */
export async function agree(
  question: string,
  options: {readonly yes: boolean; readonly signal: AbortSignal},
): Promise<void> {
  if (options.yes || !process.stdin.isTTY) return;
  const prompt = createInterface({input: process.stdin, output: process.stderr});
  // readline takes Ctrl-C on a terminal for itself.
  prompt.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    const answer = await prompt.question(`${question} [Y/n] `, {signal: options.signal});
    if (/^n/i.test(answer.trim()))
      throw new SuiteError('noEngine', 'not agreed to', {next: 'install it yourself, or run this again and agree'});
  } catch (error) {
    options.signal.throwIfAborted();
    throw error;
  } finally {
    prompt.close();
  }
}

async function start(signal: AbortSignal): Promise<Engine> {
  return step('Start the container engine (dockerd)', async say => {
    const log = join(cacheDirectory(), 'dockerd.log');
    await mkdir(cacheDirectory(), {recursive: true});
    let exited: number | undefined;
    if (existsSync('/run/systemd/system')) {
      await run('systemctl', ['start', 'docker'], {signal, exit: 'noEngine', next: 'journalctl -u docker'});
    } else {
      await removeStalePidFile();
      const output = openSync(log, 'a');
      // It must live on after this command, so it gets its own session and no pipe of ours.
      const daemon = spawn('dockerd', [], {detached: true, stdio: ['ignore', output, output]});
      daemon.on('error', () => (exited = 127));
      daemon.on('exit', code => (exited = code ?? 1));
      daemon.unref();
    }
    const deadline = performance.now() + startBudgetMs;
    while (performance.now() < deadline) {
      const engine = await findEngine(signal);
      if (engine !== undefined) return engine;
      if (exited !== undefined) break;
      say(`waiting for it to answer; its log is ${log}`);
      await delay(300, undefined, {signal}).catch(() => {
        signal.throwIfAborted();
      });
    }
    const tail = existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n').slice(-5).join('\n       ') : '';
    throw new SuiteError(
      'noEngine',
      `dockerd ${exited === undefined ? 'does not answer' : `ended with exit code ${exited}`}\n       ${tail}`,
      {
        next: `read ${log}`,
      },
    );
  });
}

/** After a reboot the pid file can name a process that isn't dockerd, which dockerd takes for itself and gives up. */
async function removeStalePidFile(): Promise<void> {
  const file = '/var/run/docker.pid';
  if (!existsSync(file)) return;
  const name = `/proc/${readFileSync(file, 'utf8').trim()}/comm`;
  if (!existsSync(name) || readFileSync(name, 'utf8').trim() !== 'dockerd') await rm(file);
}
