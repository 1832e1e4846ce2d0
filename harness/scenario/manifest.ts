import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {parseAllDocuments} from 'yaml';
import {z} from 'zod';
import {messageOf, SuiteError} from '../errors.ts';
import {anyDevice, type Overlay, type Scenario} from '../recording/scenario.ts';
import type {Placement} from '../recording/target.ts';
import {withPrefix, type Own} from './prefix.ts';

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
  nodeSelector: labels.optional(),
});
const templateSchema = z.looseObject({
  metadata: z.looseObject({labels: labels.optional()}).optional(),
  spec: podSpecSchema,
});
const ownerSpecSchema = z.looseObject({template: templateSchema});
/** A JobSet makes Jobs from templates, and these the Pods. */
const jobSetSpecSchema = z.looseObject({
  replicatedJobs: z.array(z.looseObject({template: z.looseObject({spec: ownerSpecSchema})})).min(1),
});

/** A claim on a volume of the same manifest. */
const claimSchema = z.looseObject({
  kind: z.literal('PersistentVolumeClaim'),
  spec: z.looseObject({volumeName: z.string()}),
});

/** A container that asks for any device. */
const devicesSchema = z.looseObject({resources: z.looseObject({limits: z.looseObject({[anyDevice]: z.string()})})});

/** Kinds without a namespace: such an object gets the scenario's name in the run, so that each run has its own. */
const clusterScoped = new Set(['Node', 'PersistentVolume']);

/** Path of the collection that an object of a manifest is created in. */
export function collectionOf({apiVersion, kind}: ManifestObject, namespace: string): string {
  const group = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  const scope = clusterScoped.has(kind) ? '' : `/namespaces/${namespace}`;
  return `${group}${scope}/${kind.toLowerCase()}s`;
}

type Container = z.infer<typeof container>;
type PodSpec = z.infer<typeof podSpecSchema>;
type Template = z.infer<typeof templateSchema>;

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

/** What is put into a manifest: also into a nodeSelector, where that names one of the labels. */
export interface Fit {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly image: string;
  /** Name of the Secret that the image is pulled with. */
  readonly pullSecret?: string | undefined;
  readonly overlay?: Scenario['overlay'];
  /** Name of the resource that its containers get where they ask for any device. */
  readonly device?: string | undefined;
  /** The node that its Pods are for, where that is not left to the scheduler. */
  readonly node?: string | undefined;
  /** Name of what belongs to no namespace; the namespace's own unless told otherwise. */
  readonly unique?: string | undefined;
  /** What is put before every name, where others have objects in the namespace too; selectors then name the labels. */
  readonly prefix?: string | undefined;
  /** Where Pods are to run, apart from those that the manifest places itself. */
  readonly placement?: Placement | undefined;
  /** Kinds of object that are left out, with the volumes that are made of them. */
  readonly without?: readonly string[] | undefined;
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
    const objects = parseAllDocuments(text, {merge: true})
      .map(document => {
        const [problem] = document.errors;
        if (problem !== undefined) throw problem;
        return objectSchema.parse(document.toJS({maxAliasCount: -1}));
      })
      .filter(({kind}) => fit.without?.includes(kind) !== true);
    const subject = objects.find(object => podSpecOf(object) !== undefined);
    if (subject === undefined) throw new Error('it has neither a Pod nor a Pod template');
    const {initContainers = [], containers} = podSpecOf(subject) ?? {containers: []};
    const names = [...initContainers, ...containers].map(({name}) => name);
    const stray = Object.keys(fit.overlay?.containers ?? {}).find(name => !names.includes(name));
    if (stray !== undefined) throw new Error(`it has no container ${stray}, which the scenario changes`);
    const fitted = objects.map(object => fitObject(object, object === subject ? fit : {...fit, overlay: undefined}));
    const {prefix = '', labels: own} = fit;
    return {
      objects: prefix === '' ? fitted : fitted.map(object => prefixed(object, {prefix, labels: own})),
      pod: `${prefix}${subject.metadata.name}`,
      owned: subject.kind !== 'Pod',
      containers: names,
      sha256: createHash('sha256').update(text).digest('hex'),
    };
  } catch (cause) {
    throw new SuiteError('badData', `manifest ${file} can't be used: ${messageOf(cause)}`, {cause});
  }
}

/** What has no namespace has a name of its own already. */
function prefixed(object: ManifestObject, own: Own): ManifestObject {
  return clusterScoped.has(object.kind) ? object : objectSchema.parse(withPrefix(object, own));
}

/** The Pod spec of a Pod, or of the template that an object makes Pods from. */
function podSpecOf(object: ManifestObject): PodSpec | undefined {
  if (object.kind === 'Pod') return podSpecSchema.parse(object['spec']);
  const jobSet = jobSetSpecSchema.safeParse(object['spec']).data;
  const owner = jobSet?.replicatedJobs[0]?.template.spec ?? ownerSpecSchema.safeParse(object['spec']).data;
  return owner?.template.spec;
}

