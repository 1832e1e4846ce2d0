import {status, type Edit} from '../edit.ts';
import type {Fault} from './fault.ts';

const fails = 'init-container-fails';
const again = 'init-container-fails-once-on-failure';
const deleted = 'deleted-meanwhile';

/** Edits every version from the one in which prepare has failed in its second run. */
const onceFailed = (e: Edit, edit: Parameters<Edit['pods']>[2]) =>
  e.pods(e.lowered, Infinity, pod => {
    if (status(pod, 'prepare').state.terminated?.exitCode === 1) edit(pod);
  });

/** Edits every version after the Pod was deleted. */
const onceDeleted = (e: Edit, edit: Parameters<Edit['pods']>[2]) =>
  e.pods(0, Infinity, pod => {
    if (pod.metadata.deletionTimestamp !== undefined) edit(pod);
  });

/** Faults in what fails or ends after a restart. */
export const failureFaults: readonly Fault[] = [
  {
    name: 'the Pod succeeds though its init container failed',
    in: fails,
    edit: e =>
      e.pods(0, Infinity, pod => {
        if (pod.status.phase === 'Failed') pod.status.phase = 'Succeeded';
      }),
    turns: {'INI-1': 'the phase became Succeeded'},
  },
  {
    name: 'a container is started though the init container before it failed',
    in: fails,
    edit: e => onceFailed(e, pod => Object.assign(status(pod, 'trainer'), {containerID: 'containerd://another'})),
    turns: {'INI-7': 'trainer was started again'},
  },
  {
    name: 'the condition is True in a Pod that failed',
    in: fails,
    edit: e =>
      e.pods(0, Infinity, pod => {
        if (pod.status.phase !== 'Failed') return;
        for (const each of pod.status.conditions) if (each.type === 'AllContainersRestarting') each.status = 'True';
      }),
    turns: {'CND-12': 'AllContainersRestarting was True'},
  },
  {
    name: 'a Pod that may try again fails',
    in: again,
    edit: e => onceFailed(e, pod => (pod.status.phase = 'Failed')),
    turns: {'INI-2': 'the phase became Failed'},
  },
  {
    name: 'a deleted Pod goes while it is Running',
    in: again,
    edit: e => onceDeleted(e, pod => (pod.status.phase = 'Running')),
    turns: {'INI-8': 'phase was Running'},
  },
  {
    name: 'a container is started again long after the deletion',
    in: deleted,
    edit: e =>
      onceDeleted(e, pod => {
        const startedAt = new Date(Date.parse(pod.metadata.deletionTimestamp ?? '') + 10_000).toISOString();
        const running = {startedAt};
        Object.assign(status(pod, 'prepare'), {containerID: 'containerd://another', state: {running}});
      }),
    turns: {'INI-3': 'prepare was started again'},
  },
  {
    name: 'the restart goes on after the deletion',
    in: deleted,
    edit: e =>
      onceDeleted(e, pod => {
        const at = (ms: number) => new Date(Date.parse(pod.metadata.deletionTimestamp ?? '') + ms).toISOString();
        const running = (name: string, ms: number) =>
          Object.assign(status(pod, name), {
            containerID: `containerd://${name}`,
            state: {running: {startedAt: at(ms)}},
          });
        running('prepare', 0); // by itself too early to tell: the kubelet may not have heard of the deletion
        running('watcher', 12_000);
      }),
    turns: {
      'INI-3': 'watcher was started again',
      'INI-8': 'watcher was not seen to end by what its rule matches',
    },
  },
  {
    name: 'a deleted Pod stays long after its grace period',
    in: deleted,
    edit: e => {
      const step = e.recording.observations.findIndex(({kind}) => kind === 'step');
      const quick = (e.recording.observations[step]?.atMs ?? NaN) - 3_000; // the node was slower in that recording
      e.each('pod', version => (version.atMs = quick), 0, step).delay(e.last, 40_000);
    },
    turns: {'INI-3': 'the Pod was there long after its grace period'},
  },
  {
    name: 'the deadline begins anew with the restart',
    in: 'active-deadline',
    edit: e => e.delay(e.timeline.after.find(({pod}) => pod.status.phase === 'Failed')?.index ?? NaN, 22_000),
    turns: {'INI-4': 'the deadline was counted from the restart'},
  },
];
