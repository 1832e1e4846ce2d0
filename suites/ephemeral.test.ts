import {exits, expect, requirement, scenario, type Scenario} from '../harness/index.ts';
import {everySource, sidecarExitsEarly} from './scenarios.ts';

const ended: Scenario = {
  id: 'ephemeral-container-has-ended',
  title: 'a Pod restarts whose ephemeral container has ended',
  manifest: 'two-containers.yaml',
  steps: [
    {do: 'debug', name: 'an ephemeral container is added, and ends', container: 'debugger', ends: true},
    exits('source', 88),
  ],
};

scenario(everySource, restart => {
  requirement('EPH-1', () => expect(restart).toTerminateEphemeral('debugger'));
  requirement('EPH-2', () => expect(restart).toNotStartEphemeral('debugger'));
  requirement('EPH-3', () => expect(restart).toKeepEphemeral('debugger'));
});

scenario([ended], restart => {
  requirement('EPH-2', () => expect(restart).toNotStartEphemeral('debugger'));
  requirement('EPH-3', () => expect(restart).toKeepEphemeral('debugger'));
});

scenario([sidecarExitsEarly], restart => {
  requirement('EPH-4', () => expect(restart.after('once everything runs')).toAddEphemeral('debugger'));
});