/** An object with each of its Pod templates changed; one that has none as it is. */
function withTemplates(object: ManifestObject, change: (template: Template) => Template): ManifestObject {
  const ofOwner = (spec: z.infer<typeof ownerSpecSchema>) => ({...spec, template: change(spec.template)});
  const {data: jobSet} = jobSetSpecSchema.safeParse(object['spec']);
  if (jobSet !== undefined) {
    const replicatedJobs = jobSet.replicatedJobs.map(({template, ...job}) => ({
      ...job,
      template: {...template, spec: ofOwner(template.spec)},
    }));
    return {...object, spec: {...jobSet, replicatedJobs}};
  }
  const {data: owner} = ownerSpecSchema.safeParse(object['spec']);
  return owner === undefined ? object : {...object, spec: ofOwner(owner)};
}

function fitObject(object: ManifestObject, fit: Fit): ManifestObject {
  const {unique = fit.namespace} = fit;
  if (clusterScoped.has(object.kind)) {
    const labels = {...object.metadata.labels, ...fit.labels};
    return {...object, metadata: {...object.metadata, name: unique, labels}};
  }
  const metadata = {
    ...object.metadata,
    namespace: fit.namespace,
    labels: {...object.metadata.labels, ...fit.labels},
  };
  const {data: claim} = claimSchema.safeParse(object);
  if (claim !== undefined) return {...object, metadata, spec: {...claim.spec, volumeName: unique}};
  if (object.kind === 'Pod') return {...object, metadata, spec: fitPod(podSpecSchema.parse(object['spec']), fit)};
  return withTemplates({...object, metadata}, template => {
    const labels = {...template.metadata?.labels, ...fit.labels};
    return {...template, metadata: {...template.metadata, labels}, spec: fitPod(template.spec, fit)};
  });
}

function fitPod(
  spec: PodSpec,
  {image, pullSecret, labels, placement, prefix = '', without = [], overlay = {}, device, node}: Fit,
): PodSpec {
  const whittled = without.reduce((less, kind) => withoutVolumes(less, kind), spec);
  const fitted = withPullSecret(
    eachContainer(whittled, each => ({...each, image})),
    pullSecret,
  );
  const own = Object.entries(spec.nodeSelector ?? {}).map(([key, value]) => [key, labels[key] ?? value] as const);
  const wanted = own.length === 0 ? placementFields(placement) : {};
  const selector = {
    ...placement?.nodeSelector,
    ...(node === undefined ? {} : {'kubernetes.io/hostname': node}),
  };
  const nodeSelector = own.length === 0 ? selector : Object.fromEntries(own);
  // In a namespace that others use too, their Services come and go, and with them environment variables.
  const alone = prefix === '' ? {} : {enableServiceLinks: false};
  const placed = {...fitted, ...wanted, ...alone, ...(Object.keys(nodeSelector).length === 0 ? {} : {nodeSelector})};
  const whole = overlaidSpec(placed, overlay);
  return device === undefined ? whole : eachContainer(whole, each => withDevice(each, device));
}

function withDevice(container: Container, device: string): Container {
  const {data} = devicesSchema.safeParse(container);
  if (data === undefined) return container;
  const {[anyDevice]: count, ...limits} = data.resources.limits;
  return {...container, resources: {...data.resources, limits: {...limits, [device]: count}}};
}

/** The fields of a Pod's spec by which it runs where the user wants it to. */
export function placementFields({nodeSelector, runtimeClass}: Placement = {}): Record<string, unknown> {
  return {
    ...(nodeSelector === undefined ? {} : {nodeSelector}),
    ...(runtimeClass === undefined ? {} : {runtimeClassName: runtimeClass}),
  };
}

/** A Pod's spec without the volumes that are made of a kind of object, and without their mounts. */
function withoutVolumes(spec: PodSpec, kind: string): PodSpec {
  const volumes = volumesSchema.parse(spec['volumes']);
  const source = kind.toLowerCase();
  const gone = new Set(volumes.filter(volume => source in volume).map(({name}) => name));
  const less = eachContainer(spec, each => {
    const mounts = mountsSchema.parse(each['volumeMounts']);
    return mounts.length === 0 ? each : {...each, volumeMounts: mounts.filter(({name}) => !gone.has(name))};
  });
  return {...less, ...(volumes.length === 0 ? {} : {volumes: volumes.filter(({name}) => !gone.has(name))})};
}

const volumesSchema = z.array(z.looseObject({name: z.string()})).default([]);
const mountsSchema = z.array(z.looseObject({name: z.string()})).default([]);

/** A Pod, or what makes Pods, with other fields in the Pod's spec or in containers by name. */
export function overlaid(object: ManifestObject, overlay: Overlay): ManifestObject {
  if (object.kind === 'Pod') return {...object, spec: overlaidSpec(podSpecSchema.parse(object['spec']), overlay)};
  return withTemplates(object, template => ({...template, spec: overlaidSpec(template.spec, overlay)}));
}

function overlaidSpec(spec: PodSpec, {spec: fields, containers = {}}: Overlay): PodSpec {
  return eachContainer({...spec, ...fields}, each => ({...each, ...containers[each.name]}));
}

/** A Pod's spec whose images are pulled with that Secret, where there is one. */
export function withPullSecret<Spec extends object>(spec: Spec, name: string | undefined): Spec {
  return name === undefined ? spec : {...spec, imagePullSecrets: [{name}]};
}

function eachContainer(spec: PodSpec, change: (container: Container) => Container): PodSpec {
  const {initContainers} = spec;
  return {
    ...spec,
    containers: spec.containers.map(change),
    ...(initContainers === undefined ? {} : {initContainers: initContainers.map(change)}),
  };
}
