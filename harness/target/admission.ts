import {z} from 'zod';

const named = z.looseObject({name: z.string()});
const labels = z.record(z.string(), z.string()).default({});
const containerSchema = z.looseObject({
  name: z.string(),
  env: z.array(named).default([]),
  volumeMounts: z.array(named).default([]),
});
const podSchema = z.looseObject({
  metadata: z.looseObject({labels, annotations: labels}),
  spec: z.looseObject({
    containers: z.array(containerSchema),
    initContainers: z.array(containerSchema).default([]),
    volumes: z.array(named).default([]),
    tolerations: z.array(z.looseObject({key: z.string().optional()})).default([]),
  }),
});

/** Fields of a Pod's spec that only admission sets where they were not sent. */
const fields = [
  'affinity',
  'nodeSelector',
  'runtimeClassName',
  'overhead',
  'priorityClassName',
  'imagePullSecrets',
  'hostAliases',
  'dnsConfig',
  'topologySpreadConstraints',
  'readinessGates',
  'resourceClaims',
] as const;

/** Tolerations that every API server adds (Taints and Tolerations, "Taint based Evictions"). */
const usualTolerations = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/** The volume of the service account's token, which every API server adds. */
const tokenVolume = 'kube-api-access-';

/**
 * What admission added to a Pod beside what every API server does: containers of a service mesh, volumes, labels, defaults of a
 * RuntimeClass.
 *
 * @returns each addition in a few words, with its name; empty for what is no Pod
 */
export function addedByAdmission(sent: unknown, stored: unknown): readonly string[] {
  const [was, is] = [podSchema.safeParse(sent).data, podSchema.safeParse(stored).data];
  if (was === undefined || is === undefined) return [];
  const keys = (what: string, before: object, after: object): string[] =>
    fresh(Object.keys(before), Object.keys(after)).map(key => `${what} ${key}`);
  const names = (what: string, before: readonly Named[], after: readonly Named[]): string[] =>
    fresh(before.map(nameOf), after.map(nameOf))
      .filter(name => !name.startsWith(tokenVolume))
      .map(name => `${what} ${name}`);
  const ours = [...was.spec.initContainers, ...was.spec.containers].flatMap(before => {
    const after = [...is.spec.initContainers, ...is.spec.containers].find(({name}) => name === before.name);
    if (after === undefined) return [];
    const {name} = before;
    return [
      ...names(`in container ${name}: variable`, before.env, after.env),
      ...names(`in container ${name}: mount`, before.volumeMounts, after.volumeMounts),
    ];
  });
  return [
    ...names('init container', was.spec.initContainers, is.spec.initContainers),
    ...names('container', was.spec.containers, is.spec.containers),
    ...names('volume', was.spec.volumes, is.spec.volumes),
    ...ours,
    ...keys('label', was.metadata.labels, is.metadata.labels),
    ...keys('annotation', was.metadata.annotations, is.metadata.annotations),
    ...fresh(was.spec.tolerations.map(keyOf), is.spec.tolerations.map(keyOf))
      .filter(key => !usualTolerations.includes(key))
      .map(key => `toleration ${key}`),
    ...fields.filter(field => !(field in was.spec) && field in is.spec).map(field => `spec.${field}`),
  ];
}

type Named = z.infer<typeof named>;

function nameOf({name}: Named): string {
  return name;
}

function keyOf({key = 'of everything'}: {readonly key?: string | undefined}): string {
  return key;
}

function fresh(before: readonly string[], after: readonly string[]): readonly string[] {
  return [...new Set(after)].filter(each => !before.includes(each));
}
