import {parse, stringify} from 'yaml';
import {z} from 'zod';
import {gate} from '../harness/recording/target.ts';
import type {Machine} from './node-actions.ts';

const manifest = '/etc/kubernetes/manifests/kube-apiserver.yaml';
const kept = '/etc/kubernetes/kube-apiserver.yaml.kept';
const draft = '/etc/kubernetes/kube-apiserver.yaml.draft';

const podSchema = z.looseObject({
  spec: z.looseObject({
    containers: z.tuple([z.looseObject({command: z.array(z.string())})], z.unknown()),
  }),
});

/**
 * Turns the feature's gate of an API server that is a static Pod off, or puts its manifest back, and waits until the API
 * server that then answers says so itself and is ready. The one before is killed: it would take its whole grace period.
 */
export function apiServerGate(state: 'on' | 'off') {
  return async (machine: Machine, _subject: unknown, signal: AbortSignal): Promise<string> => {
    if (state === 'off') {
      await machine.run(['cp', '--no-clobber', manifest, kept], signal);
      const text = await machine.run(['cat', kept], signal);
      await machine.run(['cp', '/dev/stdin', draft], signal, withGateOff(text));
      await machine.run(['mv', draft, manifest], signal);
    } else {
      await machine.run(['sh', '-c', `[ ! -e ${kept} ] || mv ${kept} ${manifest}`], signal);
    }
    const ask = 'kubectl --kubeconfig=/etc/kubernetes/admin.conf get --raw';
    const says = `^kubernetes_feature_enabled{name="${gate}",.*} ${state === 'on' ? '1' : '0'}$`;
    const kill = `grep -q '${gate}=false' /proc/$pid/cmdline ${state === 'on' ? '&&' : '||'} kill -KILL $pid`;
    const script = `until ${ask}=/metrics | grep -q '${says}' && ${ask}=/readyz
do for pid in $(pgrep -x kube-apiserver); do ${kill}; done; sleep 0.5; done`;
    return machine.run(['timeout', '120', 'sh', '-c', script], signal);
  };
}

/** The manifest of an API server with the feature's gate off, and all else as it was. */
export function withGateOff(text: string): string {
  const pod = podSchema.parse(parse(text));
  const [server, ...others] = pod.spec.containers;
  const flag = '--feature-gates=';
  const gates = server.command.findLast(each => each.startsWith(flag))?.slice(flag.length) ?? '';
  const left = gates.split(',').filter(each => each !== '' && !each.startsWith(`${gate}=`));
  const command = [
    ...server.command.filter(each => !each.startsWith(flag)),
    `${flag}${[...left, `${gate}=false`].join(',')}`,
  ];
  return stringify({...pod, spec: {...pod.spec, containers: [{...server, command}, ...others]}});
}
