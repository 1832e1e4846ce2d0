import {SuiteError} from '../errors.ts';
import type {Target} from '../recording/target.ts';
import type {RunFacts} from './seal.ts';
import {evidenceOf, type StoredRun} from './stored-run.ts';

/** One run put together from its shards. */
export interface MergedRun {
  readonly facts: RunFacts;
  /** Its files by name, each with its text. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Puts the shards of a run together: every recording of each, and what they share once.
 *
 * @throws SuiteError `badData` where one is missing, there twice or altered, or where they are not of one run: of another
 *   suite, asked for something else, or recorded on another cluster
 */
export function mergeRuns(runs: readonly StoredRun[]): MergedRun {
  const shards = runs.toSorted((a, b) => (a.file.shard?.index ?? 0) - (b.file.shard?.index ?? 0));
  const [first] = shards;
  const of = first?.file.shard?.of;
  if (first === undefined || of === undefined) {
    throw new SuiteError('usage', `${first?.path ?? 'nothing'} is no shard of a run`, {
      next: 'name what was recorded with rac run --shard',
    });
  }
  const target = refuseStrangers(first, shards);
  refuseHoles(shards, of);
  const files = new Map<string, string>([
    ['target.json', `${JSON.stringify(target, null, 2)}\n`],
    ['selection.json', `${JSON.stringify([...evidenceOf(first).selected], null, 2)}\n`],
  ]);
  for (const {path, file, found} of shards) {
    for (const {name, content} of found.filter(each => each.name.startsWith('recordings/'))) {
      if ('unreadable' in content)
        throw new SuiteError('badData', `${path}/${name} can't be read: ${content.unreadable}`);
      files.set(name === calibration ? calibrationOf(file.shard?.index ?? 0) : name, content.text);
    }
  }
  const {suite, asked, target: on} = first.file;
  return {
    facts: {
      suite,
      asked,
      target: on,
      startedAt: shards.map(({file}) => file.startedAt).toSorted()[0] ?? '',
      endedAt:
        shards
          .map(({file}) => file.endedAt)
          .toSorted()
          .at(-1) ?? '',
    },
    files: Object.fromEntries(files),
  };
}

const calibration = 'recordings/calibration.ndjson';

/** Each shard has its own calibration, by which its own recordings are judged. */
function calibrationOf(shard: number): string {
  return shard === 0 ? calibration : `recordings/calibration-${shard}.ndjson`;
}

function refuseHoles(shards: readonly StoredRun[], of: number): void {
  const indices = shards.map(({file}) => file.shard?.index);
  const missing = Array.from({length: of}, (_, index) => index).filter(index => !indices.includes(index));
  if (missing.length > 0) {
    throw new SuiteError('badData', `shard ${missing.map(index => `${index}/${of}`).join(', ')} is missing`, {
      next: 'record it; a run without a part of its scenarios gets no report',
    });
  }
  const twice = indices.find((index, at) => indices.indexOf(index) !== at);
  if (twice !== undefined) throw new SuiteError('badData', `shard ${twice}/${of} is there twice`);
}

/** Refuses what is of another run, and gives the target that all share. */
function refuseStrangers(first: StoredRun, shards: readonly StoredRun[]): Target {
  const {target} = evidenceOf(first);
  const same: readonly (readonly [string, (run: StoredRun) => unknown])[] = [
    ['a shard of as many', ({file}) => file.shard?.of],
    ['by the same version of the suite', ({file}) => file.suite],
    ['asked for the same', ({file}) => file.asked],
    ['of the same requirements', run => [...evidenceOf(run).selected]],
    ['on the same cluster', run => identityOf(evidenceOf(run).target)],
  ];
  for (const other of shards) {
    const differs = same.find(([, of]) => JSON.stringify(of(other)) !== JSON.stringify(of(first)));
    if (differs !== undefined) throw new SuiteError('badData', `${other.path} and ${first.path} are not ${differs[0]}`);
  }
  return target;
}

/** What of a target is the same for all that look at it at one time. */
function identityOf({server, nodes, feature, gatesOff, image, has}: Target): unknown {
  return {server, nodes: nodes.map(({name, kubelet}) => [name, kubelet]).toSorted(), feature, gatesOff, image, has};
}
