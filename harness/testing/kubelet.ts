import {z} from 'zod';
import {containersOf, podSchema, type Pod} from '../recording/pod.ts';
import {type ApiServer} from './api-server.ts';
import {exited, running, waiting, type ContainerNow} from './a-pod.ts';
import {respond, type Collection, type Draft} from './collection.ts';

const patchSchema = z.looseObject({
  spec: z.looseObject({ephemeralContainers: z.array(z.looseObject({name: z.string()}))}),
});

/** How the Pods of a stand-in cluster do. */
export interface Behaviour {
  /** Reason for which no container gets beyond waiting. */
  readonly stuck?: string;
  /** Called in place of a restart of all containers when one is told to exit. */
  readonly insteadOfRestart?: () => void;
}

/** Plays the kubelet of one namespace's first Pod: runs its containers, and all of them again when one is told to exit. */
export async function playKubelet(server: ApiServer, namespace: string, behaviour: Behaviour = {}): Promise<void> {
  const pods = server.collection(`/api/v1/namespaces/${namespace}/pods`);
  const {insteadOfRestart, stuck} = behaviour;
  server.on('PATCH', /\/ephemeralcontainers$/, (response, {body}) => {
    const {ephemeralContainers} = patchSchema.parse(body).spec;
    const pod = stored(pods);
    respond(
      response,
      200,
      put(pods, {...pod, spec: {...pod.spec, ephemeralContainers}}, () => 'first'),
    );
  });
  server.onExec(call => {
    if (call.command.at(0) === 'cat') {
      call.succeed('10.00 20.00\n');
    } else {
      call.succeed('');
      if (insteadOfRestart === undefined) put(pods, stored(pods), kind => (kind === 'ephemeral' ? 'first' : 'second'));
      else insteadOfRestart();
    }
  });
  await pods.until(() => pods.names.length === 1);
  put(pods, stored(pods), () => 'first', stuck);
}

function stored(pods: Collection): Pod {
  return podSchema.parse(pods.object(pods.names[0] ?? ''));
}

/** Stores the Pod with every container in the given run, or stuck. */
function put(pods: Collection, pod: Pod, run: (kind: string) => string, stuck?: string): Draft {
  const all = containersOf(pod).map(({name, kind}) => ({
    kind,
    status: {name, restartCount: 0, ...now(kind, `${name}-${run(kind)}`, stuck)},
  }));
  const of = (...kinds: string[]) => all.filter(({kind}) => kinds.includes(kind)).map(({status}) => status);
  const status = {
    phase: 'Running',
    conditions: [],
    initContainerStatuses: of('init', 'sidecar'),
    containerStatuses: of('regular'),
    ephemeralContainerStatuses: of('ephemeral'),
  };
  const version = {...pod, status};
  return pods.put(version);
}

function now(kind: string, containerID: string, stuck: string | undefined): ContainerNow {
  if (stuck !== undefined) return waiting(stuck, 'no luck');
  return kind === 'init' ? exited(containerID, 0) : running(containerID);
}
