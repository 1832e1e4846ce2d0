import {groupOf, type Scenario} from '../recording/scenario.ts';

/** A verb on a resource, which may be of a group and may have a subresource: deployments.apps, pods/exec. */
export type Right = readonly [verb: string, resource: string, subresource?: string];

/** A scenario, and the objects that it creates. */
export interface Done {
  readonly scenario: Pick<Scenario, 'watches' | 'steps' | 'injects'>;
  readonly objects: readonly {readonly apiVersion: string; readonly kind: string}[];
}

/** What every run does on a target. */
const ofEveryRun: readonly Right[] = [
  ...verbs(['create', 'delete', 'list', 'watch'], 'namespaces'),
  ...verbs(['create', 'delete', 'list', 'watch'], 'pods'),
  ...verbs(['list', 'watch'], 'events'),
  ['get', 'pods', 'exec'],
  ['create', 'pods', 'exec'],
  ...verbs(['list', 'watch'], 'serviceaccounts'),
];

/** What a step does beside telling containers to exit and deleting the Pod. */
const ofSteps: Readonly<Partial<Record<Scenario['steps'][number]['do'], Right>>> = {
  debug: ['patch', 'pods', 'ephemeralcontainers'],
  resize: ['patch', 'pods', 'resize'],
  'previous log': ['get', 'pods', 'log'],
};

/**
 * The rights that a run needs: what every run does, and what its scenarios create, watch and do. manifests/rbac holds them as
 * ClusterRoles.
 */
export function rightsOf(scenarios: readonly Done[]): readonly Right[] {
  const all = [...ofEveryRun, ...scenarios.flatMap(ofScenario)];
  return [...new Map(all.map(right => [right.join('/'), right])).values()];
}

function ofScenario({scenario: {watches = [], steps, injects}, objects}: Done): readonly Right[] {
  return [
    ...objects.flatMap(ofObject),
    ...watches.flatMap(kind => verbs(['list', 'watch'], named(kind, groupOf[kind]))),
    ...steps.map(step => ofSteps[step.do]).filter(right => right !== undefined),
    ...(injects === undefined
      ? []
      : verbs(['create', 'list', 'delete'], 'mutatingwebhookconfigurations.admissionregistration.k8s.io')),
  ];
}

/** A volume belongs to no namespace, so that the run deletes it itself. */
function ofObject({apiVersion, kind}: Done['objects'][number]): readonly Right[] {
  const resource = named(`${kind.toLowerCase()}s`, apiVersion);
  return verbs(kind === 'PersistentVolume' ? ['create', 'delete'] : ['create'], resource);
}

function verbs(each: readonly string[], resource: string): readonly Right[] {
  return each.map(verb => [verb, resource]);
}

/** A resource with its group, where it has one. */
function named(resource: string, apiVersion: string): string {
  const [group] = apiVersion.includes('/') ? apiVersion.split('/') : [];
  return group === undefined ? resource : `${resource}.${group}`;
}
