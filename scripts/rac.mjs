#!/usr/bin/env node
// Entry of every command. Runs on any Node: installs what the lockfile names and goes on with the Node that came with it.
import {spawn, spawnSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {constants} from 'node:os';
import {fileURLToPath} from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const installed = `${root}node_modules/.package-lock.json`;

/** What `npm ci` left must be what the lockfile asks for; optional packages of other platforms are not installed. */
function dependenciesFit() {
  if (!existsSync(installed)) return false;
  const wanted = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')).packages;
  const there = JSON.parse(readFileSync(installed, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, {version, optional}]) => path === '' || there[path]?.version === version || (optional && !there[path]),
  );
}

if (!dependenciesFit()) {
  const started = Date.now();
  process.stderr.write('rac: node_modules does not match package-lock.json; running npm ci (about 30 s)\n');
  const {status, error} = spawnSync('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) {
    process.stderr.write(
      `rac: npm ci failed (${error?.message ?? `exit code ${status}`}). Next: run "npm ci" in ${root} and read what it says.\n`,
    );
    process.exit(16);
  }
  process.stderr.write(`rac: dependencies installed in ${((Date.now() - started) / 1000).toFixed(0)} s\n`);
}

const fromNpm = `${root}node_modules/.bin/node`;
const node = existsSync(fromNpm) ? fromNpm : process.execPath;
if (node === process.execPath && Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(
    `rac: needs Node 24 or newer and npm has none for ${process.platform}-${process.arch}; this is ${process.version}. Next: install Node 24 and run the command again.\n`,
  );
  process.exit(16);
}
const child = spawn(
  node,
  ['--disable-warning=ExperimentalWarning', `${root}scripts/main.ts`, ...process.argv.slice(2)],
  {stdio: 'inherit'},
);
// The terminal sends Ctrl-C to both; a signal sent to this process alone is passed on. The child cleans up and decides.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', error => {
  process.stderr.write(`rac: ${node} can't be started: ${error.message}. Next: run "npm ci" in ${root}\n`);
  process.exit(16);
});
child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
