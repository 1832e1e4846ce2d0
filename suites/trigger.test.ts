import {exits, exitsAlone, expect, requirement, scenario, type Scenario} from '../harness/index.ts';
import {
  everyPodPolicy,
  everySourceOtherwise,
  initContainerExits,
  probeFails,
  regularContainerExits,
  sidecarExits,
  sidecarExitsEarly,
} from './scenarios.ts';

const rule = (action: 'Restart' | 'RestartAllContainers', operator: 'In' | 'NotIn', ...values: readonly number[]) => ({
  action,
  exitCodes: {operator, ...(values.length === 0 ? {} : {values})},
});

/** The source has six rules, two for each of two codes. */
const severalRules: Scenario = {
  id: 'several-rules',
  title: 'a container with several rules exits with one code after the other',
  manifest: 'two-containers.yaml',
  overlay: {
    containers: {
      source: {
        restartPolicy: 'Never',
        restartPolicyRules: [
          rule('Restart', 'In', 81),
          rule('RestartAllContainers', 'In', 81),
          rule('RestartAllContainers', 'In', 82),
          rule('Restart', 'In', 82),
          rule('RestartAllContainers', 'In', 0),
          rule('RestartAllContainers', 'In'),
        ],
      },
    },
  },
  steps: [
    exits('source', 82, 'RestartAllContainers comes first'),
    exits('source', 0, 'zero is listed'),
    exitsAlone('source', 81, 'Restart comes first'),
    exits('source', 82, 'it had been restarted alone'),
    {do: 'exit', name: 'no rule fits', tells: [{container: 'source', code: 88}], until: 'exited'},
  ],
};

/** Both containers restart all for nearly every code, the one with which the restart ends them included. */
const notIn: Scenario = {
  id: 'not-in',
  title: 'containers whose rules leave out a code exit with one code after the other',
  manifest: 'two-containers.yaml',
  overlay: {
    containers: {
      source: {restartPolicyRules: [rule('RestartAllContainers', 'NotIn', 77)]},
      worker: {restartPolicy: 'Never', restartPolicyRules: [rule('RestartAllContainers', 'NotIn')]},
    },
  },
  steps: [
    exits('source', 88, 'first'),
    exits('source', 1, 'second'),
    exits('worker', 0, 'third'),
    exits('source', 255, 'fourth'),
    exits('worker', 9, 'fifth'),
    exitsAlone('source', 77, 'the code that is left out'),
  ],
};

const signals: Scenario = {
  id: 'signals',
  title: 'a container is ended by a signal, and for its memory',
  manifest: 'stubborn-worker.yaml', // from 1.36 on a kubelet that has nothing to wait for may not tell how the source ended
  overlay: {
    spec: {shareProcessNamespace: true},
    containers: {source: {restartPolicyRules: [rule('RestartAllContainers', 'In', 137)]}},
  },
  steps: [
    {do: 'exit', name: 'by SIGKILL', tells: [{container: 'source', code: 'KILL'}], until: 'restarted'},
    {do: 'exit', name: 'for its memory', tells: [{container: 'source', code: 'OOM'}], until: 'restarted'},
  ],
};

/** Three runs of eight containers, which end before the runtime may have noticed that they began. */
const quickExits: Scenario = {
  id: 'quick-exits',
  title: 'containers exit with 0 within milliseconds',
  manifest: 'quick-exits.yaml',
  ready: {source: 'running', worker: 'running', 'quick-8': 'done'},
  steps: [
    {...exits('source', 88, 'first'), until: 'started again'},
    {...exits('source', 88, 'second'), until: 'started again'},
  ],
};

scenario([regularContainerExits], restart => {
  requirement('TRG-1', () => expect(restart).toRestartAllContainers());
});

scenario([initContainerExits], restart => {
  requirement('TRG-2', () => expect(restart).toRestartAllContainers());
  requirement('TRG-14', () => expect(restart).toStartFromTheFirst());
});

scenario([sidecarExits], restart => {
  requirement('TRG-3', () => expect(restart).toRestartAllContainers());
});

scenario(everySourceOtherwise, restart => {
  requirement('TRG-5', () => expect(restart).toRestartAlone());
});

