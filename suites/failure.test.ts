import {expect, exits, requirement, scenario, type Scenario} from '../harness/index.ts';

const deleted = {do: 'delete', name: 'the Pod is deleted', until: 'gone', seconds: 30} as const;

const initFails: Scenario = {
  id: 'init-container-fails',
  title: 'an init container fails when it runs again, under Never',
  manifest: 'init-container-fails.yaml',
  steps: [{...exits('watcher', 88), until: 'ended'}],
};

const initFailsOnce: readonly Scenario[] = [
  {
    ...initFails,
    id: 'init-container-fails-once-on-failure',
    title: 'an init container fails when it runs again, under OnFailure',
    overlay: {spec: {restartPolicy: 'OnFailure'}},
    steps: [exits('watcher', 88), deleted],
  },
  {
    ...initFails,
    id: 'init-container-fails-once-always',
    title: 'an init container fails when it runs again, under Always',
    overlay: {spec: {restartPolicy: 'Always'}},
    steps: [exits('watcher', 88), deleted],
  },
];

const deletedMeanwhile: Scenario = {
  id: 'deleted-meanwhile',
  title: 'the Pod is deleted while its containers are being ended',
  manifest: 'init-container-lingers.yaml',
  steps: [
    {...exits('watcher', 88), until: 'raised'},
    {...deleted, atOnce: true},
  ],
};

const deadline: Scenario = {
  id: 'active-deadline',
  title: 'activeDeadlineSeconds pass after a restart',
  manifest: 'two-containers.yaml',
  overlay: {spec: {activeDeadlineSeconds: 36}}, // time enough for a busy node to start the Pod, and to restart it
  steps: [
    {do: 'wait', name: 'the Pod runs for a while', until: 'time is over', seconds: 5},
    {...exits('source', 88), until: 'starting', seconds: 30},
    {do: 'wait', name: 'the deadline passes', until: 'ended', seconds: 45},
  ],
};

scenario([initFails], restart => {
  requirement('INI-1', () => expect(restart).toFailPod('prepare'));
  requirement('INI-7', () => expect(restart).toStartNothingAfter('prepare'));
  requirement('CND-12', () => expect(restart).toEndLowered());
});

scenario(initFailsOnce, restart => {
  requirement('INI-2', () => expect(restart).toTryAgain('prepare'));
  requirement('INI-8', () => expect(restart).toEndInFinalPhase());
});

scenario([deletedMeanwhile], restart => {
  requirement('INI-3', () => expect(restart).toEndWhenDeleted());
  requirement('INI-8', () => expect(restart).toEndInFinalPhase());
});

scenario([deadline], restart => {
  requirement('INI-4', () => expect(restart).toKeepDeadline());
  requirement('CND-12', () => expect(restart).toEndLowered());
});
