import {z} from 'zod';

/** How quick a node is at what has nothing to do with the feature: one container that its own policy starts again. */
export const calibrationSchema = z.object({
  /** From the container's end until it began again, ms on the node's clock. */
  restartMs: z.number().nonnegative(),
});

export type Calibration = z.infer<typeof calibrationSchema>;
