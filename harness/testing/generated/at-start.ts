import type {JournalEntry} from '../../recording/observation.ts';
import type {Edit} from '../edit.ts';
import type {Generator, Scene} from './scene.ts';

type Start = Extract<JournalEntry, {what: 'start'}>;

/** What each container finds when it starts again is another thing than before, in one container at a time. */
export const foundAtStart: Generator = function* (scene) {
  for (const {name} of scene.ran) {
    const {before, after} = scene.runs(name);
    const [again] = after;
    const was = before.at(-1)?.start.entry;
    if (again === undefined || was === undefined) continue;
    const at = scene.place(name);
    const found = (
      kind: string,
      change: (start: Start) => unknown,
      must: readonly string[],
      may: readonly string[] = [],
    ) => ({
      kind,
      at,
      edit: (e: Edit) =>
        e.each('journal', ({entry}) => entry.what === 'start' && change(entry), again.start.index, again.start.index),
      must,
      may: [...may, ...later(scene)],
    });
    for (const namespace of ['net', 'ipc', 'uts', 'user'])
      yield found(
        `a container finds another ${namespace} namespace`,
        start => (start.namespaces[namespace] = `${namespace}:[1]`),
        [
          ...scene.given(['toPreserveNamespaces'], given => given.includes(namespace)),
          ...(namespace === 'user' ? scene.of('toPreserveUserNamespace') : []),
        ],
      );
    yield found(
      'a container finds another host name',
      start => (start.hostname = 'another'),
      scene.of('toPreserveHostname'),
    );
    yield found('IDs are mapped to others', start => (start.users = '0 65536 1'), scene.of('toPreserveUserNamespace'));
    yield found('the environment changes', start => (start.environment = 'another'), scene.of('toPreserveEnvironment'));
    yield found('a writable layer is used again', start => (start.layer = 'used'), scene.of('toRenewWritableLayers'));
    for (const by of [-1, 1])
      yield found(
        by < 0 ? 'what an earlier run appended is gone' : 'more was appended than there were runs',
        start => (start.earlierRuns += by),
        scene.of('toFindWhatEarlierRunsLeft'),
      );
    for (const volume of Object.keys(was.volumes)) {
      const keeps = scene.given(['toPreserveVolume'], ([its]) => its === volume);
      const limits = volume === 'limits' ? scene.of('toPreserveResources') : [];
      const mended = scene.given(['toFindMended'], ([its, , container]) => its === volume && container === name);
      yield found(
        'a volume is another mount',
        start => {
          set(start, volume, {mount: '1:1'});
        },
        keeps,
      );
      yield found(
        'a volume is not mounted',
        start => {
          start.volumes = Object.fromEntries(Object.entries(start.volumes).filter(([name]) => name !== volume));
        },
        keeps,
        mended,
      );
      const compared = was.volumes[volume]?.origin !== '';
      yield found(
        'a volume has other content',
        start => {
          set(start, volume, {origin: volume === 'limits' ? '1 1 1' : 'another'});
        },
        compared ? [...keeps, ...limits, ...mended] : [],
      );
      yield found(
        'the content of a volume is gone',
        start => {
          set(start, volume, {origin: ''});
        },
        compared ? [...keeps, ...mended] : [],
      );
    }
  }
};

/** The next step compares with what is found in this one. */
function later(scene: Scene): readonly string[] {
  return scene.anywhere(['toPreserveVolume', 'toFindMended', 'toPreserveResources']);
}

function set(start: Start, volume: string, differs: Partial<Start['volumes'][string]>): void {
  Object.assign(start.volumes[volume] ?? {}, differs);
}
