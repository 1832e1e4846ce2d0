import pLimit from 'p-limit';
import {z} from 'zod';
import type {Recorder} from '../recorder/recorder.ts';
import {allUp} from '../recording/pod.ts';
import type {Step} from '../recording/scenario.ts';
import type {Api} from '../target/api.ts';
import {callsAtOnce} from '../timeouts.ts';
import type {ManifestObject} from './manifest.ts';
import {podsOf} from './several-pods.ts';
import type {Subject} from './stimulus.ts';

/** Where Pods are created again. */
interface Site {
  readonly api: Api;
  readonly recorder: Recorder;
  readonly subject: Subject;
  /** The scenario's Pod as it was sent. */
  readonly own: ManifestObject;
}

const specSchema = z.looseObject({});

/**
 * Deletes Pods, waits until each is gone and creates it again at once. The scheduler binds it anew, to the node that it was
 * on: times of another node are on another clock. With Pods by name, the step is over when all are up.
 *
 * @throws OutOfPatience where a Pod does not go, is not seen to come, or does not get up
 */
export async function recreate(
  {api, recorder, subject, own}: Site,
  {name: step, pods}: Extract<Step, {do: 'recreate'}>,
): Promise<void> {
  const {namespace, budgets, signal} = subject;
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const names = pods === undefined ? [own.metadata.name] : podsOf({pods}, recorder);
  const before = new Map(recorder.pods.map(pod => [pod.metadata.name, pod]));
  const isNew = (name: string): boolean => recorder.podNamed(name)?.metadata.uid !== before.get(name)?.metadata.uid;
  await pLimit(callsAtOnce).map(names, name => api.json(`${path}/${name}`, {method: 'DELETE', signal}));
  const slow = {...budgets.restart, ms: budgets.restart.ms + names.length * budgets.copyReady.ms};
  const come = await pLimit(names.length).map(names, async name => {
    await recorder.until(`${step}: ${name} gone`, slow, () => recorder.isGone(name));
    const body = {...own, metadata: {...own.metadata, name}, spec: onNode(own, before.get(name)?.spec.nodeName)};
    await api.json(path, {method: 'POST', body, signal});
    await recorder.until(`${step}: ${name} created`, budgets.confirm, () => isNew(name));
    return name;
  });
  if (pods === undefined) return;
  await recorder.until(`${step}: all are up`, slow, () =>
    come.every(name => {
      const pod = recorder.podNamed(name);
      return pod !== undefined && isNew(name) && allUp(pod);
    }),
  );
}

/** The spec with a node affinity in place of any of its own. */
function onNode(own: ManifestObject, node: string | undefined): object {
  const spec = specSchema.parse(own['spec']);
  if (node === undefined) return spec;
  const matchFields = [{key: 'metadata.name', operator: 'In', values: [node]}];
  return {
    ...spec,
    affinity: {
      nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchFields}]}},
    },
  };
}
