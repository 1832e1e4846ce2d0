import {condition, runsUnder, status} from '../edit.ts';
import type {Fault} from './fault.ts';

const sidecar = 'sidecar-exits';
const init = 'init-container-exits';
const regular = 'regular-container-exits';
const otherwise = 'sidecar-exits-otherwise';
const type = 'AllContainersRestarting';

/** Faults in what triggers a restart. */
export const triggerFaults: readonly Fault[] = [
  ...[
    {id: 'TRG-1', scenario: regular, container: 'reporter'},
    {id: 'TRG-2', scenario: init, container: 'watcher'},
    {id: 'TRG-3', scenario: sidecar, container: 'reporter'},
  ].map(({id, scenario, container}): Fault => ({
    name: `a running container is spared by the restart that ${id} is about`,
    in: scenario,
    edit: e => {
      const old = status(e.timeline.before.pod, container).containerID;
      e.pods(e.lowered + 1, Infinity, runsUnder(container, old));
    },
    turns: {
      [id]: `not started again: ${container}`,
      'CTR-5': `${container} kept its container id`,
      'CND-13': `${container} was shown running under its old id`,
      'CTR-12': 'no restart of all containers was seen',
      'CTR-15': `${container} was not seen to start again`,
      'CND-15': 'no restart of all containers was seen',
      'EPH-1': 'no restart of all containers was seen',
    },
  })),
  {
    name: 'an unlisted code moves the count of another container',
    in: otherwise,
    edit: e => e.lastPods(2, pod => (status(pod, 'trainer').restartCount = 1)),
    turns: {'TRG-5': 'restartCount of trainer moved'},
  },
  {
    name: 'an unlisted code raises the condition',
    in: otherwise,
    edit: e => e.pods(e.last, e.last, pod => (condition(pod, type).status = 'True')),
    turns: {'TRG-5': 'AllContainersRestarting became True'},
  },
  {
    name: 'after an unlisted code the source stays down',
    in: otherwise,
    edit: e => e.stopAfter(e.timeline.after[0]?.index ?? 0),
    turns: {'TRG-5': 'watcher was not started again'},
  },
];
