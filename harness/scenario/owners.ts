import {z} from 'zod';
import {watchable, type Watchable} from '../recording/scenario.ts';

/** The newest version of each watched object of a kind. */
export type Watched = (kind: Watchable) => readonly unknown[];

const jobSchema = z.looseObject({
  status: z
    .looseObject({conditions: z.array(z.looseObject({type: z.string(), status: z.string()})).optional()})
    .optional(),
});

const replicatedSchema = z.looseObject({
  spec: z.looseObject({replicas: z.number().optional()}),
  status: z
    .looseObject({
      availableReplicas: z.number().optional(),
      numberAvailable: z.number().optional(),
      desiredNumberScheduled: z.number().optional(),
    })
    .optional(),
});

/** Whether a watched Job has one of these conditions. */
export function jobIs(watched: Watched, ...types: readonly ('Complete' | 'Failed')[]): boolean {
  return watched('jobs').some(object =>
    jobSchema
      .parse(object)
      .status?.conditions?.some(({type, status}) => status === 'True' && types.some(each => each === type)),
  );
}

/** Whether there are watched objects that make Pods, and each counts as many available as it is to have. */
export function allAvailable(watched: Watched): boolean {
  const objects = watchable
    .filter(kind => ['deployments', 'replicasets', 'statefulsets', 'daemonsets'].includes(kind))
    .flatMap(kind => watched(kind));
  return (
    objects.length > 0 &&
    objects.every(object => {
      const {spec, status} = replicatedSchema.parse(object);
      const wanted = spec.replicas ?? status?.desiredNumberScheduled;
      return wanted !== undefined && (status?.availableReplicas ?? status?.numberAvailable ?? 0) === wanted;
    })
  );
}
