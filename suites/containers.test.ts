import {expect, requirement, scenario} from '../harness/index.ts';
import {everySource} from './scenarios.ts';

scenario(everySource, restart => {
  requirement('CTR-1', () => expect(restart).toStartInTurn('init'));
  requirement('CTR-2', () => expect(restart).toStartInTurn('sidecar'));
  requirement('CTR-3', () => expect(restart).toStartInTurn('regular'));
  requirement('CTR-4', () => expect(restart).toRestartEachOnce());
  requirement('CTR-5', () => expect(restart).toRenewContainerIds());
  requirement('CTR-8', () => expect(restart).toRepeatPostStart());
  requirement('CTR-9', () => expect(restart).toSkipPreStop());
  requirement('CTR-10', () => expect(restart).toEndContainersWithin(2_000));
  requirement('CTR-12', () => expect(restart).toTellLastState());
  requirement('CTR-13', () => expect(restart).toShowExitCode());
  requirement('CTR-15', () => {
    expect(restart).toPreserveEnvironment();
    expect(restart).toPreserveImages();
  });
});
