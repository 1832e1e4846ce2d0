import {expect, requirement, scenario, type Scenario, type Step} from '../harness/index.ts';

/** What disturbs the node, which no other scenario may share meanwhile. */
const alone: Pick<Scenario, 'needs' | 'alone'> = {needs: ['node access'], alone: 'on its node'};

type Action = Extract<Step, {do: 'node'}>['action'];
type Until = Extract<Step, {do: 'exit'}>['until'];

const act = (action: Action): Extract<Step, {do: 'node'}> => ({do: 'node', name: action, action});
const untilRestarted = (name: string): Step => ({do: 'wait', name, until: 'restarted'});
const untilRestartedOrEnded = (name: string, seconds?: number): Step => ({
  do: 'wait',
  name,
  until: 'restarted or ended',
  seconds,
});

/** The source of manifests/disturbed.yaml told to exit, and what comes before the next step. */
const exit = (name: string, until?: Until): Step => ({
  do: 'exit',
  name,
  tells: [{container: 'source', code: 88}],
  until,
});

const ending = 'the end of the containers';
const starting = 'their start';

/** The source is told beforehand: while the API server is away, nobody can be told anything. */
const exitWhileAway: Step = {
  do: 'exit',
  name: 'exit, soon',
  tells: [{container: 'source', code: 88, afterSeconds: 3}],
};

const node: Scenario = {
  id: 'node-is-restarted',
  title: 'the node is restarted while the containers end, and while they start',
  manifest: 'node-restarts.yaml',
  overlay: {containers: {prepare: {env: [{name: 'PAUSE', value: '5'}]}}}, // so that it runs when the node goes down
  ...alone,
  steps: [
    exit('exit, then the node is restarted', 'raised'),
    act('restart node'),
    untilRestartedOrEnded('after a restart while the containers end', 110),
    exit('exit, then the node is restarted in the start', 'starting'),
    act('restart node'),
    untilRestartedOrEnded('after a restart while the containers start'),
  ],
};

scenario([node], restart => {
  requirement('DIS-6', () => expect(restart).toComeThrough({action: 'restart node', during: ending}, 'once or more'));
  requirement('DIS-15', () =>
    expect(restart.after('exit, then the node is restarted in the start')).toComeThrough(
      {action: 'restart node', during: starting},
      'once or more',
    ),
  );
  requirement('DIS-18', () => expect(restart).toRunInitContainersAgain('two-init-containers'));
});

const stopped: Scenario = {
  id: 'kubelet-is-stopped',
  title: 'the source exits while the kubelet is stopped for a minute',
  manifest: 'disturbed.yaml',
  ...alone,
  steps: [
    exitWhileAway,
    act('stop kubelet'),
    {do: 'wait', name: 'the kubelet is away', until: 'time is over', seconds: 60},
    act('start kubelet'),
    untilRestarted('after the kubelet is back'),
  ],
};

scenario([stopped], restart => {
  requirement('DIS-7', () => expect(restart).toRestartOnceKubeletIsBack());
});

const kubelet: Scenario = {
  id: 'kubelet-is-restarted',
  title: 'the kubelet is restarted and killed at each boundary of a restart',
  manifest: 'disturbed.yaml',
  ...alone,
  steps: [
    exit('exit, then the kubelet is restarted', 'raised'),
    act('restart kubelet'),
    untilRestarted('after a restart while the containers end'),
    exit('exit, undisturbed', 'restarted'),
    exit('exit, then the kubelet is killed', 'raised'),
    act('kill kubelet'),
    untilRestarted('after a kill while the containers end'),
    exit('exit, then the kubelet is killed in the start', 'starting'),
    act('kill kubelet'),
    untilRestarted('after a kill while the containers start'),
  ],
};

