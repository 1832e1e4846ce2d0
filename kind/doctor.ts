import {cacheDirectory} from './cache.ts';
import {ask} from './command.ts';
import {readConfig} from './config.ts';
import {mayInstall, thisSystem} from './debian.ts';
import {readable, roomAt} from './disk.ts';
import {findEngine} from './engine.ts';
import {atLeast, goVersion, oldestGo} from './go.ts';
import {hostFacts, lowInotify} from './host.ts';
import {enginePackages} from './install-engine.ts';
import {findKind, kindVersion} from './kind-binary.ts';
import {listClusters} from './down.ts';
import {chooseNodeImage} from './node-image.ts';
import {portIsFree} from './ports.ts';
import {missingBuildPackages} from './node-image/build-tools.ts';

/** One thing that rac needs. */
export interface Finding {
  readonly what: string;
  readonly state: 'there' | 'missing' | 'note';
  readonly detail: string;
  /** What rac itself does about it, or what a person must do. */
  readonly next?: string;
  /** True where rac can't go on by itself. */
  readonly blocks: boolean;
}

const wantedBytes = 10e9;

const there = (what: string, detail: string): Finding => ({what, state: 'there', detail, blocks: false});
const note = (what: string, detail: string, next: string): Finding => ({
  what,
  state: 'note',
  detail,
  next,
  blocks: false,
});
const missing = (what: string, detail: string, next: string, blocks: boolean): Finding => ({
  what,
  state: 'missing',
  detail,
  next,
  blocks,
});

/** Looks at everything that a cluster of ours needs, changes nothing. */
export async function examine(configName: string, signal: AbortSignal): Promise<Finding[]> {
  const findings: Finding[] = [];
  const system = await thisSystem();
  const install = mayInstall(system);
  const config = await readConfig(configName);
  const engine = await findEngine(signal);
  const daemon = engine === undefined && (await ask('dockerd', ['--version'], signal)) !== undefined;
  if (engine !== undefined) findings.push(there('container engine', `${engine.tool} ${engine.version}`));
  else if (daemon) {
    const root = process.getuid?.() === 0;
    findings.push(
      missing(
        'container engine',
        'dockerd is installed and does not answer',
        root ? 'rac starts it' : 'start it: sudo systemctl start docker',
        !root,
      ),
    );
  } else {
    const packages = system === undefined ? '' : enginePackages(system, false).packages.join(' ');
    findings.push(
      missing(
        'container engine',
        'none answers',
        install ? `rac installs ${packages}` : 'install and start Docker or Podman',
        !install,
      ),
    );
  }

  const go = await goVersion(signal);
  const goodGo = go !== undefined && atLeast(go, oldestGo);
  const kind = await findKind(signal);
  findings.push(
    kind === undefined
      ? missing(
          'kind',
          `${kindVersion} or newer`,
          goodGo ? 'rac builds it with Go' : 'rac fetches the release binary',
          false,
        )
      : there('kind', `${kind.version} (${kind.path})`),
  );

  const chosen = engine === undefined ? undefined : await chooseNodeImage(config, {}, engine, signal);
  const builds = chosen === undefined ? false : chosen.from === 'built' && !chosen.present;
  if (chosen === undefined)
    findings.push(
      note(
        'node image',
        'known once the engine answers',
        `a registry's ${config.image.replace(/@.*/, '')}, else built here`,
      ),
    );
  else if (chosen.present) findings.push(there('node image', chosen.image));
  else
    findings.push(
      missing(
        'node image',
        chosen.image,
        chosen.from === 'built' ? 'no registry answers; rac builds it' : 'rac pulls it',
        false,
      ),
    );

  findings.push(
    goodGo
      ? there('Go', go)
      : builds
        ? missing(
            'Go',
            `${oldestGo} or newer, to build the node image`,
            install ? 'rac installs it' : 'install it and put it on PATH',
            !install,
          )
        : note(
            'Go',
            go === undefined ? 'none on PATH' : `${go} is too old to build with`,
            'needed only where a node image is built',
          ),
  );
  const tools = await missingBuildPackages(signal);
  if (tools.length === 0) findings.push(there('build tools', 'debootstrap, C compiler, libseccomp'));
  else if (builds)
    findings.push(
      missing(
        'build tools',
        tools.join(', '),
        install ? 'rac installs them' : `sudo apt-get install ${tools.join(' ')}`,
        !install,
      ),
    );
  else
    findings.push(note('build tools', `${tools.join(', ')} not installed`, 'needed only where a node image is built'));

  for (const path of new Set([cacheDirectory(), ...(engine?.local === true ? [engine.dataRoot] : [])])) {
    const {free} = await roomAt(path);
    findings.push(
      free >= wantedBytes
        ? there('disk', `${readable(free)} free for ${path}`)
        : missing(
            'disk',
            `${readable(free)} free for ${path}`,
            `up to ${readable(wantedBytes)} are needed from nothing`,
            free < 4e9,
          ),
    );
  }
  if (engine !== undefined && chosen !== undefined) {
    const facts = await hostFacts(engine, chosen.image, signal);
    findings.push(
      facts.cgroupVersion === 2 ? there('cgroup', 'v2') : note('cgroup', 'v1', 'rac configures the kubelet for it'),
    );
    const lacks = facts.missingCapabilities;
    findings.push(
      lacks.length === 0
        ? there('capabilities', 'all that a node uses')
        : note('capabilities', `${lacks.join(', ')} missing`, 'rac configures containerd for it'),
    );
  }
  const {apiPort} = config;
  const free = apiPort === undefined || (await portIsFree(apiPort));
  findings.push(
    free
      ? there('API port', apiPort === undefined ? 'any free one' : String(apiPort))
      : missing('API port', `${apiPort} is taken`, 'rac cluster up --api-port takes another', false),
  );
  const low = await lowInotify();
  if (low.length > 0)
    findings.push(note('inotify', 'limits are low for several clusters side by side', `sudo sysctl ${low.join(' ')}`));
  const clusters = await listClusters(signal);
  findings.push(
    clusters.length === 0
      ? note('cluster', 'none is up', `rac cluster up ${configName}`)
      : engine === undefined
        ? note(
            'cluster',
            clusters.map(({name}) => name).join(', '),
            'whether they are up is known once the engine answers',
          )
        : there('cluster', clusters.map(({name, release, state}) => `${name} (${release}, ${state})`).join(', ')),
  );
  return findings;
}
