import type {GoCommands} from '../go.ts';

/** The Debian release of the nodes' root file system: the last whose systemd boots on cgroup v1 as well as on v2. */
export const debianRelease = 'bookworm';

/** What a node needs beyond Debian's minimal system: what kind's own base image installs, as far as a test cluster uses it. */
export const debianPackages = [
  ...[
    'systemd',
    'systemd-sysv',
    'dbus',
    'iptables',
    'nftables',
    'iproute2',
    'ethtool',
    'socat',
    'conntrack',
    'ebtables',
  ],
  ...['kmod', 'procps', 'jq', 'util-linux', 'mount', 'ca-certificates', 'libseccomp2', 'hostname', 'curl'],
  'busybox-static', // becomes the workload image
];

/** A part of the node image that is built from one Go module. */
export interface Part extends GoCommands {
  readonly name: string;
}

const ctrd = 'github.com/containerd/containerd/v2';
const cni = 'github.com/containernetworking/plugins';

export const containerd: Part = {
  name: 'containerd',
  module: ctrd,
  version: 'v2.3.4',
  packages: ['containerd', 'ctr', 'containerd-shim-runc-v2'].map(name => `${ctrd}/cmd/${name}`),
};
export const cniPlugins: Part = {
  name: 'cni-plugins',
  module: cni,
  version: 'v1.9.1',
  packages: ['ipam/host-local', 'main/loopback', 'main/ptp', 'meta/portmap'].map(name => `${cni}/plugins/${name}`),
};
/** Debian's own is too old for user namespaces (hostUsers: false needs 1.2). */
export const runc: Part = {
  name: 'runc',
  module: 'github.com/opencontainers/runc',
  version: 'v1.4.3',
  packages: ['github.com/opencontainers/runc'],
  cgo: {tags: 'seccomp,netgo,osusergo', ldflags: '-linkmode external -extldflags -static'},
};
/** etcd and CoreDNS of one release serve every Kubernetes release here; the image gets the tag that kubeadm asks for. */
export const etcd: Part = {
  name: 'etcd',
  module: 'go.etcd.io/etcd/server/v3',
  version: 'v3.6.8',
  packages: ['go.etcd.io/etcd/server/v3'],
  as: 'etcd',
};
export const coredns: Part = {
  name: 'coredns',
  module: 'github.com/coredns/coredns',
  version: 'v1.13.1',
  packages: ['github.com/coredns/coredns'],
};

export const parts: readonly Part[] = [etcd, coredns, containerd, cniPlugins, runc];
