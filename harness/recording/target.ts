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

/** Where the user wants the Pods of the scenarios to run. */
export const placementSchema = z.object({
  /** Labels of the nodes. */
  nodeSelector: z.record(z.string(), z.string()).optional(),
  /** Name of a RuntimeClass. */
  runtimeClass: z.string().optional(),
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
      /** As the node names it, such as amd64. */
      architecture: z.string().optional(),
      declaresFeature: z.boolean(),
      /** Whether it has the label of a node that the API server runs on. */
      controlPlane: z.boolean().default(false),
      /** Whether it takes Pods that tolerate nothing. */
      takesPods: z.boolean().default(true),
      /** What its kubelet's metric says of the gate. */
      gate: z.enum(['on', 'off', 'unknown']).optional(),
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
  /** The namespace in which all scenarios ran, where the user named one. */
  namespace: z.string().optional(),
  /** Which nodes the user chose; `nodes` are those alone. */
  placement: placementSchema.optional(),
  /** Rights that this user lacks, by the id of the scenario that needs them and was not run for that. */
  lacks: z.record(z.string(), z.array(z.string())).optional(),
  /** Kinds of object that this user may not create; scenarios ran without them, and what is about them is skipped. */
  leftOut: z.array(z.string()).optional(),
  /** What admission added to Pods, beside what every cluster adds. */
  admission: z.array(z.string()).optional(),
  /** How quick the node was before the first scenario; added when that was recorded. */
  calibration: calibrationSchema.optional(),
});

export type Placement = z.infer<typeof placementSchema>;
export type Target = z.infer<typeof targetSchema>;
export type Probe = z.infer<typeof probe>;
