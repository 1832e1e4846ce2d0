import {z} from 'zod';
import {calibrationSchema} from './calibration.ts';
import {needs} from './scenario.ts';

/** The gate that the feature stands behind (KEP-5532). */
export const gate = 'RestartAllContainersOnContainerExits';

const probe = z.object({
  /** What was asked. */
  name: z.string(),
  says: z.enum(['on', 'off', 'unknown']),
  /** What was answered, in one line. */
  detail: z.string(),
});

/** What was learnt of a target before the first scenario; stored beside the recordings, and all that verdicts know of it. */
export const targetSchema = z.object({
  context: z.string(),
  /** gitVersion of the API server, such as v1.35.4. */
  server: z.string(),
  /** Minor release, such as 1.35: what requirements and deviations are bound to. */
  release: z.string(),
  nodes: z.array(
    z.object({
      name: z.string(),
      kubelet: z.string(),
      runtime: z.string(),
      os: z.string(),
      declaresFeature: z.boolean(),
      /** Whether it has the label of a node that the API server runs on. */
      controlPlane: z.boolean().default(false),
      /** Whether it takes Pods that tolerate nothing. */
      takesPods: z.boolean().default(true),
    }),
  ),
  image: z.string(),
  /** `off` where any probe says so; probes that disagree are listed in the report. */
  feature: z.enum(['on', 'off']),
  /**
   * Where the feature is off: whether ContainerRestartRules is off in the API server too. Not there where the API server has
   * the feature on and only the nodes don't, or where its metric and its answers disagree.
   */
  gatesOff: z.enum(['off', 'rules-off']).optional(),
  probes: z.array(probe),
  /** What it has of what a scenario may need. */
  has: z.array(z.enum(needs)),
  /** Name of a resource that a device plugin offers on a node that takes Pods, where there is one. */
  device: z.string().optional(),
  /** How quick the node was before the first scenario; added when that was recorded. */
  calibration: calibrationSchema.optional(),
});

export type Target = z.infer<typeof targetSchema>;
export type Probe = z.infer<typeof probe>;
