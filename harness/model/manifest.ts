import {stringify} from 'yaml';
import type {ModelContainer, ModelPod, Story} from './pod.ts';

/**
 * What every container runs. One that waits reads its exit code from /journal/NAME.in; an init container whose pipe is there
 * has waited before, and ends with 0.
 */
const script = `trap 'exit 143' TERM
pipe="/journal/$0.in"
if [ "$1" = done ] || { [ "$1" = once ] && [ -p "$pipe" ]; }; then sleep 0.1; exit 0; fi
[ -p "$pipe" ] || mkfifo "$pipe"
exec 3<>"$pipe"
read -r code <&3
exit "$code"
`;

/**
 * A Pod of the model as a manifest that meets the `restricted` Pod Security Standard.
 *
 * @param name the Pod's name
 * @param image an image with a shell like busybox
 */
export function manifestOf(pod: ModelPod, name: string, image: string) {
  const of = (regular: boolean) =>
    pod.containers.filter(({kind}) => (kind === 'regular') === regular).map(each => container(each, image));
  const first = of(false);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name},
    spec: {
      restartPolicy: pod.restartPolicy,
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: 'RuntimeDefault'}},
      volumes: [{name: 'journal', emptyDir: {}}],
      ...(first.length === 0 ? {} : {initContainers: first}),
      containers: of(true),
    },
  };
}

/** A story as YAML that `kubectl apply -f` takes as it is; the first lines are the commands that tell it. */
export function manifestText({pod, exits}: Story, name: string, image: string): string {
  const commands = [
    `kubectl apply -f ${name}.yaml`,
    ...exits.map(
      ({container: told, code}) => `kubectl exec ${name} -c ${told} -- sh -c 'echo ${code} > /journal/${told}.in'`,
    ),
  ];
  const manifest = stringify(manifestOf(pod, name, image), {aliasDuplicateObjects: false, lineWidth: 0});
  return `${commands.map(command => `#   ${command}\n`).join('')}${manifest}`;
}

function container({name, kind, restartPolicy, rules, waits = false}: ModelContainer, image: string) {
  const role = kind !== 'init' ? 'waits' : waits ? 'once' : 'done';
  return {
    name,
    image,
    command: ['sh', '-c', script, name, role],
    ...(restartPolicy === undefined ? {} : {restartPolicy}),
    ...(rules.length === 0
      ? {}
      : {
          restartPolicyRules: rules.map(({action, operator, values}) => ({
            action,
            exitCodes: {operator, values: [...values]},
          })),
        }),
    volumeMounts: [{name: 'journal', mountPath: '/journal'}],
    resources: {requests: {cpu: '10m', memory: '16Mi'}, limits: {cpu: '1', memory: '64Mi'}},
    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: ['ALL']}},
  };
}
