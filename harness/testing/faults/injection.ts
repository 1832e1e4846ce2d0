import {status} from '../edit.ts';
import type {Fault} from './fault.ts';

const scenario = 'injected-sidecar';

/** Faults in what becomes of a container that admission added. */
export const injectionFaults: readonly Fault[] = [
  {
    name: 'the injected sidecar is spared',
    in: scenario,
    edit: e => {
      const id = status(e.timeline.before.pod, 'injected').containerID ?? '';
      e.pods(e.timeline.stimulusIndex, Infinity, pod => (status(pod, 'injected').containerID = id));
    },
    turns: {'INI-6': 'injected was not started again'},
  },
  {
    name: 'the injected sidecar is restarted twice',
    in: scenario,
    edit: e => e.lastPods(1, pod => (status(pod, 'injected').restartCount += 1)),
    turns: {'INI-6': 'restartCount of injected went up by more than 1'},
  },
  {
    name: 'the others do not wait for the injected sidecar',
    in: scenario,
    edit: e => e.restarts('source', start => (start.began = e.uptime('injected', 'start'))),
    turns: {'INI-6': 'source started before injected was ready'},
  },
];
