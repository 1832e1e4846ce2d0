import {type Document, isSeq, parseDocument, YAMLSeq} from 'yaml';

/** What of a host, and of the node image, decides how a cluster must be configured. */
export interface HostFacts {
  readonly cgroupVersion: 1 | 2;
  /** Linux capabilities that a privileged container lacks here. */
  readonly missingCapabilities: readonly string[];
  /** False for a node image that was built here, without kind's own network image. */
  readonly imageHasNetwork: boolean;
}

/** Something added to a plain kind config. */
interface Addition {
  /** One line: what, and why. */
  readonly line: string;
  readonly add: (config: Document) => void;
}

const kubeletOnCgroupV1 = `kind: KubeletConfiguration
apiVersion: kubelet.config.k8s.io/v1beta1
failCgroupV1: false
cgroupDriver: cgroupfs
`;
const containerdOnCgroupV1 = ['runc', 'test-handler']
  .map(
    runtime => `[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.${runtime}.options]
  SystemdCgroup = false
`,
  )
  .join('');
const oomScore = `[plugins."io.containerd.grpc.v1.cri"]
  restrict_oom_score_adj = true
`;
const noStartHook = `[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  base_runtime_spec = ""
`;

function additionsFor(facts: HostFacts): Addition[] {
  const additions: Addition[] = [];
  if (facts.cgroupVersion === 1) {
    additions.push({
      line: 'kubelet: failCgroupV1 false, cgroupDriver cgroupfs (this host has cgroup v1, on which a kubelet refuses to start by default)',
      add: config => {
        append(config, 'kubeadmConfigPatches', kubeletOnCgroupV1);
      },
    });
    additions.push({
      line: 'containerd: SystemdCgroup false (through systemd runc freezes a new container on cgroup v1, and at times fails to)',
      add: config => {
        append(config, 'containerdConfigPatches', containerdOnCgroupV1);
      },
    });
  }
  if (facts.missingCapabilities.includes('CAP_SYS_RESOURCE')) {
    additions.push({
      line: 'containerd: restrict_oom_score_adj true (this host lacks CAP_SYS_RESOURCE, without which no OOM score can be lowered)',
      add: config => {
        append(config, 'containerdConfigPatches', oomScore);
      },
    });
  }
  if (!facts.imageHasNetwork) {
    additions.push({
      line: 'networking: disableDefaultCNI true (the node image built here has no kindnetd; it brings a ptp network of its own)',
      add: config => {
        config.setIn(['networking', 'disableDefaultCNI'], true);
      },
    });
    additions.push({
      line: "containerd: no hook at the start of a container (kind's hides the host's product name; its jq takes 7 % of what a run costs the node)",
      add: config => {
        append(config, 'containerdConfigPatches', noStartHook);
      },
    });
  }
  return additions;
}

function append(config: Document, key: string, patch: string): void {
  const list = config.get(key);
  if (isSeq(list)) {
    list.add(patch);
    return;
  }
  const fresh = new YAMLSeq();
  fresh.add(patch);
  config.set(key, fresh);
}

/**
 * A kind config with what this host needs, and with the images and port to use; comments stay.
 *
 * @param text a kind Cluster file
 * @returns the new text, and a line for each addition that says why
 */
export function withAdditions(
  text: string,
  facts: HostFacts,
  settings: {readonly image: string; readonly workerImage?: string | undefined; readonly apiPort?: number},
): {text: string; lines: string[]} {
  const config = parseDocument(text);
  const additions = additionsFor(facts);
  for (const {add} of additions) add(config);
  if (settings.apiPort !== undefined) config.setIn(['networking', 'apiServerPort'], settings.apiPort);
  const nodes = config.get('nodes');
  const {image, workerImage = image} = settings;
  if (isSeq(nodes))
    for (const index of nodes.items.keys())
      config.setIn(
        ['nodes', index, 'image'],
        config.getIn(['nodes', index, 'role']) === 'worker' ? workerImage : image,
      );
  return {text: config.toString({lineWidth: 0}), lines: additions.map(({line}) => line)};
}
