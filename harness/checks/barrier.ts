import {runsOf} from '../recording/timeline.ts';
import {broken, held, journalHole, missing, unknown, type Check, type Evidence} from './finding.ts';
import {ofRestart} from './restart.ts';

/**
 * A container starts only once the startup probe of the sidecar before it has passed, at each start of the sidecar (Sidecar
 * Containers, "Pod lifecycle"): JobSet's barrier. The probe writes to the journal when it passes.
 */
export function waitsForBarrier(agent: string, worker: string): Check {
  return timeline => {
    const expected = `${worker} starts only once the startup probe of ${agent} has passed, again after the restart`;
    const hole = journalHole(timeline);
    if (hole !== undefined) return unknown(expected, hole);
    const exited = timeline.exit?.entry.uptime ?? Infinity;
    const barriers = runsOf(timeline, agent);
    const starts = runsOf(timeline, worker).map(({start}) => start);
    const trail: Evidence[] = [];
    for (const start of starts) {
      const {began} = start.entry;
      const barrier = barriers.findLast(run => run.start.entry.began < began);
      const passed = barrier?.lines.find(({entry}) => entry.what === 'startupProbe');
      const started = {index: start.index, atMs: start.atMs, text: `${worker} starts`};
      if (passed === undefined || passed.entry.uptime > began)
        return broken(expected, `${worker} started before the barrier was down`, [...trail, started]);
      trail.push({index: passed.index, atMs: passed.atMs, text: `startup probe of ${agent} passed`}, started);
    }
    if (!starts.some(({entry}) => entry.began < exited))
      return unknown(expected, `${worker} was not seen to start before the exit`, trail);
    if (!starts.some(({entry}) => entry.began > exited))
      return missing(timeline, expected, `${worker} did not start again`, trail);
    return ofRestart(timeline, held(expected, trail));
  };
}
