import {z} from 'zod';
import {calibrationSchema} from './calibration.ts';
import {podSchema} from './pod.ts';
import {scenarioSchema} from './scenario.ts';

/** Milliseconds on the recorder's monotonic clock since the recording began. */
const atMs = z.number().nonnegative();

const volumeReading = z.object({
  /** Device and inode of the mounted directory, and the folder that the kubelet wrote its files to, where it did. */
  mount: z.string(),
  /** First line of the file `origin` on it; empty where there is none. */
  origin: z.string(),
});

/** What a container wrote about itself on the journal volume; `uptime` is /proc/uptime in seconds, one clock for the node. */
export const journalEntrySchema = z.discriminatedUnion('what', [
  z.object({
    what: z.literal('start'),
    container: z.string(),
    uptime: z.number(),
    /** /proc/uptime when the container's first process began; `uptime` is when it wrote the line. */
    began: z.number(),
    hostname: z.string(),
    /** MD5 of the sorted environment. */
    environment: z.string(),
    namespaces: z.record(z.string(), z.string()),
    /** First line of /proc/self/uid_map. */
    users: z.string().optional(),
    /** A mark in /dev/shm, which belongs to the sandbox: by whichever container found none there. */
    shm: z.string().optional(),
    /** Whether the container's own writable layer holds what an earlier run wrote there. */
    layer: z.enum(['new', 'used']),
    /** Runs of this container that had left a line on the volume `disk`. */
    earlierRuns: z.number(),
    volumes: z.record(z.string(), volumeReading),
  }),
  z.object({what: z.literal('exit'), container: z.string(), uptime: z.number(), code: z.number()}),
  z.object({
    /** `done`: an init container ends well; `alive`: written every 0.1 s by a container that stays after SIGTERM. */
    what: z.enum([
      'ready',
      'done',
      'postStart',
      'preStop',
      'SIGTERM',
      'alive',
      'startupProbe',
      'readinessProbe',
      'livenessProbe',
    ]),
    container: z.string(),
    uptime: z.number(),
  }),
]);

export type JournalEntry = z.infer<typeof journalEntrySchema>;

/** Everything that can stand on a line of a recording after its header. */
export const observationSchema = z.discriminatedUnion('kind', [
  z.object({kind: z.literal('pod'), atMs, type: z.enum(['LISTED', 'ADDED', 'MODIFIED', 'DELETED']), object: podSchema}),
  z.object({
    kind: z.literal('event'),
    atMs,
    object: z.looseObject({
      reason: z.string().optional(),
      message: z.string().optional(),
      type: z.string().optional(),
      lastTimestamp: z.string().nullish(),
      count: z.number().optional(),
      involvedObject: z.looseObject({name: z.string().optional(), fieldPath: z.string().optional()}),
    }),
  }),
  z.object({
    kind: z.literal('journal'),
    atMs,
    entry: journalEntrySchema,
    /** Where it is another Pod than the scenario's own. */
    pod: z.string().optional(),
  }),
  z.object({kind: z.literal('clock'), atMs, uptime: z.number(), askedAtMs: z.number()}),
  /** The Pod that the scenario is about, where the manifest doesn't name it. */
  z.object({kind: z.literal('subject'), atMs, pod: z.string()}),
  /** A step of the scenario begins. */
  z.object({kind: z.literal('step'), atMs, name: z.string(), does: z.string()}),
  /** A container is told to exit, as part of a step. */
  z.object({
    kind: z.literal('stimulus'),
    atMs,
    step: z.string(),
    container: z.string(),
    code: z.number(),
    /** Where it is another Pod than the scenario's own. */
    pod: z.string().optional(),
  }),
  /** A version of an object that is neither a Pod nor an event. */
  z.object({
    kind: z.literal('object'),
    atMs,
    resource: z.string(),
    type: z.enum(['LISTED', 'ADDED', 'MODIFIED', 'DELETED']),
    object: z.looseObject({metadata: z.looseObject({name: z.string(), uid: z.string(), resourceVersion: z.string()})}),
  }),
  /** What a command in a container said. */
  z.object({kind: z.literal('output'), atMs, step: z.string(), container: z.string(), text: z.string()}),
  /** What a node said to a command, or did. */
  z.object({kind: z.literal('node'), atMs, node: z.string(), action: z.string(), text: z.string()}),
  /** What the API server answered to a request that is part of the scenario. */
  z.object({
    kind: z.literal('answer'),
    atMs,
    name: z.string(),
    code: z.number(),
    body: z.unknown(),
    /** Warning headers of the answer, where there were any. */
    warnings: z.array(z.string()).optional(),
  }),
  z.object({
    kind: z.literal('gap'),
    atMs,
    /** What was watched; `journal`; `copies`, where there are fewer Pods like the scenario's than it asks for. */
    resource: z.string(),
    why: z.string(),
    /** Whose journal, where it is another Pod than the scenario's own. */
    pod: z.string().optional(),
  }),
  z.object({kind: z.literal('note'), atMs, text: z.string()}),
  z.object({
    kind: z.literal('end'),
    atMs,
    reason: z.enum(['settled', 'out-of-patience', 'not-started', 'error', 'interrupted']),
    text: z.string(),
  }),
]);

export type Observation = z.infer<typeof observationSchema>;

/** The version of the format that this suite writes. */
export const formatVersion = 2;

/** First line of a recording. */
export const headerSchema = z.object({
  kind: z.literal('header'),
  format: z.literal(formatVersion),
  suite: z.string(),
  scenario: scenarioSchema,
  manifestSha256: z.string(),
  /** The Pod of the manifest, or what makes it, and its containers: what admission adds is not judged. */
  pod: z.string(),
  containers: z.array(z.string()),
  /** What stands before each name of the manifest, where the scenario shared a namespace with others. */
  prefix: z.string().optional(),
  /** Kinds of object of the manifest that this user may not create, so that it was sent without them. */
  leftOut: z.array(z.string()).optional(),
  server: z.string(),
  image: z.string(),
  /** How quick the node was before the run; without it, nothing that came late is held against it. */
  calibration: calibrationSchema.optional(),
  /** Wall clock, for people; every other time is monotonic. */
  startedAt: z.string(),
});

export type Header = z.infer<typeof headerSchema>;

/** The name in the API of a Pod that the manifest or the scenario names. */
export function nameInApi({header}: {readonly header: Pick<Header, 'prefix'>}, name: string): string {
  return `${header.prefix ?? ''}${name}`;
}
