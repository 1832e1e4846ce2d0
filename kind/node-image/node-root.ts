import {appendFile, chmod, cp, mkdir, readdir, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {run} from '../command.ts';

/** What a node's root file system is put together from. */
export interface NodeParts {
  /** images/base/files of the kind module. */
  readonly kindFiles: string;
  readonly kubernetes: string;
  readonly containerd: string;
  readonly runc: string;
  readonly cniPlugins: string;
  readonly release: string;
  /** Reference of the pause image. */
  readonly pause: string;
}

/** Units that kind's Dockerfile removes, because a container has no use for them: directory and what in it. */
const removedUnits: readonly (readonly [string, RegExp])[] = [
  ['lib/systemd/system/sysinit.target.wants', /^systemd-tmpfiles-setup\.service$/],
  ['lib/systemd/system/multi-user.target.wants', /./],
  ['lib/systemd/system/local-fs.target.wants', /./],
  ['lib/systemd/system/basic.target.wants', /./],
  ['lib/systemd/system/sockets.target.wants', /udev|initctl/],
];

const networkTemplate = 'kind/cni.conflist.template';
const addHook = `.hooks.createContainer[.hooks.createContainer | length] |= . + {"path": "/kind/bin/mount-product-files.sh"} | del(.process.rlimits)`;

/**
 * Turns Debian's minimal system under `root` into a kind node: what kind's own base image does (images/base/Dockerfile of
 * the kind module) with the binaries that were built here.
 */
export async function makeNodeRoot(root: string, parts: NodeParts, signal: AbortSignal): Promise<void> {
  await copyKindFiles(root, parts.kindFiles);
  for (const [directory, names] of removedUnits) await removeMatching(join(root, directory), names);
  const units = join(root, 'etc/systemd/system');
  for (const name of await readdir(units)) if (name.endsWith('.wants')) await removeMatching(join(units, name), /./);
  await appendFile(join(root, 'etc/systemd/journald.conf'), 'ReadKMsg=no\n');
  await rm(join(root, 'sbin/init'), {force: true});
  await symlink('/usr/lib/systemd/systemd', join(root, 'sbin/init'));
  await run(
    'chroot',
    [root, 'systemctl', 'enable', 'kubelet.service', 'containerd.service', 'undo-mount-hacks.service'],
    {signal},
  );
  // It would register things with the machine's kernel.
  await run('chroot', [root, 'systemctl', 'mask', 'systemd-binfmt.service'], {signal});

  await mkdir(join(root, 'etc/kubernetes/manifests'), {recursive: true});
  for (const name of ['kubelet', 'kubeadm', 'kubectl'])
    await install(join(parts.kubernetes, name), join(root, 'usr/bin', name));
  await install(join(parts.runc, 'runc'), join(root, 'usr/local/sbin/runc'));
  await installAll(parts.containerd, join(root, 'usr/local/bin'));
  await installAll(parts.cniPlugins, join(root, 'opt/cni/bin'));

  const config = join(root, 'etc/containerd/config.toml');
  await writeFile(config, withNetwork(withSandboxImage(await readFile(config, 'utf8'), parts.pause)));
  await cp(new URL('cni.conflist.template', import.meta.url), join(root, networkTemplate));
  await run('chroot', [root, 'sh', '-c', `ctr oci spec | jq '${addHook}' > /etc/containerd/cri-base.json`], {signal});
  await writeFile(join(root, 'kind/version'), `v${parts.release}`);
  await rm(join(root, 'etc/hostname'), {force: true});
  await writeFile(join(root, 'etc/machine-id'), '');
}

/** containerd's config with the pause image that kubeadm of this release asks for. */
export function withSandboxImage(config: string, pause: string): string {
  const line = /^(\s*sandbox_image = ).*$/m;
  if (!line.test(config)) throw new Error("kind's containerd config has no sandbox_image line to set");
  return config.replace(line, `$1"${pause}"`);
}

/** containerd writes the network config of a node from a template once the kubelet tells it the node's podCIDR. */
export function withNetwork(config: string): string {
  return `${config}\n[plugins."io.containerd.grpc.v1.cri".cni]\n  conf_template = "/${networkTemplate}"\n`;
}

async function copyKindFiles(root: string, files: string): Promise<void> {
  // The module cache is read-only; the modes are those that kind's Dockerfile gives.
  for (const [from, to, mode] of [
    ['usr/local/bin', 'usr/local/bin', 0o755],
    ['etc', 'etc', 0o644],
    ['kind', 'kind', 0o644],
    ['kind/bin', 'kind/bin', 0o755],
  ] as const) {
    await copyTree(join(files, from), join(root, to), mode);
  }
}

async function copyTree(from: string, to: string, mode: number): Promise<void> {
  await mkdir(to, {recursive: true});
  for (const entry of await readdir(from, {withFileTypes: true})) {
    if (entry.isDirectory()) await copyTree(join(from, entry.name), join(to, entry.name), mode);
    else await install(join(from, entry.name), join(to, entry.name), mode);
  }
}

async function install(from: string, to: string, mode = 0o755): Promise<void> {
  await rm(to, {force: true});
  await cp(from, to);
  await chmod(to, mode);
}

async function installAll(from: string, to: string): Promise<void> {
  await mkdir(to, {recursive: true});
  for (const name of await readdir(from)) await install(join(from, name), join(to, name));
}

async function removeMatching(directory: string, names: RegExp): Promise<void> {
  const found = await readdir(directory).catch(() => []);
  for (const name of found) if (names.test(name)) await rm(join(directory, name), {recursive: true, force: true});
}
