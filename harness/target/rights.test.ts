import {readdirSync, readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {beforeAll, expect, test} from '@jest/globals';
import {parse} from 'yaml';
import {z} from 'zod';
import {readManifest} from '../scenario/manifest.ts';
import {collectStatements, type Statement} from '../suite.ts';
import {rightsOf} from './rights.ts';

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

const texts = (rights: ReturnType<typeof rightsOf>): string[] => rights.map(right => right.join(' '));

let statements: readonly Statement[] = [];

beforeAll(async () => {
  const suites = readdirSync(folder('suites')).filter(name => name.endsWith('.test.ts'));
  statements = await collectStatements(async () => {
    for (const name of suites) await import(new URL(name, folder('suites')).pathname);
  });
});

/** What the suites' scenarios of a profile need, on a target that is none of our own. */
function neededBy(profile: string): string[] {
  const scenarios = statements
    .filter(({requirement, scenario}) => requirement.profile === profile && scenario.needs === undefined)
    .map(({scenario}) => scenario);
  const fit = {namespace: '', labels: {}, image: ''};
  return texts(
    rightsOf(
      scenarios
        .filter(({byRequest}) => byRequest !== true)
        .map(scenario => ({
          scenario,
          objects: readManifest(fileURLToPath(new URL(scenario.manifest, folder('manifests'))), fit).objects,
        })),
    ),
  );
}

test('a run of the core profile needs no more than core.yaml gives', () => {
  const roles = granted('core.yaml');
  expect(neededBy('core').filter(right => !roles.has(right))).toEqual([]);
});

test('a run of the workloads profile needs no more than core.yaml and workloads.yaml give', () => {
  const roles = granted('core.yaml', 'workloads.yaml');
  const needed = neededBy('workloads');
  expect(needed.filter(right => !roles.has(right))).toEqual([]);
  expect(needed).toContain('watch replicasets.apps');
});

test('what a scenario creates, watches and does is a right, once', () => {
  const steps = [
    {do: 'debug', name: 'a', container: 'b'} as const,
    {do: 'previous log', name: 'c', container: 'd'} as const,
  ];
  const scenario = {steps, watches: ['jobs' as const], injects: 'mesh'};
  const objects = [
    {apiVersion: 'v1', kind: 'PersistentVolume'},
    {apiVersion: 'batch/v1', kind: 'Job'},
  ];
  const before = new Set(texts(rightsOf([])));
  expect(
    texts(
      rightsOf([
        {scenario, objects},
        {scenario, objects},
      ]),
    ).filter(right => !before.has(right)),
  ).toEqual([
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
});
