import {z} from 'zod';
import {runtimeSchema, type RuntimeReading} from '../harness/recording/runtime.ts';
import type {NodePod} from '../harness/scenario/node-access.ts';
import type {Machine} from './node-actions.ts';

const containerSchema = z.object({
  ID: z.string(),
  Labels: z.looseObject({
    'io.cri-containerd.kind': z.enum(['sandbox', 'container']),
    'io.kubernetes.container.name': z.string().optional(),
  }),
});

/** The sandboxes and containers that containerd has of a Pod: ids and labels, one JSON object a line. */
async function containersOf(machine: Machine, {uid}: NodePod, signal: AbortSignal) {
  const ctr = 'ctr -n k8s.io containers';
  const script = `for id in $(${ctr} ls -q 'labels."io.kubernetes.pod.uid"==${uidOf(uid)}'); do ${ctr} info "$id" | jq -c '{ID, Labels}'; done`;
  const text = await machine.run(['sh', '-c', script], signal);
  return linesOf(text).map(line => containerSchema.parse(JSON.parse(line)));
}

/** Ids of a Pod's sandboxes. */
export async function sandboxesOf(machine: Machine, pod: NodePod, signal: AbortSignal): Promise<readonly string[]> {
  const all = await containersOf(machine, pod, signal);
  return all.filter(({Labels}) => Labels['io.cri-containerd.kind'] === 'sandbox').map(({ID}) => ID);
}

/** A Pod as the node and its runtime have it: sandboxes, containers, cgroup and log files. */
export async function readRuntime(machine: Machine, pod: NodePod, signal: AbortSignal): Promise<RuntimeReading> {
  const uid = uidOf(pod.uid);
  const all = await containersOf(machine, pod, signal);
  // The systemd driver writes the UID with underscores.
  // find ends badly where another Pod's folder goes meanwhile.
  const cgroups = await machine.run(
    [
      'sh',
      '-c',
      String.raw`find /sys/fs/cgroup -type d '(' -name "$0" -o -name "$1" ')' -printf '%i %p\n' 2>/dev/null || true`,
      `*pod${uid}`,
      `*pod${uid.replaceAll('-', '_')}.slice`,
    ],
    signal,
  );
  const folder = `/var/log/pods/${pod.namespace}_${pod.name}_${uid}`;
  const logs = await machine.run(['find', folder, '-name', '*.log', '-printf', '%P\\n'], signal);
  return runtimeSchema.parse({
    sandboxes: all.filter(({Labels}) => Labels['io.cri-containerd.kind'] === 'sandbox').map(({ID}) => ID),
    containers: all.flatMap(({ID, Labels}) =>
      Labels['io.cri-containerd.kind'] === 'container'
        ? [{name: Labels['io.kubernetes.container.name'] ?? '', id: ID}]
        : [],
    ),
    cgroups: linesOf(cgroups).map(line => ({inode: line.split(' ')[0] ?? '', path: line.replace(/^\S+ /, '')})),
    logs: linesOf(logs).toSorted(),
  });
}

function linesOf(text: string): string[] {
  return text.split('\n').filter(line => line !== '');
}

/** A Pod's UID, which must be known. */
export function uidOf(uid: string | undefined): string {
  if (uid === undefined) throw new Error('the Pod has no UID yet');
  return uid;
}