scenario([kubelet], restart => {
  requirement('DIS-1', () => expect(restart).toComeThrough({action: 'restart kubelet', during: ending}, 'once'));
  requirement('DIS-14', () => expect(restart.after('exit, undisturbed')).toRestartAllContainers());
  requirement('DIS-3', () =>
    expect(restart.after('exit, then the kubelet is killed')).toComeThrough(
      {action: 'kill kubelet', during: ending},
      'once',
    ),
  );
  requirement('DIS-11', () =>
    expect(restart.after('exit, then the kubelet is killed in the start')).toComeThrough(
      {action: 'kill kubelet', during: starting},
      'once',
    ),
  );
});

const rounds = ['first', 'second'];

/** Ten Pods, each of them twice in the phase in which an init container runs again. */
const kubeletInStart: Scenario = {
  id: 'kubelet-is-restarted-in-the-start',
  title: 'the kubelet is restarted twice while ten Pods start again',
  manifest: 'disturbed-job.yaml',
  overlay: {containers: {prepare: {env: [{name: 'PAUSE', value: '5'}]}}},
  ...alone,
  steps: rounds.flatMap((round): Step[] => [
    {
      do: 'exit',
      name: `${round} exit`,
      tells: [{container: 'source', code: 88, everyPod: true}],
      until: 'starting',
    },
    act('restart kubelet'),
    untilRestartedOrEnded(`after the ${round} restart of the kubelet`),
  ]),
};

scenario([kubeletInStart], restart => {
  requirement('DIS-2', () => expect(restart).toComeThroughEveryTime());
});

const unreported: Scenario = {
  id: 'end-of-restart-is-unreported',
  title: 'the kubelet is restarted before it could report the end of a restart',
  manifest: 'disturbed.yaml',
  ...alone,
  steps: [
    exit('exit', 'raised'),
    act('block API server'),
    act('await restart'),
    act('restart kubelet'),
    act('unblock API server'),
    untilRestarted('after the restart of the kubelet'),
  ],
};

scenario([unreported], restart => {
  requirement('DIS-17', () => expect(restart).toComeThrough({action: 'restart kubelet'}, 'once'));
});

const away: readonly Step[] = [
  exitWhileAway,
  act('block API server'),
  act('await restart'),
  act('unblock API server'),
  untilRestarted('after the API server is back'),
];

const apiServerAway: Scenario = {
  id: 'api-server-is-away',
  title: 'the API server is away from before the exit until after the restart',
  manifest: 'disturbed.yaml',
  ...alone,
  steps: [...away],
};

scenario([apiServerAway], restart => {
  requirement('DIS-4', () => expect(restart).toRestartWithoutApiServer());
});

const staticPod: Scenario = {
  ...apiServerAway,
  id: 'static-pod-without-api-server',
  title: 'the source of a static Pod exits while the API server is away',
  placed: 'static',
};

scenario([staticPod], restart => {
  requirement('DIS-8', () => expect(restart).toRestartWithoutApiServer());
});

const editedStaticPod: Scenario = {
  id: 'static-pod-is-edited',
  title: 'the manifest of a static Pod that uses the action is edited',
  manifest: 'two-containers.yaml',
  placed: 'static',
  ...alone,
  steps: [act('read kubelet'), {...act('edit static Pod'), until: 'replaced'}, act('read kubelet')],
};

scenario([editedStaticPod], restart => {
  requirement('DIS-16', () => expect(restart).toSpareKubelet());
});

const runtime: Scenario = {
  id: 'runtime-is-restarted',
  title: 'the container runtime is restarted while the containers end',
  manifest: 'disturbed.yaml',
  ...alone,
  steps: [exit('exit', 'raised'), act('restart runtime'), untilRestarted('after the restart of the runtime')],
};

scenario([runtime], restart => {
  requirement('DIS-5', () => expect(restart).toComeThrough({action: 'restart runtime', during: ending}, 'once'));
});

const sandbox: Scenario = {
  id: 'sandbox-is-lost',
  title: 'the sandbox is lost while the containers end',
  manifest: 'disturbed.yaml',
  ...alone,
  steps: [exit('exit', 'raised'), act('end sandbox'), untilRestartedOrEnded('after the loss of the sandbox')],
};

scenario([sandbox], restart => {
  requirement('DIS-13', () => expect(restart).toRestartOrEnd());
});
