import {exits, expect, requirement, scenario, type Scenario} from '../harness/index.ts';

const injectedSidecar: Scenario = {
  id: 'injected-sidecar',
  title: 'a Pod restarts to which a mutating webhook added a sidecar',
  manifest: 'two-containers.yaml',
  needs: ['webhook'],
  injects: 'injected',
  steps: [exits('source', 88)],
};

scenario([injectedSidecar], restart => {
  requirement('INI-6', () => {
    expect(restart).toRestartInjected('injected');
    expect(restart).toRestartEachOnce();
    expect(restart).toStartInTurn('regular');
  });
});
