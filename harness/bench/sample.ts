import {z} from 'zod';
import {targetSchema} from '../recording/target.ts';

/** The parts of a restart in place, in order. */
export const partNames = ['detection', 'kill', 'removal', 'init', 'sidecars', 'regular', 'ready'] as const;

export type Part = (typeof partNames)[number];

/** What each part is, for tables and drawings. */
export const partTitles: Readonly<Record<Part, string>> = {
  detection: 'the exit is noticed',
  kill: 'the others are ended',
  removal: 'removal, and creation of the first',
  init: 'init containers',
  sidecars: 'sidecars',
  regular: 'regular containers',
  ready: 'the last gets ready',
};

/** How containers come to run again. */
export const ways = ['in place', 'container alone', 'deleted and created', 'replaced by its Job'] as const;

export type Way = (typeof ways)[number];

const ms = z.number().nonnegative();

/** One Pod that was restarted, or made anew, once. */
export const sampleSchema = z.object({
  /** Id of the shape. */
  shape: z.string(),
  way: z.enum(ways),
  /** How many Pods were told in the same step. */
  pods: z.number().int().positive(),
  /** Where it was recorded: scenario, step and Pod. */
  scenario: z.string(),
  step: z.string(),
  pod: z.string(),
  /** The source's exit, or the request that deletes the Pod: ms on the recorder's clock, since the recording began. */
  originMs: ms,
  /** From there until the first process of the first container began, and of the last one, by their journal. */
  firstMs: ms.optional(),
  startedMs: ms.optional(),
  /** Until the last container says itself that it is ready, by the journal. */
  readyMs: ms.optional(),
  /** Until the watch brought a version in which every container is up and ready. */
  seenMs: ms.optional(),
  /** Parts of readyMs. */
  parts: z.record(z.enum(partNames), ms).optional(),
});

export type Sample = z.infer<typeof sampleSchema>;

/** The version of bench.json that this suite writes. */
export const benchFormat = 1;

/** What one benchmark measured, on what. */
export const benchSchema = z.object({
  format: z.literal(benchFormat),
  suite: z.string(),
  /** Wall clock, for people. */
  startedAt: z.string(),
  seconds: z.number(),
  target: targetSchema,
  /** The machine that this ran on; the nodes' too, where the cluster is a local one. */
  machine: z.object({
    processors: z.number(),
    model: z.string(),
    memoryGiB: z.number(),
    /** Load average over a minute before and after. */
    load: z.object({before: z.number(), after: z.number()}),
  }),
  rounds: z.number(),
  /** How far a time of the node's clock may be from where it stands on the recorder's at most: what "ready" in place may be off by, ms. */
  clockErrorMs: z.number().optional(),
  samples: z.array(sampleSchema),
  /** Scenarios that did not come to their end, and Pods of others that can't be measured. */
  unmeasured: z.array(z.object({scenario: z.string(), why: z.string()})),
});

export type Bench = z.infer<typeof benchSchema>;
