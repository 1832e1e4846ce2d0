import {runtimeSchema, type RuntimeReading} from '../../recording/runtime.ts';
import type {Edit} from '../edit.ts';
import type {Generator} from './scene.ts';

/** What the node has of the Pod after the restart is wrong in one thing at a time. */
export const onNode: Generator = function* (scene) {
  const readings = scene.recording.observations.flatMap((o, index) =>
    o.kind === 'node' && o.action === 'read runtime' ? [{index, says: runtimeSchema.parse(JSON.parse(o.text))}] : [],
  );
  const before = readings.findLast(({index}) => index < scene.timeline.stimulusIndex)?.says;
  const after = readings.find(({index}) => index > scene.timeline.stimulusIndex);
  if (before === undefined || after === undefined) return;
  const edited =
    (change: (says: RuntimeReading) => unknown) =>
    (e: Edit): unknown =>
      e.each(
        'node',
        reading => {
          const says = runtimeSchema.parse(JSON.parse(reading.text));
          change(says);
          reading.text = JSON.stringify(says);
        },
        after.index,
        after.index,
      );
  const sandbox = scene.of('toKeepSandbox');
  yield {
    kind: 'the sandbox is another',
    at: 'the sandbox',
    edit: edited(says => (says.sandboxes = ['another'])),
    must: sandbox,
  };
  yield {kind: 'the sandbox is gone', at: 'the sandbox', edit: edited(says => (says.sandboxes = [])), must: sandbox};
  yield {
    kind: 'there are two sandboxes',
    at: 'the sandbox',
    edit: edited(says => says.sandboxes.push('another')),
    must: sandbox,
  };
  for (const [place, {path}] of before.cgroups.entries()) {
    yield {
      kind: 'a cgroup is made anew',
      at: path,
      edit: edited(says => {
        const own = says.cgroups[place];
        if (own !== undefined) says.cgroups[place] = {...own, inode: `${own.inode}1`};
      }),
      must: scene.of('toKeepCgroup'),
    };
    yield {
      kind: 'a cgroup is gone',
      at: path,
      edit: edited(says => (says.cgroups = says.cgroups.filter(each => each.path !== path))),
      must: scene.of('toKeepCgroup'),
    };
  }
  const logFiles = scene.of('toKeepLogFiles');
  const without = (gone: ReadonlySet<string>) =>
    edited(says => (says.logs = says.logs.filter(file => !gone.has(file))));
  for (const file of before.logs)
    yield {kind: 'the log file of an earlier run is gone', at: file, edit: without(new Set([file])), must: logFiles};
  const fresh = after.says.logs.filter(file => !before.logs.includes(file));
  for (const file of fresh)
    yield {kind: 'a new run has no log file of its own', at: file, edit: without(new Set([file])), must: logFiles};
  yield {kind: 'no new run has a log file of its own', at: 'all', edit: without(new Set(fresh)), must: logFiles};
  yield {
    kind: 'there was no log file before',
    at: 'all',
    edit: e =>
      e.each('node', (reading, index) => {
        if (reading.action !== 'read runtime' || index >= after.index) return;
        reading.text = JSON.stringify({...runtimeSchema.parse(JSON.parse(reading.text)), logs: []});
      }),
    must: [],
    mustNotPass: logFiles,
  };
  for (const old of before.containers) {
    yield {
      kind: 'an old container is left in the runtime',
      at: old.name,
      edit: edited(says => says.containers.push(old)),
      must: scene.of('toRemoveOldContainers'),
    };
    yield {
      kind: 'the runtime tells nothing of a container',
      at: old.name,
      edit: edited(says => (says.containers = says.containers.filter(({name}) => name !== old.name))),
      must: [],
      mustNotPass: scene.of('toRemoveOldContainers'),
    };
  }
};
