import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {z} from 'zod';
import {messageOf, SuiteError} from '../errors.ts';

const id = z.string().regex(/^[A-Z]{3}-\d+$/);

/** How the faults of recordings are known to be seen; `rac catalogue --write-kills` writes it. */
export const recordedSchema = z.strictObject({
  /** How many generated faults there are in all; one may turn several requirements red. */
  generated: z.number().int().nonnegative(),
  requirements: z.array(
    z.strictObject({
      requirement: id,
      /** Named faults that turn it red, each as `scenario: name`. */
      named: z.array(z.string()),
      /** How many generated faults turn it red. */
      generated: z.number().int().nonnegative(),
    }),
  ),
});

/** What became of one faulty build of a component on a real cluster. */
export const liveFaultSchema = z.strictObject({
  id: z.string(),
  /** What is wrong with it, in one sentence. */
  describes: z.string(),
  group: z.string(),
  /** Requirements that should go red. */
  expects: z.array(id),
  /** Those that did. */
  killedBy: z.array(id),
  /**
   * `killed`: one that was expected to went red. `killed otherwise`: only others did. `equivalent`: nothing that can be seen
   * differs, as was proven. `control`: it is no fault, and nothing went red.
   */
  outcome: z.enum(['killed', 'killed otherwise', 'survived', 'equivalent', 'control']),
  /** Requirements that came to no verdict. */
  undecided: z.array(id).optional(),
  /** How long it took to build it, and to judge it. */
  buildSeconds: z.number().optional(),
  runSeconds: z.number().optional(),
});

/** The faulty builds of one release; a file suites/mutants/results-RELEASE.json. */
export const liveSchema = z.strictObject({
  /** Such as 1.35.4. */
  release: z.string(),
  faults: z.array(liveFaultSchema),
});

export type RecordedKills = z.infer<typeof recordedSchema>;
export type LiveFault = z.infer<typeof liveFaultSchema>;
export type LiveKills = z.infer<typeof liveSchema>;

/** Which faults the suite is known to see, in edited recordings and on real clusters. */
export interface KillMatrix {
  readonly recorded: RecordedKills;
  readonly live: readonly LiveKills[];
}

/** The faults that one requirement is known to catch. */
export interface Kills {
  readonly requirement: string;
  /** Named edits of recordings. */
  readonly named: readonly string[];
  /** Number of generated edits of recordings. */
  readonly generated: number;
  /** Faulty components on real clusters, each as `release: id`. */
  readonly live: readonly string[];
}

/** What stands behind the verdicts of a report. */
export interface KillSummary {
  readonly requirements: readonly Kills[];
  /** How many requirements some edited recording turns red, and how many such edits there are. */
  readonly recorded: {readonly requirements: number; readonly named: number; readonly generated: number};
  /** How many requirements some faulty component turned red, and how many such components were tried, and seen. */
  readonly live: {readonly requirements: number; readonly tried: number; readonly seen: number};
  /** Requirements that no faulty component has turned red. */
  readonly withoutLive: readonly string[];
  /** The faulty components, each with what it turned red. */
  readonly faults: readonly SeenFault[];
}

/** A faulty component of a release, and what became of it. */
export interface SeenFault extends Pick<LiveFault, 'id' | 'describes' | 'outcome'> {
  readonly release: string;
  readonly killedBy: readonly string[];
}

/** The name of the recorded part in suites/. */
export const recordedFile = 'kill-matrix.json';

/**
 * Reads suites/kill-matrix.json and suites/mutants/results-*.json; what is not there is empty.
 *
 * @param folder URL of suites/
 * @throws SuiteError `badData` where a file doesn't fit its schema
 */
export function readKillMatrix(folder: URL): KillMatrix {
  const mutants = new URL('mutants/', folder);
  const results = existsSync(mutants) ? readdirSync(mutants).filter(name => /^results-.*\.json$/.test(name)) : [];
  const recorded = new URL(recordedFile, folder);
  return {
    recorded: existsSync(recorded) ? readJson(recorded, recordedSchema) : {generated: 0, requirements: []},
    live: results.toSorted().map(name => readJson(new URL(name, mutants), liveSchema)),
  };
}

/** The faults of each of the requirements, in their order. */
export function killsOf({recorded, live}: KillMatrix, requirements: Iterable<string>): readonly Kills[] {
  const byId = new Map(recorded.requirements.map(each => [each.requirement, each]));
  return [...requirements].map(requirement => {
    const {named = [], generated = 0} = byId.get(requirement) ?? {};
    return {
      requirement,
      named,
      generated,
      live: live.flatMap(({release, faults}) =>
        faults.filter(({killedBy}) => killedBy.includes(requirement)).map(fault => `${release}: ${fault.id}`),
      ),
    };
  });
}

/** The faults of each requirement, and how many of both there are. */
export function summarizeKills(matrix: KillMatrix, requirements: Iterable<string>): KillSummary {
  const rows = killsOf(matrix, requirements);
  const faults = matrix.live
    .flatMap(({faults: its}) => its)
    .filter(({outcome}) => !['control', 'equivalent'].includes(outcome));
  const withoutLive = rows.filter(({live}) => live.length === 0).map(({requirement}) => requirement);
  return {
    requirements: rows,
    recorded: {
      requirements: rows.filter(({named, generated}) => named.length + generated > 0).length,
      named: new Set(rows.flatMap(({named}) => named)).size,
      generated: matrix.recorded.generated,
    },
    live: {
      requirements: rows.length - withoutLive.length,
      tried: faults.length,
      seen: faults.filter(({killedBy}) => killedBy.length > 0).length,
    },
    withoutLive,
    faults: matrix.live.flatMap(({release, faults: its}) =>
      its.map(({id: name, describes, outcome, killedBy}) => ({release, id: name, describes, outcome, killedBy})),
    ),
  };
}

function readJson<T>(file: URL, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    const name = file.pathname.split('/').at(-1) ?? '';
    const issue = cause instanceof z.ZodError ? cause.issues[0] : undefined;
    const why = issue === undefined ? messageOf(cause) : `${issue.path.join('.')}: ${issue.message}`;
    throw new SuiteError('badData', `${name} is not right: ${why}`, {cause});
  }
}
