import {exits, exitsAlone, expect, requirement, scenario, type Scenario} from '../harness/index.ts';
import {
  behindService,
  everyPodPolicy,
  everySource,
  initContainerExits,
  probeFails,
  sidecarExitsEarly,
} from './scenarios.ts';

const crashLoop: Scenario = {
  id: 'crash-loop',
  title: 'a container exits with a listed code while another waits in CrashLoopBackOff',
  manifest: 'crash-loop.yaml',
  ready: {source: 'running', worker: 'running', crasher: 'crashed'},
  steps: [
    // Right after a crash the kubelet removes the run before it, and at release 1.35 a restart that meets this is given up (PRF-7).
    {do: 'wait', name: 'the crash is over', until: 'time is over', seconds: 3},
    {...exits('source', 88), until: 'started again'},
  ],
};

const restartedAloneLater: Scenario = {
  id: 'restarted-alone-later',
  title: 'a container exits twice with a code of its own policy, after a restart of all',
  manifest: 'two-containers.yaml',
  overlay: {containers: {worker: {restartPolicy: 'OnFailure'}}},
  steps: [exits('source', 88), exitsAlone('worker', 1, 'once'), exitsAlone('worker', 1, 'once more')],
};

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
  requirement('CTR-16', () => expect(restart).toRunNoneTwiceAtATime());
  requirement('CTR-17', () => expect(restart).toEndContainersSideBySide(2_000));
  requirement('CTR-25', () => expect(restart).toSignalFirst());
});

scenario(everyPodPolicy, restart => {
  requirement('CTR-6', () => {
    expect(restart.after('others have ended')).toRunAgain('terminated');
    expect(restart.after('others have ended')).toRestartEachOnce();
  });
});

scenario([crashLoop], restart => {
  requirement('CTR-7', () => expect(restart).toRunAgain('waiting'));
  requirement('CTR-22', () => expect(restart).toCountRestart('crasher'));
});

scenario([restartedAloneLater], restart => {
  requirement('CTR-24', () => {
    expect(restart.after('once')).toCountRestart('worker', 'own policy');
    expect(restart.after('once more')).toCountRestart('worker', 'own policy');
  });
});

scenario([initContainerExits, sidecarExitsEarly], restart => {
  requirement('CTR-23', () => expect(restart).toStartUncounted());
});

scenario([sidecarExitsEarly], restart => {
  requirement('CTR-14', () =>
    expect(restart.after('once everything runs')).toReadPreviousLog('the log of the run that was ended', 'at work'),
  );
});

scenario([probeFails], restart => {
  requirement('CTR-18', () => expect(restart).toDeleteGracefully('source', 42, 'worker'));
});

scenario([behindService], restart => {
  requirement('CTR-20', () => expect(restart).toPreserveResources());
  requirement('CTR-21', () => expect(restart.after('resized')).toPreserveResources('worker'));
});
