import {condition, runsUnder, spares, status} from '../edit.ts';
import type {Fault} from './fault.ts';

const sidecar = 'sidecar-exits';
const init = 'init-container-exits';
const regular = 'regular-container-exits';
const otherwise = 'sidecar-exits-otherwise';
const type = 'AllContainersRestarting';

const early = 'sidecar-exits-early';
const rules = 'several-rules';
const policies = 'pod-policy-always';
const probe = 'probe-fails';

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
      'CTR-4': `${container} was counted, and not started again`,
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
    name: 'an unlisted code starts another container again, which is not counted',
    in: otherwise,
    edit: e => e.lastPods(2, pod => (status(pod, 'trainer').containerID = 'containerd://another')),
    turns: {'TRG-5': 'trainer was started again, and not counted'},
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
  {
    name: 'the init container in front of the source starts after it',
    in: init,
    edit: e => e.restarts('prepare', start => (start.began = e.uptime('loader', 'start') + 1)),
    turns: {'TRG-14': 'loader started before prepare'},
  },
  {
    name: 'a code that NotIn does not list spares a container',
    in: 'not-in',
    edit: spares('worker', 'second'),
    turns: {'TRG-4': 'not started again: worker', 'TRG-13': 'worker was counted, and not started again'},
  },
  {
    name: 'the code that NotIn lists counts another container',
    in: 'not-in',
    edit: e => {
      e.step('the code that is left out');
      e.pods(e.last, e.last, pod => (status(pod, 'worker').restartCount += 1));
    },
    turns: {'TRG-4': 'restartCount of worker moved'},
  },
  {
    name: 'the fifth trigger counts a container twice',
    in: 'not-in',
    edit: e => {
      e.step('fifth');
      e.pods(e.last, e.last, pod => (status(pod, 'source').restartCount += 1));
    },
    turns: {'TRG-13': 'restartCount of source went up by more than 1'},
  },
  {
    name: 'NotIn without values spares a container',
    in: 'not-in',
    edit: spares('source', 'third'),
    turns: {'TRG-13': 'source was counted, and not started again', 'TRG-17': 'not started again: source'},
  },
  {
    name: 'the end of a container by the restart triggers another one',
    in: 'not-in',
    edit: e => {
      e.pods(e.last, e.last, pod => (status(pod, 'worker').restartCount += 1));
    },
    turns: {
      'TRG-13': 'restartCount of worker went up by more than 1',
      'TRG-18': 'restartCount of worker went up by more than 1',
    },
  },
  {
    name: 'a Restart rule that comes second wins',
    in: rules,
    edit: spares('worker'),
    turns: {'TRG-6': 'not started again: worker'},
  },
  {
    name: 'a RestartAllContainers rule that comes second wins',
    in: rules,
    edit: e => {
      e.step('Restart comes first');
      e.pods(e.last, e.last, pod => (condition(pod, type).status = 'True'));
    },
    turns: {
      'TRG-6': 'AllContainersRestarting became True',
      'TRG-22': 'AllContainersRestarting became True',
    },
  },
  {
    name: 'code 0 spares a container though it is listed',
    in: rules,
    edit: spares('worker', 'zero is listed'),
    turns: {'TRG-7': 'not started again: worker'},
  },
  {
    name: 'a container that had been restarted alone spares another',
    in: rules,
    edit: spares('worker', 'it had been restarted alone'),
    turns: {'TRG-11': 'not started again: worker'},
  },
  {
    name: 'In without values matches',
    in: rules,
    edit: e => {
      e.step('no rule fits');
      e.pods(e.last, e.last, pod => (status(pod, 'source').containerID = 'containerd://another'));
    },
    turns: {'TRG-5': 'source was started again', 'TRG-17': 'source was started again'},
  },
  {
    name: 'two sources at a time cause a loop',
    in: early,
    edit: e => {
      e.step('two at a time');
      e.pods(e.last, e.last, pod => (status(pod, 'helper').restartCount += 2));
    },
    turns: {'TRG-8': 'restartCount of helper went up by more than 2'},
  },
  {
    name: 'a container is spared in a Pod with Always',
    in: policies,
    edit: spares('plain', 'its policy is Never'),
    turns: {'TRG-9': 'not started again: plain', 'TRG-10': 'plain was counted, and not started again'},
  },
  {
    name: 'a source with OnFailure counts a container twice',
    in: policies,
    edit: e => {
      e.step('its policy is OnFailure');
      e.pods(e.last, e.last, pod => (status(pod, 'plain').restartCount += 1));
    },
    turns: {'TRG-10': 'restartCount of plain went up by more than 1'},
  },
  {
    name: 'a container with Never is started again in a Pod with Always',
    in: policies,
    edit: e => {
      e.step('what is not');
      const {containerID: old} = status(e.timeline.before.pod, 'never');
      e.pods(e.last, Infinity, pod => {
        const now = status(pod, 'never');
        if (now.containerID === old) now.containerID = 'containerd://another';
      });
    },
    turns: {'TRG-23': 'never was started again'},
  },
  {
    name: 'a container without a policy takes another with it',
    in: policies,
    edit: e => {
      e.step('what is started again');
      e.pods(e.last, e.last, pod => (status(pod, 'never').restartCount += 1));
    },
    turns: {'TRG-23': 'restartCount of never moved', 'TRG-24': 'restartCount of never moved'},
  },
  {
    name: 'a code of 128 and a signal spares a container',
    in: 'signals',
    edit: spares('worker'),
    turns: {'TRG-12': 'not started again: worker'},
  },
  {
    name: 'a container that is ended for its memory spares another',
    in: 'signals',
    edit: spares('worker', 'for its memory'),
    turns: {'TRG-25': 'not started again: worker'},
  },
  {
    name: 'a sidecar that exits early starts before the one in front of it',
    in: early,
    edit: e => e.restarts('helper', start => (start.began = e.uptime('agent', 'start') + 1)),
    turns: {'TRG-15': 'agent started before helper'},
  },
  {
    name: 'a sidecar that has not started counts a container twice',
    in: early,
    edit: e => e.pods(e.last, e.last, pod => (status(pod, 'helper').restartCount += 1)),
    turns: {
      'TRG-8': 'helper was not started again',
      'TRG-19': 'restartCount of helper went up by more than 1',
    },
  },
  {
    name: 'a restart begins when the Pod has done its work',
    in: early,
    edit: e => {
      e.step('the last regular container ends');
      e.pods(e.last, e.last, pod => (condition(pod, type).status = 'True'));
    },
    turns: {'TRG-21': 'AllContainersRestarting became True'},
  },
  {
    name: 'a sidecar is started again when the Pod has done its work',
    in: early,
    edit: e => {
      e.step('the last regular container ends');
      e.pods(e.last, e.last, pod => (status(pod, 'agent').containerID = 'containerd://another'));
    },
    turns: {'TRG-21': 'agent was started again'},
  },
  {
    name: 'a probe that fails during the restart causes another',
    in: probe,
    edit: e => e.pods(e.last, e.last, pod => (status(pod, 'worker').restartCount += 1)),
    turns: {'TRG-16': 'restartCount of worker went up by more than 1'},
  },
  {
    name: 'a probe that fails raises the condition',
    in: probe,
    edit: e => {
      e.step('the probe fails');
      e.pods(e.last, e.last, pod => (condition(pod, type).status = 'True'));
    },
    turns: {'TRG-20': 'AllContainersRestarting became True'},
  },
  {
    name: 'a Restart rule starts another container again',
    in: rules,
    edit: e => {
      e.step('Restart comes first');
      e.pods(e.last, e.last, pod => (status(pod, 'worker').restartCount += 1));
    },
    turns: {'TRG-6': 'restartCount of worker moved', 'TRG-22': 'restartCount of worker moved'},
  },
  {
    name: 'a Restart rule starts another container again, which is not counted',
    in: rules,
    edit: e => {
      e.step('Restart comes first');
      e.pods(e.last, e.last, pod => (status(pod, 'worker').containerID = 'containerd://another'));
    },
    turns: {
      'TRG-6': 'worker was started again, and not counted',
      'TRG-22': 'worker was started again, and not counted',
    },
  },
  {
    name: 'the runtime loses the code of a container that exits at once',
    in: 'quick-exits',
    edit: e => e.pods(e.last, e.last, pod => (status(pod, 'quick-3').state = {terminated: {exitCode: 255}})),
    turns: {'TRG-26': 'quick-3 exited with 255'},
  },
];
