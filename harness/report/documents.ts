const enhancements = 'https://github.com/kubernetes/enhancements/tree/master/keps/sig-node';
const docs = 'https://kubernetes.io/docs';
const conventions = 'https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture';

/** Where the documents are that requirements name as their source; a source that is no single page has no address. */
const addresses: Readonly<Record<string, string>> = {
  'KEP-5532': `${enhancements}/5532-restart-all-containers-on-container-exits`,
  'KEP-5307': `${enhancements}/5307-container-restart-policy`,
  'KEP-5328': `${enhancements}/5328-node-declared-features`,
  'JobSet KEP-467': 'https://github.com/kubernetes-sigs/jobset/tree/main/keps/467-InPlaceRestart',
  'Announcement of RestartAllContainers in v1.35':
    'https://kubernetes.io/blog/2026/01/02/kubernetes-v1-35-restart-all-containers/',
  Pods: `${docs}/concepts/workloads/pods/`,
  'pod-lifecycle': `${docs}/concepts/workloads/pods/pod-lifecycle/`,
  'Liveness, Readiness, and Startup Probes': `${docs}/concepts/workloads/pods/probes/`,
  'Init Containers': `${docs}/concepts/workloads/pods/init-containers/`,
  'Sidecar Containers': `${docs}/concepts/workloads/pods/sidecar-containers/`,
  'Ephemeral Containers': `${docs}/concepts/workloads/pods/ephemeral-containers/`,
  Disruptions: `${docs}/concepts/workloads/pods/disruptions/`,
  Images: `${docs}/concepts/containers/images/`,
  Jobs: `${docs}/concepts/workloads/controllers/job/`,
  'Node Declared Features': `${docs}/concepts/scheduling-eviction/node-declared-features/`,
  'API reference, Pod': `${docs}/reference/kubernetes-api/workload-resources/pod-v1/`,
  'Feature gates': `${docs}/reference/command-line-tools-reference/feature-gates/`,
  'Debug Running Pods': `${docs}/tasks/debug/debug-application/debug-running-pod/`,
  'Create static Pods': `${docs}/tasks/configure-pod-container/static-pod/`,
  'Configure Liveness, Readiness and Startup Probes': `${docs}/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/`,
  'Resize CPU and Memory Resources assigned to Containers': `${docs}/tasks/configure-pod-container/resize-container-resources/`,
  'Assign Memory Resources to Containers and Pods': `${docs}/tasks/configure-pod-container/assign-memory-resource/`,
  'Version Skew Policy': 'https://kubernetes.io/releases/version-skew-policy/',
  'API conventions': `${conventions}/api-conventions.md`,
  'API changes': `${conventions}/api_changes.md`,
};

/** The address of a document that a requirement names; undefined where it is no single page. */
export function addressOf(document: string): string | undefined {
  return addresses[document];
}
