import {statusOf} from '../../recording/pod.ts';
import {timelineOf, type Timeline} from '../../recording/timeline.ts';
import type {Edit} from '../edit.ts';
import type {RecordingGenerator} from './scene.ts';

/** With the feature turned off a Pod ends, or more of it moves than the source, at each of its versions. */
export const turnedOff: RecordingGenerator = function* (stage) {
  const {observations, header} = stage.recording;
  for (const {requirement, given} of stage.expectations('toGoOnWithoutRule')) {
    const [action, beforehand, afterwards] = given;
    const must = [requirement];
    const off = observations.findIndex(o => o.kind === 'node' && o.action === action);
    const begun = observations.findLastIndex((o, index) => o.kind === 'step' && index < off);
    const versions = observations.flatMap((o, index) =>
      o.kind === 'pod' && o.object.metadata.name === header.pod && index > begun ? [{index, pod: o.object}] : [],
    );
    const end = versions.find(({pod}) => ['Failed', 'Succeeded'].includes(pod.status.phase ?? ''));
    const alive = versions.filter(({index}) => index <= (end?.index ?? Infinity));
    for (const [place, {index}] of alive.entries())
      for (const phase of ['Failed', 'Succeeded'])
        for (const reason of [undefined, 'UnexpectedAdmissionError'])
          yield {
            kind: 'a Pod ends that uses a feature which is off',
            at: `version ${place + 1} of ${versions.length}: ${phase}, ${reason ?? 'for no reason'}`,
            edit: e => e.pods(index, index, each => Object.assign(each.status, {phase, reason})),
            must,
          };
    yield {
      kind: 'the feature is not turned off',
      at: 'throughout',
      edit: e => e.drop(o => o.kind === 'node'),
      must: [],
      undecided: must,
    };
    if (typeof beforehand !== 'string' || typeof afterwards !== 'string') continue;
    const [control, told] = [beforehand, afterwards].map(step => timelineOf(stage.recording, step));
    for (const name of control?.hadRun ?? [])
      yield {
        kind: 'the rule has no effect while the feature is on either',
        at: name,
        edit: keepsId(control, name),
        must: [],
        undecided: must,
      };
    if (told === undefined) continue; // since the Pod had ended
    yield {
      kind: 'the source is not started again by its restart policy',
      at: 'though it is counted',
      edit: keepsId(told, told.source),
      must,
    };
    yield {
      kind: 'the source is not started again by its restart policy',
      at: 'to the end',
      edit: e =>
        e.pods(told.stimulusIndex, Infinity, pod => {
          const [now, old] = [statusOf(pod, told.source), statusOf(told.before.pod, told.source)];
          if (now !== undefined && old !== undefined)
            Object.assign(now, old, {state: {terminated: {exitCode: told.code}}});
        }),
      must,
    };
    for (const name of told.hadRun.filter(each => each !== told.source)) {
      const moves = (
        kind: string,
        index: number,
        edit: (now: NonNullable<ReturnType<typeof statusOf>>) => unknown,
        to = Infinity,
      ) => ({
        kind,
        at: `${name}, observation ${index}`,
        edit: (e: Edit) =>
          e.pods(index, to, pod => {
            const now = statusOf(pod, name);
            if (now !== undefined) edit(now);
          }),
        must,
      });
      for (const {index} of versions) {
        yield moves(
          'another container is started again without the rule',
          index,
          now => (now.containerID = 'containerd://second'),
        );
        if (index < told.stimulusIndex) continue; // a kubelet without the feature may count anew
        yield moves('another container is counted without the rule', index, now => (now.restartCount += 1));
        yield moves(
          'another container is ended without the rule',
          index,
          now => (now.state = {terminated: {exitCode: 137}}),
          index,
        );
      }
    }
  }
};

/** A container goes on under the id that it had before a step. */
function keepsId(timeline: Timeline | undefined, name: string): (e: Edit) => unknown {
  const old = timeline === undefined ? undefined : statusOf(timeline.before.pod, name)?.containerID;
  return e =>
    e.pods(timeline?.stimulusIndex ?? Infinity, Infinity, pod => {
      const now = statusOf(pod, name);
      if (now !== undefined && old !== undefined) now.containerID = old;
    });
}

/** A node declares the feature while it is off, or does not while it is on; each time that it is turned. */
export const turned: RecordingGenerator = function* (stage) {
  const must = stage.anywhere(['toDeclareAsTurned']);
  const {observations} = stage.recording;
  for (const [turn, o] of observations.entries()) {
    if (o.kind !== 'node' || !['turn gate off', 'turn gate on'].includes(o.action)) continue;
    const index = observations.findIndex(
      (each, at) => at > turn && each.kind === 'node' && each.action === 'read declared feature',
    );
    const reading = observations[index];
    if (reading?.kind !== 'node') continue;
    yield {
      kind: 'a node declares what was turned off, or not what was turned on',
      at: o.action,
      edit: e =>
        e.each('node', each => (each.text = reading.text === 'declared' ? 'not declared' : 'declared'), index, index),
      must,
    };
    yield {
      kind: 'a node is not read after the feature was turned',
      at: o.action,
      edit: e => e.drop(each => each === reading),
      must: [],
      undecided: must,
    };
    yield {
      kind: 'the feature is not turned',
      at: o.action,
      edit: e => e.drop(each => each === o),
      must: [],
      undecided: must,
    };
  }
};

/** What uses the action can't be updated with the feature off; each of the updates. */
export const updates: RecordingGenerator = function* (stage) {
  for (const {requirement, given} of stage.expectations('toStayUpdatable')) {
    const [names, control] = given;
    const must = [requirement];
    const refuse = (kind: string, name: unknown, code: number) => ({
      kind,
      at: `${String(name)}, ${code}`,
      edit: (e: Edit) => e.answers(String(name), {code, body: {message: 'no'}}),
    });
    for (const name of Array.isArray(names) ? names : []) {
      for (const code of [400, 422]) yield {...refuse('what uses the action can not be updated', name, code), must};
      for (const code of [403, 409, 500])
        yield {...refuse('an update fails for a reason of its own', name, code), must: [], undecided: must};
      yield {
        kind: 'what uses the action is not updated',
        at: String(name),
        edit: e => e.drop(o => o.kind === 'answer' && o.name === name),
        must: [],
        undecided: must,
      };
    }
    for (const code of [201, 403])
      yield {...refuse('the API server does not refuse what is new', control, code), must: [], undecided: must};
  }
};
