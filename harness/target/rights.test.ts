import {readdirSync, readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {beforeAll, expect, test} from '@jest/globals';
import {parse} from 'yaml';
import {z} from 'zod';
import {readManifest} from '../scenario/manifest.ts';
import {collectStatements, type Statement} from '../suite.ts';
import type {Right} from './access.ts';
import {rightsOf, rightsOfEveryRun, type Home} from './rights.ts';

const folder = (name: string): URL => new URL(`../../${name}/`, import.meta.url);
const roleSchema = z.looseObject({
  rules: z.array(
    z.looseObject({
      apiGroups: z.array(z.string()).default([]),
      resources: z.array(z.string()).default([]),
      verbs: z.array(z.string()),
    }),
  ),
});

/** Rights of the given roles of manifests/rbac, as `rightsOf` writes them. */
const granted = (...files: readonly string[]): ReadonlySet<string> =>
  new Set(
    files
      .flatMap(
        file => roleSchema.parse(parse(readFileSync(new URL(`rbac/${file}`, folder('manifests')), 'utf8'))).rules,
      )
      .flatMap(({apiGroups, resources, verbs}) =>
        apiGroups.flatMap(group =>
          resources.flatMap(each => {
            const [resource = '', ...subresource] = each.split('/');
            const named = group === '' ? resource : `${resource}.${group}`;
            return verbs.map(verb => [verb, named, ...subresource].join(' '));
          }),
        ),
      ),
  );

const texts = (rights: readonly Right[]): string[] => rights.map(right => right.join(' '));

let statements: readonly Statement[] = [];

beforeAll(async () => {
  const suites = readdirSync(folder('suites')).filter(name => name.endsWith('.test.ts'));
  statements = await collectStatements(async () => {
    for (const name of suites) await import(new URL(name, folder('suites')).pathname);
  });
});

/** What the suites' scenarios of a profile need, on a target that is none of our own, in namespaces of whose. */
function neededBy(profile: string, home: Home): string[] {
  const scenarios = statements
    .filter(({requirement, scenario}) => requirement.profile === profile && scenario.needs === undefined)
    .map(({scenario}) => scenario)
    .filter(({byRequest}) => byRequest !== true);
  const fit = {namespace: '', labels: {}, image: ''};
  const all = scenarios.flatMap(scenario => {
    const file = fileURLToPath(new URL(scenario.manifest, folder('manifests')));
    return texts(rightsOf({scenario, objects: readManifest(file, fit).objects}, home));
  });
  return [...texts(rightsOfEveryRun(home)), ...all];
}

const without = (roles: ReadonlySet<string>, needed: readonly string[]): string[] => [
  ...new Set(needed.filter(right => !roles.has(right))),
];

test.each([
  ['core', ['core.yaml', 'secrets.yaml']],
  ['service-level', ['core.yaml', 'secrets.yaml']],
  ['workloads', ['core.yaml', 'workloads.yaml']],
])('in a namespace that is given, the profile %s needs no more than %j give', (profile, files) => {
  expect(without(granted(...files), neededBy(profile, 'given'))).toEqual([]);
});

test('of the core profile, core.yaml lacks the rights on secrets alone', () => {
  const missing = without(granted('core.yaml'), neededBy('core', 'given'));
  expect(missing).toEqual(['create secrets', 'list secrets', 'delete secrets']);
});

test.each(['core', 'service-level', 'workloads'])(
  'in namespaces of its own, the profile %s needs no more than namespaces.yaml gives',
  profile => {
    const needed = neededBy(profile, 'own');
    expect(without(granted('namespaces.yaml'), needed)).toEqual([]);
    expect(needed).toContain('create namespaces');
  },
);

test('what a scenario creates, watches and does is a right, once', () => {
  const steps = [
    {do: 'debug', name: 'a', container: 'b'} as const,
    {do: 'previous log', name: 'c', container: 'd'} as const,
    {do: 'previous log', name: 'e', container: 'd'} as const,
  ];
  const scenario = {steps, watches: ['jobs' as const], injects: 'mesh'};
  const objects = [
    {apiVersion: 'v1', kind: 'PersistentVolume'},
    {apiVersion: 'batch/v1', kind: 'Job'},
  ];
  expect(texts(rightsOf({scenario, objects}, 'own'))).toEqual([
    'create persistentvolumes',
    'delete persistentvolumes',
    'create jobs.batch',
    'list jobs.batch',
    'watch jobs.batch',
    'patch pods ephemeralcontainers',
    'get pods log',
    'create mutatingwebhookconfigurations.admissionregistration.k8s.io',
    'list mutatingwebhookconfigurations.admissionregistration.k8s.io',
    'delete mutatingwebhookconfigurations.admissionregistration.k8s.io',
  ]);
  expect(texts(rightsOf({scenario, objects}, 'given'))).toContain('delete jobs.batch');
});
