import {exits, expect, requirement, scenario, type Scenario} from '../harness/index.ts';

type Step = Scenario['steps'][number];

const deployment: Scenario = {
  id: 'deployment',
  title: 'the Pod of a Deployment restarts, under a PodDisruptionBudget',
  manifest: 'deployment.yaml',
  watches: ['deployments', 'replicasets', 'poddisruptionbudgets'],
  steps: [exits('source', 88), {do: 'wait', name: 'it is available again', until: 'available'}],
};

scenario([deployment], restart => {
  requirement('WRK-1', () => {
    expect(restart).toKeepOnlyPod();
    expect(restart).toKeepObjects('replicasets');
    expect(restart).toBeAvailableAgain('deployments');
  });
  requirement('WRK-7', () => expect(restart).toLeaveBudgetAlone());
});

const statefulSet: Scenario = {
  id: 'statefulset',
  title: 'the Pod of a StatefulSet restarts',
  manifest: 'statefulset.yaml',
  watches: ['statefulsets'],
  steps: [exits('source', 88)],
};

scenario([statefulSet], restart => {
  requirement('WRK-2', () => expect(restart).toKeepOnlyPod());
});

const daemonSet: Scenario = {
  id: 'daemonset',
  title: 'the Pod of a DaemonSet restarts',
  manifest: 'daemonset.yaml',
  watches: ['daemonsets'],
  steps: [exits('source', 88)],
};

scenario([daemonSet], restart => {
  requirement('WRK-3', () => expect(restart).toKeepOnlyPod());
});

const finish: Step = {
  do: 'exit',
  name: 'all finish',
  tells: [
    {container: 'source', code: 0},
    {container: 'worker', code: 0},
  ],
  until: 'job ended',
};

const job: Scenario = {
  id: 'job',
  title: 'the Pod of a Job restarts that one failed Pod would end',
  manifest: 'job.yaml',
  watches: ['jobs'],
  steps: [exits('source', 88), finish],
};

scenario([job], restart => {
  requirement('WRK-4', () => {
    expect(restart).toCountNoFailedPod();
    expect(restart).toKeepOnlyPod();
    expect(restart.after(finish.name)).toCompleteJob();
  });
  requirement('WRK-5', () => expect(restart).toLeaveFailurePolicyAlone());
});

const indexedJob: Scenario = {
  id: 'indexed-job',
  title: 'one of the Pods of an Indexed Job restarts',
  manifest: 'indexed-job.yaml',
  watches: ['jobs'],
  steps: [exits('source', 88)],
};

scenario([indexedJob], restart => {
  requirement('WRK-6', () => expect(restart).toRestartOneIndex());
});

const jobOnFailure: Scenario = {
  id: 'job-on-failure',
  title: 'the Pod of a Job with restart policy OnFailure restarts as often as its backoffLimit allows',
  manifest: 'job-on-failure.yaml',
  watches: ['jobs'],
  steps: [{do: 'exit', name: 'exit', tells: [{container: 'source', code: 88}], until: 'job failed'}],
};

scenario([jobOnFailure], restart => {
  requirement('WRK-9', () => expect(restart).toFailJobByRestarts());
});

const noRuleMatches: Scenario = {
  id: 'job-without-matching-rule',
  title: 'the Pod of a Job fails with a code that its podFailurePolicy lists, and no rule of the container',
  manifest: 'job.yaml',
  overlay: {
    containers: {
      source: {
        restartPolicy: 'Never',
        restartPolicyRules: [{action: 'RestartAllContainers', exitCodes: {operator: 'In', values: [99]}}],
      },
    },
  },
  watches: ['jobs'],
  steps: [
    {
      do: 'exit',
      name: 'exit',
      tells: [
        {container: 'source', code: 88},
        {container: 'worker', code: 0},
      ],
      until: 'job failed',
    },
  ],
};

scenario([noRuleMatches], restart => {
  requirement('WRK-14', () => expect(restart).toFailJobByPolicy());
});

const fails = (container: string, code: number, name: string): Step => ({
  do: 'exit',
  name,
  tells: [{container, code}],
  until: 'starting',
});

/** The stand-in for JobSet's agent lowers its barrier when it is told to, at each start anew. */
const lowersBarrier = (name: string, until: 'up' | 'restarted' | 'restarted alone'): Step => ({
  do: 'run',
  name,
  container: 'agent',
  command: ['touch', '/tmp/barrier-is-down'],
  until,
});

const agentAndWorker: Scenario = {
  id: 'agent-and-worker',
  title: "JobSet's Pod shape: a worker behind the barrier of an agent",
  manifest: 'agent-and-worker.yaml',
  ready: {agent: 'running', worker: 'waiting'},
  watches: ['jobs'],
  steps: [
    lowersBarrier('the barrier goes down', 'up'),
    fails('worker', 1, 'the worker fails'),
    {do: 'wait', name: 'the barrier holds', until: 'time is over', seconds: 1.5},
    lowersBarrier('it goes down after the end of the worker', 'restarted'),
    fails('agent', 1, 'the agent fails'),
    lowersBarrier('it goes down after the end of the agent', 'restarted'),
    fails('agent', 0, 'the agent ends well'),
    lowersBarrier('it goes down for the new agent', 'restarted alone'),
    {do: 'exit', name: 'the worker ends well', tells: [{container: 'worker', code: 0}], until: 'job ended'},
  ],
};

scenario([agentAndWorker], restart => {
  requirement('WRK-10', () => {
    expect(restart).toWaitForBarrier('agent', 'worker');
    expect(restart.after('the agent fails')).toWaitForBarrier('agent', 'worker');
  });
  requirement('WRK-11', () => {
    expect(restart).toRestartAllContainers();
    expect(restart).toRestartEachOnce();
    expect(restart.after('the agent fails')).toRestartAllContainers();
    expect(restart.after('the agent fails')).toRestartEachOnce();
  });
  requirement('WRK-12', () => expect(restart.after('the worker ends well')).toCompleteJob('agent'));
  requirement('WRK-13', () => expect(restart.after('the agent ends well')).toRestartAlone());
});

const jobSet: Scenario = {
  id: 'jobset',
  title: 'the Pods of a JobSet with in-place restart restart at once',
  manifest: 'jobset.yaml',
  watches: ['jobs', 'jobsets'],
  needs: ['JobSet'],
  steps: [
    {
      do: 'exit',
      name: 'the workers fail',
      tells: [{container: 'worker', code: 1, everyPod: true}],
      until: 'restarted',
    },
  ],
};

scenario([jobSet], restart => {
  requirement('WRK-8', () => {
    expect(restart).toRestartGroupOnce();
    expect(restart).toKeepGroup();
    expect(restart).toKeepObjects('jobs');
    expect(restart).toKeepJobSet();
  });
});
