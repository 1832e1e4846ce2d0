import {z} from 'zod';
import {SuiteError} from '../errors.ts';
import {summarize, type Outcome, type Verdict} from './verdict.ts';
import {readYaml} from './yaml-file.ts';

const ids = z.array(z.string()).default([]);

const predictionSchema = z.strictObject({
  id: z.string(),
  describes: z.string().max(140),
  /** Config of the cluster: a file of kind/ by its name. */
  config: z.string(),
  /** Release of the kubelets, such as 1.36.3, where it is another than the cluster's. */
  kubelet: z
    .string()
    .regex(/^1\.\d+\.\d+$/)
    .optional(),
  /** Ids of the scenarios that are recorded; without them, all that a run does by default. */
  scenarios: z.array(z.string()).min(1).optional(),
  Passed: ids,
  KnownDeviation: ids,
  Failed: ids,
});

/** What a run on a cluster must come to: requirements by outcome; what is not named is Skipped. */
export type Prediction = z.infer<typeof predictionSchema>;

/**
 * Reads suites/predictions.yaml.
 *
 * @param folder URL of suites/
 * @throws SuiteError `badData` where it doesn't fit its schema, or names a requirement for two outcomes
 */
export function readPredictions(folder: URL): readonly Prediction[] {
  const predictions = readYaml(new URL('predictions.yaml', folder), z.array(predictionSchema));
  for (const prediction of predictions) {
    const named = predicted(prediction).map(([id]) => id);
    const twice = named.find((id, index) => named.indexOf(id) < index);
    if (twice !== undefined)
      throw new SuiteError('badData', `predictions.yaml names ${twice} twice for ${prediction.id}`);
  }
  return predictions;
}

/**
 * In what verdicts differ from what was predicted, one line each; none where they agree.
 *
 * @param verdicts of the scenarios that were recorded
 */
export function unlikePredicted(prediction: Prediction, verdicts: readonly Verdict[]): readonly string[] {
  const wanted = new Map(predicted(prediction));
  const judged = [...new Set([...wanted.keys(), ...verdicts.map(({requirement}) => requirement)])];
  return judged.flatMap(id => {
    const verdict = summarize(verdicts.filter(({requirement}) => requirement === id));
    const [expected, came] = [wanted.get(id) ?? 'Skipped', verdict?.outcome ?? 'not judged'];
    const saw = verdict === undefined || came === 'Skipped' ? '' : `: ${verdict.saw}`;
    return expected === came ? [] : [`${id} is ${came}, not ${expected}${saw}`];
  });
}

function predicted({Passed, KnownDeviation, Failed}: Prediction): readonly (readonly [string, Outcome])[] {
  const all = (outcome: Outcome, named: readonly string[]) => named.map(id => [id, outcome] as const);
  return [...all('Passed', Passed), ...all('KnownDeviation', KnownDeviation), ...all('Failed', Failed)];
}
