import {expect, requirement, scenario} from '../harness/index.ts';
import {everySource, sidecarExitsEarly} from './scenarios.ts';

scenario(everySource, restart => {
  requirement('EPH-1', () => expect(restart).toTerminateEphemeral('debugger'));
  requirement('EPH-2', () => expect(restart).toNotStartEphemeral('debugger'));
  requirement('EPH-3', () => expect(restart).toKeepEphemeral('debugger'));
});

scenario([sidecarExitsEarly], restart => {
  requirement('EPH-4', () => expect(restart.after('once everything runs')).toAddEphemeral('debugger'));
});
