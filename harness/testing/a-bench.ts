import {samplesOf} from '../bench/measure.ts';
import {benchFormat, type Bench} from '../bench/sample.ts';
import {goodRecording, recordedTarget} from './recorded.ts';

/** A benchmark made of the kept recordings that have in them what one records. */
export function aBench(): Bench {
  const of = (scenario: string, shape: string) => samplesOf(goodRecording(scenario), shape);
  return {
    format: benchFormat,
    suite: '0.0.0',
    startedAt: '2026-11-28T00:00:00.000Z',
    seconds: 60,
    target: recordedTarget,
    machine: {processors: 2, model: 'a processor', memoryGiB: 24, load: {before: 0.1, after: 2}},
    rounds: 20,
    samples: [
      ...of('hundred-restarts', 'two-containers'),
      ...of('in-place-and-anew', 'two-containers'),
      ...of('two-and-ten-containers', 'ten-containers').filter(({pod}) => pod === 'ten-containers'),
      ...of('ten-pods-at-once', 'many-at-once'),
    ],
    unmeasured: [{scenario: 'bench-image-pull-always', why: 'source could not be started'}],
  };
}
