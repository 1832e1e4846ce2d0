import type {Calibration} from './recording/calibration.ts';
import type {Recording} from './recording/recording.ts';
import {exitsAlone, type Scenario} from './recording/scenario.ts';
import {runsAround, timelineOf} from './recording/timeline.ts';

/** Recorded before all others, while nothing else of the run is on the node. */
export const calibrationScenario: Scenario = {
  id: 'calibration',
  title: 'calibration: a container is restarted by its own policy',
  manifest: 'one-container-alone.yaml',
  steps: [exitsAlone('worker', 77), {do: 'wait', name: 'end'}],
};

/**
 * How quick the node is, from the recording of the calibration.
 *
 * @returns undefined where the recording doesn't tell, since the container was not seen to end or to begin again
 */
export function calibrationOf(recording: Recording): Calibration | undefined {
  const timeline = timelineOf(recording);
  if (timeline?.exit === undefined || timeline.journalGap !== undefined) return undefined;
  const [again] = runsAround(timeline, timeline.source).after;
  if (again === undefined) return undefined;
  return {restartMs: Math.round((again.start.entry.began - timeline.exit.entry.uptime) * 1000)};
}
