import {restartedIn} from '../../checks/restart.ts';
import {runsAround} from '../../recording/timeline.ts';
import {status, type Edit} from '../edit.ts';
import type {Fault} from './fault.ts';

const all = 'probes-start-over';
const type = 'AllContainersRestarting';

/** Node's clock when trainer began anew, s. */
const began = (e: Edit): number => runsAround(e.timeline, 'trainer').after[0]?.start.entry.began ?? NaN;

/** The first version with the new trainer. */
const anew = (e: Edit): number => restartedIn(e.timeline, 'trainer')?.index ?? NaN;

/** Faults in probes. */
export const probeFaults: readonly Fault[] = [
  {
    name: 'a new container counts as started at once',
    in: all,
    edit: e => e.pods(anew(e), anew(e), pod => (status(pod, 'trainer').started = true)),
    turns: {'PRB-1': 'trainer was started before its startupProbe had run'},
  },
  {
    name: 'a new container is ready at once',
    in: all,
    edit: e => e.pods(anew(e), anew(e), pod => (status(pod, 'trainer').ready = true)),
    turns: {'PRB-2': 'trainer was ready before its readinessProbe had run'},
  },
  {
    name: 'the liveness probe runs before the startup probe',
    in: all,
    edit: e => e.addJournal({what: 'livenessProbe', container: 'trainer', uptime: e.uptime('trainer', 'start') + 0.01}),
    turns: {'PRB-3': 'the livenessProbe of trainer ran before its startupProbe had passed'},
  },
  {
    name: 'the startup probe does not wait',
    in: all,
    edit: e => e.addJournal({what: 'startupProbe', container: 'trainer', uptime: e.uptime('trainer', 'start') + 0.01}),
    turns: {'PRB-4': 'the startupProbe of trainer ran before'},
  },
  {
    name: 'the readiness probe runs between the two containers',
    in: all,
    edit: e => e.addJournal({what: 'readinessProbe', container: 'trainer', uptime: began(e) - 0.01}),
    turns: {'PRB-7': 'the readinessProbe of trainer ran between its end and its new start'},
  },
  {
    name: 'the readiness probe does not run again',
    in: all,
    edit: e => e.dropJournal('trainer', 'readinessProbe'),
    turns: {
      'PRB-2': 'the readinessProbe of trainer did not run again',
      'PRB-7': 'the readinessProbe of trainer did not run again',
    },
  },
  {
    name: 'a container is ended after even fewer failures of its liveness probe than is known',
    in: all,
    edit: e =>
      e.pods(0, Infinity, pod => {
        const containers = structuredClone(pod.spec.containers);
        for (const {livenessProbe} of containers) Object.assign(livenessProbe ?? {}, {failureThreshold: 9});
        pod.spec = {...pod.spec, containers};
      }),
    turns: {'PRB-8': 'trainer was ended after fewer than 9'},
  },
  {
    name: 'the endpoint is ready again before the Pod is',
    in: 'behind-service',
    edit: e => {
      const early = e.recording.observations.findLast(
        (o, at) => o.kind === 'object' && o.resource === 'endpointslices' && at < e.lowered,
      );
      if (early?.kind !== 'object') throw new Error('no EndpointSlice');
      const ready = structuredClone(early);
      const {endpoints} = ready.object;
      if (Array.isArray(endpoints)) for (const each of endpoints) Object.assign(each, {conditions: {ready: true}});
      e.insert(e.lowered, {...ready, atMs: early.atMs + 1_000});
    },
    turns: {'PRB-5': 'it was ready before the Pod was'},
  },
  {
    name: 'the Pod succeeds while the condition is True',
    in: all,
    edit: e =>
      e.pods(0, Infinity, pod => {
        if (pod.status.phase !== 'Succeeded') return;
        for (const each of pod.status.conditions.filter(({type: is}) => is === type)) each.status = 'True';
      }),
    turns: {'CND-12': 'AllContainersRestarting was True'},
  },
  {
    name: 'a container whose startup probe failed is started once more',
    in: 'startup-probe-fails-after-restart',
    edit: e =>
      e.pods(0, Infinity, pod => {
        if (pod.status.phase === 'Failed') status(pod, 'trainer').containerID = 'containerd://another';
      }),
    turns: {'PRB-6': 'trainer was started once more'},
  },
];
