import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {parseAllDocuments} from 'yaml';
import {z} from 'zod';
import {messageOf, SuiteError} from '../errors.ts';

const container = z.looseObject({name: z.string(), image: z.string()});
const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({name: z.string(), labels: z.record(z.string(), z.string()).optional()}),
});
const podSpecSchema = z.looseObject({
  containers: z.array(container),
  initContainers: z.array(container).optional(),
});

/** An object of a manifest, as it is sent. */
export type ManifestObject = z.infer<typeof objectSchema>;

/** A manifest with the run's namespace, label and image put in; nothing else of it is changed. */
export interface Manifest {
  readonly objects: readonly ManifestObject[];
  /** Name of its one Pod, and of its containers. */
  readonly pod: string;
  readonly containers: readonly string[];
  /** SHA-256 of the file as it lies in manifests/. */
  readonly sha256: string;
}

/**
 * Reads a manifest and fits it to a run.
 *
 * @param file path of a YAML file with one Pod and whatever it needs
 * @throws SuiteError `badData` where it can't be read or is no such manifest
 */
export function readManifest(
  file: string,
  fit: {namespace: string; labels: Record<string, string>; image: string},
): Manifest {
  try {
    const text = readFileSync(file, 'utf8');
    const objects = parseAllDocuments(text, {merge: true}).map(document => {
      const [problem] = document.errors;
      if (problem !== undefined) throw problem;
      return objectSchema.parse(document.toJS({maxAliasCount: -1}));
    });
    const pods = objects.filter(({kind}) => kind === 'Pod');
    const [pod] = pods;
    if (pod === undefined || pods.length > 1) throw new Error(`it has ${pods.length} Pods instead of one`);
    return {
      objects: objects.map(object => fitObject(object, fit)),
      pod: pod.metadata.name,
      containers: containerNames(pod),
      sha256: createHash('sha256').update(text).digest('hex'),
    };
  } catch (cause) {
    throw new SuiteError('badData', `manifest ${file} can't be used: ${messageOf(cause)}`, {cause});
  }
}

function containerNames(pod: ManifestObject): readonly string[] {
  const {initContainers = [], containers} = podSpecSchema.parse(pod['spec']);
  return [...initContainers, ...containers].map(({name}) => name);
}

function fitObject(
  object: ManifestObject,
  {namespace, labels, image}: Parameters<typeof readManifest>[1],
): ManifestObject {
  const metadata = {...object.metadata, namespace, labels: {...object.metadata.labels, ...labels}};
  if (object.kind !== 'Pod') return {...object, metadata};
  const spec = podSpecSchema.parse(object['spec']);
  const withImage = (containers: z.infer<typeof container>[]) => containers.map(each => ({...each, image}));
  return {
    ...object,
    metadata,
    spec: {
      ...spec,
      containers: withImage(spec.containers),
      ...(spec.initContainers === undefined ? {} : {initContainers: withImage(spec.initContainers)}),
    },
  };
}
