import {expect, requirement, scenario} from '../harness/index.ts';
import {everySourceOtherwise, initContainerExits, regularContainerExits, sidecarExits} from './scenarios.ts';

scenario([regularContainerExits], restart => {
  requirement('TRG-1', () => expect(restart).toRestartAllContainers());
});

scenario([initContainerExits], restart => {
  requirement('TRG-2', () => expect(restart).toRestartAllContainers());
});

scenario([sidecarExits], restart => {
  requirement('TRG-3', () => expect(restart).toRestartAllContainers());
});

scenario(everySourceOtherwise, restart => {
  requirement('TRG-5', () => expect(restart).toRestartSourceAlone());
});