scenario([severalRules], restart => {
  requirement('TRG-5', () => expect(restart.after('no rule fits')).toStayEnded());
  requirement('TRG-6', () => {
    expect(restart).toRestartAllContainers();
    expect(restart.after('Restart comes first')).toRestartAlone();
  });
  requirement('TRG-7', () => expect(restart.after('zero is listed')).toRestartAllContainers());
  requirement('TRG-11', () => expect(restart.after('it had been restarted alone')).toRestartAllContainers());
  requirement('TRG-17', () => expect(restart.after('no rule fits')).toStayEnded());
  requirement('TRG-22', () => expect(restart.after('Restart comes first')).toRestartAlone());
});

scenario([notIn], restart => {
  requirement('TRG-4', () => {
    expect(restart).toRestartAllContainers();
    expect(restart.after('second')).toRestartAllContainers();
    expect(restart.after('fourth')).toRestartAllContainers();
    expect(restart.after('the code that is left out')).toRestartAlone();
  });
  requirement('TRG-13', () => {
    expect(restart).toRestartEachOnce();
    expect(restart.after('second')).toRestartEachOnce();
    expect(restart.after('third')).toRestartEachOnce();
    expect(restart.after('fourth')).toRestartEachOnce();
    expect(restart.after('fifth')).toRestartEachOnce();
  });
  requirement('TRG-17', () => {
    expect(restart.after('third')).toRestartAllContainers();
    expect(restart.after('fifth')).toRestartAllContainers();
  });
  requirement('TRG-18', () => {
    expect(restart).toEndBySignal('worker');
    expect(restart).toRestartEachOnce();
    expect(restart.after('fourth')).toEndBySignal('worker');
    expect(restart.after('fourth')).toRestartEachOnce();
  });
});

scenario(everyPodPolicy, restart => {
  requirement('TRG-9', () => {
    expect(restart).toRestartAllContainers();
    expect(restart.after('its policy is OnFailure')).toRestartAllContainers();
    expect(restart.after('its policy is Never')).toRestartAllContainers();
  });
  requirement('TRG-10', () => {
    expect(restart).toRestartEachOnce();
    expect(restart.after('its policy is OnFailure')).toRestartEachOnce();
    expect(restart.after('its policy is Never')).toRestartEachOnce();
  });
  requirement('TRG-23', () => {
    expect(restart.after('what is started again')).toRestartAlone();
    expect(restart.after('what is not')).toStayEnded();
  });
});

scenario([everyPodPolicy[0], everyPodPolicy[1]], restart => {
  requirement('TRG-24', () => expect(restart.after('what is started again')).toRestartAlone());
});

scenario([everyPodPolicy[2]], restart => {
  requirement('TRG-24', () => expect(restart.after('what is not')).toStayEnded());
});

scenario([signals], restart => {
  requirement('TRG-12', () => expect(restart).toRestartAllContainers());
  requirement('TRG-25', () => {
    expect(restart.after('for its memory')).toEndForItsMemory();
    expect(restart.after('for its memory')).toRestartAllContainers();
  });
});

scenario([sidecarExitsEarly], restart => {
  requirement('TRG-8', () => expect(restart.after('two at a time')).toRestartOnceOrTwice());
  requirement('TRG-15', () => expect(restart).toStartFromTheFirst());
  requirement('TRG-19', () => {
    expect(restart).toTriggerBeforeStarted();
    expect(restart).toRestartEachOnce();
  });
  requirement('TRG-21', () => expect(restart.after('the last regular container ends')).toStartNothing('agent', 143));
});

scenario([probeFails], restart => {
  requirement('TRG-16', () => {
    expect(restart).toFailProbe('worker');
    expect(restart).toRestartEachOnce();
  });
  requirement('TRG-20', () => {
    expect(restart.after('the probe fails')).toEndWith('worker', 137);
    expect(restart.after('the probe fails')).toRestartAlone('source', 'worker');
  });
});

scenario([quickExits], restart => {
  requirement('TRG-26', () => {
    expect(restart).toExitOnlyWith(0, 8);
    expect(restart).toRestartEachOnce();
    expect(restart.after('second')).toRestartEachOnce();
  });
});
