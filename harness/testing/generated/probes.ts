import {statusOf} from '../../recording/pod.ts';
import {dropLines} from './containers.ts';
import type {Generator} from './scene.ts';

const probes = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;

const ofProbes = [
  'toStartOverStartupProbe',
  'toStartOverReadinessProbe',
  'toStartOverLivenessProbe',
  'toDelayProbesAnew',
  'toProbeNewContainers',
  'toForgetLivenessFailures',
  'toWaitForBarrier',
] as const;

const startsOver = {
  startupProbe: 'toStartOverStartupProbe',
  readinessProbe: 'toStartOverReadinessProbe',
  livenessProbe: 'toStartOverLivenessProbe',
} as const;

/** A probe does not run in the new container, runs too early, or is not waited for. */
export const probesWrong: Generator = function* (scene) {
  const may = [...scene.anywhere(ofProbes), ...scene.deviating()];
  const {initContainers, containers} = scene.timeline.before.pod.spec;
  for (const {name} of scene.ran) {
    const [run] = scene.runs(name).after;
    const old = scene.runs(name).before.at(-1);
    const again = scene.renewed(name);
    if (run === undefined || old === undefined || again === undefined) continue;
    for (const probe of probes) {
      const lines = run.lines.filter(({entry}) => entry.what === probe);
      const [first] = lines;
      if (first === undefined || !old.lines.some(({entry}) => entry.what === probe)) continue;
      const at = scene.place(`${probe} of ${name}`);
      const over = scene.of(startsOver[probe]);
      yield {
        kind: 'a probe does not run in the new container',
        at,
        edit: e => {
          dropLines(e, lines);
        },
        must: [...over, ...scene.of('toProbeNewContainers')],
        may,
      };
      yield {
        kind: 'a probe runs between the end of a container and its new start',
        at,
        edit: e => e.addJournal({container: name, what: probe, uptime: run.start.entry.began - 0.05}),
        must: scene.of('toProbeNewContainers'),
        may,
      };
      const spec: unknown = [...initContainers, ...containers].find(each => each.name === name)?.[probe];
      const delay: unknown = typeof spec === 'object' && spec !== null ? Reflect.get(spec, 'initialDelaySeconds') : 0;
      yield {
        kind: 'a probe runs as soon as the container starts',
        at,
        edit: e =>
          e.each('journal', ({entry}) => (entry.uptime = run.start.entry.uptime + 0.01), first.index, first.index),
        must: [
          ...(typeof delay === 'number' && delay > 1 ? scene.of('toDelayProbesAnew') : []),
          ...(probe === 'livenessProbe' ? over : []),
        ],
        may,
      };
      const field = probe === 'startupProbe' ? 'started' : 'ready';
      const seen = scene.after.find(({index, atMs}) => index >= again.index && atMs < first.atMs - 600);
      if (probe !== 'livenessProbe' && seen !== undefined)
        yield {
          kind: `a container is ${field} before its probe has run`,
          at,
          edit: e =>
            scene.versions(e, seen.index, seen.index, pod => Object.assign(statusOf(pod, name) ?? {}, {[field]: true})),
          must: over,
          may,
        };
      yield {
        kind: `a container does not become ${field} again`,
        at,
        edit: e =>
          scene.versions(e, again.index, scene.last, pod => Object.assign(statusOf(pod, name) ?? {}, {[field]: false})),
        must: probe === 'livenessProbe' ? [] : over,
        may,
      };
    }
  }
};
