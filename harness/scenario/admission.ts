import {z} from 'zod';

const containerSchema = z.looseObject({name: z.string(), command: z.array(z.string()).min(5)});

const reviewSchema = z.looseObject({
  request: z.looseObject({
    uid: z.string(),
    object: z.looseObject({
      spec: z.looseObject({
        containers: z.array(containerSchema).min(1),
        initContainers: z.array(z.looseObject({name: z.string()})).optional(),
      }),
    }),
  }),
});

/**
 * The answer of a mutating webhook that puts a sidecar in front of all other containers of a Pod, as service meshes do. It is
 * made of the Pod's last container, so that it writes to the same journal, and has no rule of its own.
 *
 * @param review an AdmissionReview v1 of a Pod of manifests/, as the API server sent it
 * @param name of the sidecar
 * @returns the AdmissionReview to answer with
 * @throws Error where the review is of no such Pod
 */
export function addSidecar(review: unknown, name: string): object {
  const {uid, object} = reviewSchema.parse(review).request;
  const {containers, initContainers} = object.spec;
  const model = containerSchema.parse(containers.at(-1));
  const [shell, flag, script] = model.command;
  const sidecar = {
    ...model,
    name,
    command: [shell, flag, script, name, 'regular'],
    restartPolicy: 'Always',
    startupProbe: {exec: {command: ['test', '-e', '/tmp/ready']}, periodSeconds: 1, failureThreshold: 60},
  };
  const patch =
    initContainers === undefined
      ? {op: 'add', path: '/spec/initContainers', value: [sidecar]}
      : {op: 'add', path: '/spec/initContainers/0', value: sidecar};
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed: true,
      patchType: 'JSONPatch',
      patch: Buffer.from(JSON.stringify([patch])).toString('base64'),
    },
  };
}
