import {expect, requirement, scenario, type Scenario} from '../harness/index.ts';

const loop: Scenario = {
  id: 'loop',
  title: 'a container restarts all at each start, until the Pod is deleted',
  manifest: 'loop.yaml',
  steps: [
    {do: 'exit', name: 'exit', tells: [{container: 'source', code: 88}], until: 'time is over', seconds: 27},
    // Where containers were added that take long to end or to start, fewer than five come in that time.
    {do: 'wait', name: 'five restarts', until: 'time is over', seconds: 33, restarts: 5},
    {do: 'delete', name: 'the Pod is deleted', until: 'gone', seconds: 20},
  ],
};

scenario([loop], restart => {
  requirement('LOP-1', () => expect(restart).toSlowDown());
  requirement('LOP-2', () => expect(restart).toKeepLooping());
  requirement('LOP-3', () => expect(restart).toCountEachRestart());
  requirement('LOP-4', () => expect(restart).toLeaveAlone('neighbour'));
  requirement('LOP-5', () => expect(restart).toEndByDeletion());
  requirement('CND-16', () => expect(restart).toHaveNoCondition('neighbour'));
});
