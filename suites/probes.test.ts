import {expect, exits, requirement, scenario, type Scenario} from '../harness/index.ts';
import {behindService} from './scenarios.ts';

const probesStartOver: Scenario = {
  id: 'probes-start-over',
  title: 'a Pod with every kind of probe restarts, and its containers end well afterwards',
  manifest: 'probes.yaml',
  steps: [
    exits('source', 88),
    {
      do: 'exit',
      name: 'everything ends',
      tells: [
        {container: 'source', code: 0},
        {container: 'trainer', code: 0},
      ],
      until: 'ended',
    },
  ],
};

/** Every policy is Never; the startup probe passes in the first run alone. */
const startupProbeFails: Scenario = {
  id: 'startup-probe-fails-after-restart',
  title: 'a startup probe fails after the restart',
  manifest: 'probes.yaml',
  overlay: {
    containers: {
      trainer: {
        restartPolicy: 'Never',
        startupProbe: {
          exec: {command: ['sh', '-c', '[ "$(grep -c . /journal/trainer.runs)" = 1 ]']},
          periodSeconds: 1,
          failureThreshold: 3,
        },
        livenessProbe: {exec: {command: ['true']}, periodSeconds: 10},
        readinessProbe: {exec: {command: ['test', '-e', '/tmp/ready']}, periodSeconds: 1},
      },
    },
  },
  steps: [
    {...exits('source', 88), until: 'starting'},
    {do: 'exit', name: 'the source ends', tells: [{container: 'source', code: 0}], until: 'ended'},
  ],
};

scenario([probesStartOver], restart => {
  requirement('PRB-1', () => expect(restart).toStartOverStartupProbe());
  requirement('PRB-2', () => expect(restart).toStartOverReadinessProbe());
  requirement('PRB-3', () => expect(restart).toStartOverLivenessProbe());
  requirement('PRB-4', () => expect(restart).toDelayProbesAnew());
  requirement('PRB-7', () => expect(restart).toProbeNewContainers());
  requirement('PRB-8', () => expect(restart).toForgetLivenessFailures());
  requirement('CND-12', () => expect(restart.after('everything ends')).toEndLowered());
});

scenario([startupProbeFails], restart => {
  requirement('PRB-6', () => expect(restart.after('the source ends')).toFailPodByStartupProbe('trainer'));
  requirement('CND-12', () => expect(restart.after('the source ends')).toEndLowered());
});

scenario([behindService], restart => {
  requirement('PRB-5', () => expect(restart).toHaveNoReadyEndpoint());
});
