import {runtimeSchema, type RuntimeReading} from '../../recording/runtime.ts';
import {status} from '../edit.ts';
import type {Fault} from './fault.ts';

const restart = 'node-sees-restart';

/** An edit of what the node showed after the restart. */
const afterwards =
  (edit: (reading: RuntimeReading) => void): Fault['edit'] =>
  e =>
    e.lastReading('read runtime', text => {
      const reading = runtimeSchema.parse(JSON.parse(text));
      edit(reading);
      return JSON.stringify(reading);
    });

/** Faults in what the node and its runtime have of the Pod. */
export const nodeFaults: readonly Fault[] = [
  {
    name: "the Pod's cgroup is made anew",
    in: restart,
    edit: afterwards(({cgroups}) => {
      cgroups.forEach(each => (each.inode = '1'));
    }),
    turns: {'IDN-10': 'it is another, or gone'},
  },
  {
    name: "the Pod's cgroup is gone",
    in: restart,
    edit: afterwards(({cgroups}) => cgroups.splice(0)),
    turns: {'IDN-10': 'it is another, or gone'},
  },
  {
    name: 'the sandbox is another',
    in: restart,
    edit: afterwards(({sandboxes}) => sandboxes.splice(0, 1, 'another')),
    turns: {'IDN-15': 'it is another, or gone'},
  },
  {
    name: 'a second sandbox is made',
    in: restart,
    edit: afterwards(({sandboxes}) => sandboxes.push('another')),
    turns: {'IDN-15': 'there is more than one'},
  },
  ...(['host', 'claim'] as const).map((name): Fault => ({
    name: `volume ${name} is wiped`,
    in: restart,
    edit: e =>
      e.restarts('source', start => (start.volumes[name] = {mount: start.volumes[name]?.mount ?? '', origin: 'new'})),
    turns: {[name === 'host' ? 'VOL-7' : 'VOL-8']: `the content of volume ${name} changed (source)`},
  })),
  {
    name: 'an old container is left in the runtime',
    in: restart,
    edit: e => {
      const [first] = e.recording.observations.flatMap(o =>
        o.kind === 'node' && o.action === 'read runtime' ? [runtimeSchema.parse(JSON.parse(o.text))] : [],
      );
      const old = first?.containers.find(({name}) => name === 'worker');
      if (old !== undefined) afterwards(({containers}) => containers.push(old))(e);
    },
    turns: {'CTR-11': 'still there: worker'},
  },
  {
    name: 'the log files of the runs before are removed',
    in: restart,
    edit: afterwards(reading => {
      reading.logs = reading.logs.filter(file => !file.endsWith('/0.log'));
    }),
    turns: {'CTR-19': 'gone: prepare/0.log, source/0.log, worker/0.log'},
  },
  {
    name: 'the runs after the restart write into the old log files',
    in: restart,
    edit: afterwards(reading => {
      reading.logs = reading.logs.filter(file => file.endsWith('/0.log'));
    }),
    turns: {'CTR-19': 'no file of the new run: prepare, source, worker'},
  },
  {
    name: 'a Pod fails whose image is gone',
    in: 'image-is-gone',
    edit: e => e.lastPods(1, pod => (pod.status.phase = 'Failed')),
    turns: {'INI-5': 'phase became Failed'},
  },
  {
    name: 'a container whose image is gone waits for no reason that says so',
    in: 'image-is-gone',
    edit: e => e.lastPods(1, pod => (status(pod, 'worker').state = {waiting: {reason: 'ContainerCreating'}})),
    turns: {'INI-5': 'it waited for another reason'},
  },
];
