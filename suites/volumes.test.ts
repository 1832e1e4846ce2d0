import {expect, requirement, scenario} from '../harness/index.ts';
import {everySource, sidecarExitsEarly} from './scenarios.ts';

scenario(everySource, restart => {
  requirement('VOL-1', () => expect(restart).toPreserveVolume('disk'));
  requirement('VOL-2', () => expect(restart).toPreserveVolume('memory'));
  requirement('VOL-3', () => expect(restart).toPreserveVolume('config'));
  requirement('VOL-4', () => expect(restart).toPreserveVolume('secret'));
  requirement('VOL-5', () => expect(restart).toPreserveVolume('downward'));
  requirement('VOL-6', () => expect(restart).toPreserveVolume('projected'));
  requirement('VOL-9', () => expect(restart).toPreserveVolume('sub'));
  requirement('VOL-10', () => expect(restart).toRenewWritableLayers());
  requirement('VOL-11', () => expect(restart).toFindWhatEarlierRunsLeft());
});

scenario([sidecarExitsEarly], restart => {
  requirement('VOL-12', () => expect(restart.after('once everything runs')).toFindMended('disk', 'spoilt', 'worker'));
});
