import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {parseAllDocuments} from 'yaml';
import {z} from 'zod';
import {messageOf, SuiteError} from '../errors.ts';
import type {Scenario} from '../recording/scenario.ts';

const container = z.looseObject({name: z.string(), image: z.string()});
const labels = z.record(z.string(), z.string());
const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({name: z.string(), labels: labels.optional()}),
});
const podSpecSchema = z.looseObject({
  containers: z.array(container),
  initContainers: z.array(container).optional(),
});
const templateSchema = z.looseObject({
  metadata: z.looseObject({labels: labels.optional()}).optional(),
  spec: podSpecSchema,
});
const ownerSpecSchema = z.looseObject({template: templateSchema});

/** An object of a manifest, as it is sent. */
export type ManifestObject = z.infer<typeof objectSchema>;

/** A manifest with the run's namespace, label and image put in, and the scenario's overlay; nothing else of it is changed. */
export interface Manifest {
  readonly objects: readonly ManifestObject[];
  /** Name of the first Pod, or of the object that makes it. */
  readonly pod: string;
  /** Whether another object makes the Pod, so that its name is not known. */
  readonly owned: boolean;
  /** The Pod's containers. */
  readonly containers: readonly string[];
  /** SHA-256 of the file as it lies in manifests/. */
  readonly sha256: string;
}

/** What is put into a manifest. */
export interface Fit {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly image: string;
  readonly overlay?: Scenario['overlay'];
}

/**
 * Reads a manifest and fits it to a run.
 *
 * @param file path of a YAML file with a Pod, or something with a Pod template, and whatever it needs; where there are
 *   several Pods the first is the scenario's, which alone gets the overlay
 * @throws SuiteError `badData` where it can't be read or is no such manifest
 */
export function readManifest(file: string, fit: Fit): Manifest {
  try {
    const text = readFileSync(file, 'utf8');
    const objects = parseAllDocuments(text, {merge: true}).map(document => {
      const [problem] = document.errors;
      if (problem !== undefined) throw problem;
      return objectSchema.parse(document.toJS({maxAliasCount: -1}));
    });
    const subject = objects.find(object => podSpecOf(object) !== undefined);
    if (subject === undefined) throw new Error('it has neither a Pod nor a Pod template');
    const {initContainers = [], containers} = podSpecOf(subject) ?? {containers: []};
    const names = [...initContainers, ...containers].map(({name}) => name);
    const stray = Object.keys(fit.overlay?.containers ?? {}).find(name => !names.includes(name));
    if (stray !== undefined) throw new Error(`it has no container ${stray}, which the scenario changes`);
    return {
      objects: objects.map(object => fitObject(object, object === subject ? fit : {...fit, overlay: undefined})),
      pod: subject.metadata.name,
      owned: subject.kind !== 'Pod',
      containers: names,
      sha256: createHash('sha256').update(text).digest('hex'),
    };
  } catch (cause) {
    throw new SuiteError('badData', `manifest ${file} can't be used: ${messageOf(cause)}`, {cause});
  }
}

/** The Pod spec of a Pod, or of the template that an object makes Pods from. */
function podSpecOf(object: ManifestObject): z.infer<typeof podSpecSchema> | undefined {
  if (object.kind === 'Pod') return podSpecSchema.parse(object['spec']);
  return ownerSpecSchema.safeParse(object['spec']).data?.template.spec;
}

function fitObject(object: ManifestObject, fit: Fit): ManifestObject {
  const metadata = {
    ...object.metadata,
    namespace: fit.namespace,
    labels: {...object.metadata.labels, ...fit.labels},
  };
  if (object.kind === 'Pod') return {...object, metadata, spec: fitPod(podSpecSchema.parse(object['spec']), fit)};
  const {data: spec} = ownerSpecSchema.safeParse(object['spec']);
  if (spec === undefined) return {...object, metadata};
  const {template} = spec;
  const labels = {...template.metadata?.labels, ...fit.labels};
  const fitted = {...template, metadata: {...template.metadata, labels}, spec: fitPod(template.spec, fit)};
  return {...object, metadata, spec: {...spec, template: fitted}};
}

function fitPod(spec: z.infer<typeof podSpecSchema>, {image, overlay}: Fit): object {
  const fitted = (containers: z.infer<typeof container>[]) =>
    containers.map(each => ({...each, image, ...overlay?.containers?.[each.name]}));
  return {
    ...spec,
    ...overlay?.spec,
    containers: fitted(spec.containers),
    ...(spec.initContainers === undefined ? {} : {initContainers: fitted(spec.initContainers)}),
  };
}
