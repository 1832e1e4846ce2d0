import type {Timeline} from '../recording/timeline.ts';
import type {Evidence} from './finding.ts';

/** The deletion of the Pod by the scenario, as evidence, and when the Pod was gone from the API. */
export interface Deletion extends Evidence {
  readonly goneAtMs: number | undefined;
}

/** The deletion after a timeline's stimulus; undefined where the scenario has none. */
export function deletionOf({recording, stimulusIndex, before}: Timeline): Deletion | undefined {
  const {observations} = recording;
  const index = observations.findIndex((o, at) => at > stimulusIndex && o.kind === 'step' && o.does === 'delete');
  const step = observations[index];
  if (step === undefined) return undefined;
  const gone = observations.find(
    o => o.kind === 'pod' && o.type === 'DELETED' && o.object.metadata.uid === before.pod.metadata.uid,
  );
  return {index, atMs: step.atMs, text: 'the Pod is deleted', goneAtMs: gone?.atMs};
}
