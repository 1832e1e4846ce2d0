import {z} from 'zod';
import {groupOf} from '../recording/scenario.ts';
import {ApiError, type Api} from './api.ts';

const strategy = 'InPlaceRestart';

const storedSchema = z.looseObject({
  spec: z.looseObject({failurePolicy: z.looseObject({restartStrategy: z.string().optional()}).optional()}),
});

/**
 * Whether the target has JobSet with in-place restart: its CRD is installed, and a dry-run create of a JobSet with that
 * restart strategy is not refused, as it is where the gate InPlaceRestart of JobSet is off. A webhook of JobSet that does
 * not answer is no such refusal: whoever creates a JobSet there is told.
 *
 * @throws SuiteError `unreachable` where the API server doesn't answer
 */
export async function offersJobSet(api: Api, image: string, namespace: string, signal: AbortSignal): Promise<boolean> {
  const group = `/apis/${groupOf.jobsets}`;
  try {
    await api.json(group, {signal});
    const path = `${group}/namespaces/${namespace}/jobsets?dryRun=All`;
    const stored = storedSchema.parse(await api.json(path, {method: 'POST', body: aJobSet(image), signal}));
    return stored.spec.failurePolicy?.restartStrategy === strategy;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.code >= 500;
  }
}

/** The smallest JobSet that JobSet lets restart in place. */
function aJobSet(image: string): object {
  const template = {spec: {restartPolicy: 'Never', containers: [{name: 'worker', image}]}};
  const job = {completions: 1, parallelism: 1, backoffLimit: 2_147_483_647, podReplacementPolicy: 'Failed', template};
  return {
    apiVersion: groupOf.jobsets,
    kind: 'JobSet',
    metadata: {name: 'rac-probe'},
    spec: {
      failurePolicy: {maxRestarts: 1, restartStrategy: strategy},
      replicatedJobs: [{name: 'workers', replicas: 1, template: {spec: job}}],
    },
  };
}
