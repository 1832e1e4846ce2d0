import {z} from 'zod';
import type {Observation} from '../recording/observation.ts';
import type {Recording} from '../recording/recording.ts';
import {broken, held, unknown, type Evidence, type RecordingCheck} from './finding.ts';
import {forWhatItSays} from './validation.ts';

const statusSchema = z.looseObject({message: z.string().default('')});

/**
 * A node declares the feature no longer once its kubelet has been restarted without it, and again once it has been restarted
 * with it (KEP-5328, "Proposal", "Declared Feature Semantics").
 */
export function declaresAsTurned(): RecordingCheck {
  const expected = 'the node does not declare the feature while it is off there, and declares it when it is on again';
  return recording => {
    const trail: Evidence[] = [];
    for (const [action, wanted] of [
      ['turn gate off', 'not declared'],
      ['turn gate on', 'declared'],
    ] as const) {
      const said = readingAfter(recording, action);
      if (said === undefined) return unknown(expected, `the node was not read after "${action}"`, trail);
      trail.push({...said, text: `${action}: ${said.says}`});
      if (said.says !== wanted) return broken(expected, `${said.says} after "${action}"`, trail);
    }
    return held(expected, trail);
  };
}

const reading = 'read declared feature';

/** What is read after something else was turned tells nothing of what was turned before. */
const readsOrTurns = new RegExp(`^(turn |${reading}$)`);

/** What the node had told the API of the feature after something was done to it. */
function readingAfter({observations}: Recording, action: string): (Evidence & {readonly says: string}) | undefined {
  const done = observations.findIndex(o => o.kind === 'node' && o.action === action);
  if (done === -1) return undefined;
  const index = observations.findIndex((o, at) => at > done && o.kind === 'node' && readsOrTurns.test(o.action));
  const found = observations[index];
  return found?.kind === 'node' && found.action === reading
    ? {index, atMs: found.atMs, text: '', says: found.text}
    : undefined;
}

/**
 * An object that uses the action can be updated with the feature off in the API server, which refuses it in a new one
 * (KEP-5532, "Feature Enablement and Rollback").
 *
 * @param updates names of the requests that update such objects
 * @param control of the one that creates a new object; where it is not refused, the feature is not off
 */
export function staysUpdatable(updates: readonly string[], control: string): RecordingCheck {
  const expected = 'what uses the action already can be updated while the API server refuses it in what is new';
  return recording => {
    const refused = answerTo(recording, control);
    if (refused?.code !== 422) return unknown(expected, 'the API server did not refuse the action in what is new');
    const trail = [show(refused)];
    for (const name of updates) {
      const answer = answerTo(recording, name);
      if (answer === undefined) return unknown(expected, `${name}: never asked for`, trail);
      trail.push(show(answer));
      if (answer.code < 300) continue;
      const saw = `${name}: the answer was ${answer.code}`;
      return (forWhatItSays.includes(answer.code) ? broken : unknown)(expected, saw, trail);
    }
    return held(expected, trail);
  };
}

type Answer = Extract<Observation, {kind: 'answer'}> & {readonly index: number};

function answerTo({observations}: Recording, name: string): Answer | undefined {
  const index = observations.findIndex(o => o.kind === 'answer' && o.name === name);
  const found = observations[index];
  return found?.kind === 'answer' ? {...found, index} : undefined;
}

function show({index, atMs, name, code, body}: Answer): Evidence {
  const message = code < 300 ? '' : ` ${statusSchema.safeParse(body).data?.message ?? ''}`;
  return {index, atMs, text: `${name}: ${code}${message}`};
}
