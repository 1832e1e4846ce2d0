import {groupOf, type Scenario} from '../recording/scenario.ts';
import type {Right} from './access.ts';

/** A scenario, and the objects that it creates. */
export interface Done {
  readonly scenario: Pick<Scenario, 'watches' | 'steps' | 'injects' | 'before' | 'placed'>;
  readonly objects: readonly {readonly apiVersion: string; readonly kind: string}[];
}

/** Whose the namespaces are in which scenarios run: one that the run makes for each, or a single one that is there. */
export type Home = 'own' | 'given';

/** What every run does in a namespace. */
const inEveryNamespace: readonly Right[] = [
  ...verbs(['create', 'delete', 'list', 'watch'], 'pods'),
  ...verbs(['list', 'watch'], 'events'),
  ['get', 'pods', 'exec'],
  ['create', 'pods', 'exec'],
];

const toHaveNamespaces: readonly Right[] = [
  ...verbs(['create', 'delete', 'list', 'watch'], 'namespaces'),
  ...verbs(['list', 'watch'], 'serviceaccounts'),
];

/** What a step does beside telling containers to exit and deleting the Pod. */
const ofSteps: Readonly<Partial<Record<Scenario['steps'][number]['do'], Right>>> = {
  debug: ['patch', 'pods', 'ephemeralcontainers'],
  resize: ['patch', 'pods', 'resize'],
  'previous log': ['get', 'pods', 'log'],
};

/** The rights without which no scenario can run; manifests/rbac holds them as Roles. */
export function rightsOfEveryRun(home: Home): readonly Right[] {
  return home === 'own' ? [...toHaveNamespaces, ...inEveryNamespace] : inEveryNamespace;
}

/** The rights that a scenario needs beside those: for what it creates, watches and does, and to remove it again. */
export function rightsOf({scenario, objects}: Done, home: Home): readonly Right[] {
  const {watches = [], steps, injects, before, placed} = scenario;
  const all = [
    ...objects.flatMap(object => ofObject(object, home)),
    ...watches.flatMap(kind => verbs(['list', 'watch'], named(kind, groupOf[kind]))),
    ...steps.map(step => ofSteps[step.do]).filter(right => right !== undefined),
    ...(before === undefined && placed === undefined ? [] : verbs(['list'], 'nodes')),
    ...(injects === undefined
      ? []
      : verbs(['create', 'list', 'delete'], 'mutatingwebhookconfigurations.admissionregistration.k8s.io')),
  ];
  return [...new Map(all.map(right => [right.join('/'), right])).values()];
}

/** What is in a namespace of the run's own goes with it; all else the run deletes itself. */
function ofObject({apiVersion, kind}: Done['objects'][number], home: Home): readonly Right[] {
  const resource = named(`${kind.toLowerCase()}s`, apiVersion);
  if (kind === 'PersistentVolume') return verbs(['create', 'delete'], resource);
  return verbs(home === 'own' ? ['create'] : ['create', 'list', 'delete'], resource);
}

function verbs(each: readonly string[], resource: string): readonly Right[] {
  return each.map(verb => [verb, resource]);
}

/** A resource with its group, where it has one. */
function named(resource: string, apiVersion: string): string {
  const [group] = apiVersion.includes('/') ? apiVersion.split('/') : [];
  return group === undefined ? resource : `${resource}.${group}`;
}
