import {z} from 'zod';

/** What `read runtime` gives: a Pod as the node and its runtime have it. */
export const runtimeSchema = z.object({
  /** Ids of the Pod's sandboxes, whether they run or not. */
  sandboxes: z.array(z.string()),
  /** Every container of the Pod that the runtime has, whether it runs or not. */
  containers: z.array(z.object({name: z.string(), id: z.string()})),
  /** Directories of the Pod's cgroup; with cgroup v1 one for each controller. */
  cgroups: z.array(z.object({path: z.string(), inode: z.string()})),
  /** Log files of its containers, as CONTAINER/N.log. */
  logs: z.array(z.string()),
});

/** What `read kubelet` gives. */
export const kubeletSchema = z.object({
  /** How often it ended by itself and was started again. */
  restarts: z.number(),
});

export type RuntimeReading = z.infer<typeof runtimeSchema>;
