import {expect, requirement, scenario} from '../harness/index.ts';
import {everySource} from './scenarios.ts';

scenario(everySource, restart => {
  requirement('CND-1', () => expect(restart).toNotRaiseBefore());
  requirement('CND-2', () => expect(restart).toRaiseCondition());
  requirement('CND-3', () => expect(restart).toLowerCondition());
  requirement('CND-4', () => expect(restart).toRaiseOnce());
  requirement('CND-5', () => expect(restart).toDateTransitions());
  requirement('CND-6', () => expect(restart).toGiveReason());
  requirement('CND-7', () => expect(restart).toInterruptReadiness());
  requirement('CND-8', () => expect(restart).toKeepTrue('PodScheduled', 'PodReadyToStartContainers'));
  requirement('CND-9', () => expect(restart).toNeverLower('Initialized'));
  requirement('CND-10', () => expect(restart).toStayInPhase('Running', 'Pending'));
  requirement('CND-11', () => expect(restart).toWaitWithReason());
  requirement('CND-13', () => expect(restart).toNeverContradict());
  requirement('CND-15', () => expect(restart).toBePendingMeanwhile());
  requirement('CND-14', () => expect(restart).toNameSource());
  requirement('CND-17', () => expect(restart).toHaveConditionOnce());
  requirement('CND-18', () => expect(restart).toLowerConditionWithin(60_000));
});
