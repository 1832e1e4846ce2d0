import {z} from 'zod';

const recordSchema = z.record(z.string(), z.unknown());
const jobTemplatesSchema = z.looseObject({
  replicatedJobs: z.array(
    z.looseObject({template: z.looseObject({metadata: z.looseObject({labels: recordSchema.optional()}).optional()})}),
  ),
});

/** What objects get in a namespace that other scenarios use too. */
export interface Own {
  /** Put before each name, and before the names by which objects refer to one another. */
  readonly prefix: string;
  /** Put into every selector. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * A namespaced object under a name of its own, for a namespace that other scenarios use too, and with selectors that choose
 * nothing of theirs.
 *
 * @param object as it would be sent to a namespace that it has for itself, with its labels
 */
export function withPrefix(
  object: {readonly metadata: Readonly<Record<string, unknown>> & {readonly name: string}},
  {prefix, labels}: Own,
): Record<string, unknown> {
  const {metadata, ...rest} = object;
  const {spec, ...other} = recordSchema.parse(renamed(rest, prefix));
  return {
    ...other,
    metadata: {...metadata, name: `${prefix}${metadata.name}`},
    ...(spec === undefined ? {} : {spec: withLabels(recordSchema.parse(spec), labels)}),
  };
}

/** Any value with the names of ConfigMaps, Secrets and claims in it changed. */
function renamed(value: unknown, prefix: string, within = ''): unknown {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    return items.map(item => renamed(item, prefix, within));
  }
  const {data} = recordSchema.safeParse(value);
  if (data === undefined) return value;
  const isName = (key: string): boolean =>
    ['secretName', 'claimName'].includes(key) || (key === 'name' && ['configMap', 'secret'].includes(within));
  return Object.fromEntries(
    Object.entries(data).map(([key, each]) =>
      typeof each === 'string' && isName(key) ? [key, `${prefix}${each}`] : [key, renamed(each, prefix, key)],
    ),
  );
}

/** The labels in a selector, of a Service or of what has one with matchLabels, and on the Jobs that a JobSet makes. */
function withLabels(spec: Record<string, unknown>, labels: Own['labels']): Record<string, unknown> {
  const {data: selector} = recordSchema.safeParse(spec['selector']);
  const {data: jobs} = jobTemplatesSchema.safeParse(spec);
  if (jobs !== undefined) {
    const replicatedJobs = jobs.replicatedJobs.map(job => {
      const {metadata} = job.template;
      const labelled = {...metadata, labels: {...metadata?.labels, ...labels}};
      return {...job, template: {...job.template, metadata: labelled}};
    });
    return {...spec, replicatedJobs};
  }
  if (selector === undefined) return spec;
  const {data: match} = recordSchema.safeParse(selector['matchLabels']);
  return {
    ...spec,
    selector: match === undefined ? {...selector, ...labels} : {...selector, matchLabels: {...match, ...labels}},
  };
}
