import {type ContainerRuntimeClient, getContainerRuntimeClient} from 'testcontainers';
import {z} from 'zod';
import {ask} from './command.ts';
import {SuiteError} from '../harness/errors.ts';

/** A container engine that answers. */
export interface Engine {
  /** The command line client of the engine, which kind uses too. */
  readonly tool: 'docker' | 'podman';
  readonly client: ContainerRuntimeClient;
  readonly version: string;
  /** For every command that reaches the engine: the same engine as the client's, and kind's provider. */
  readonly env: Readonly<Record<string, string>>;
  /** True where the engine's kernel is this machine's, so what is read under /proc and /sys holds for the nodes. */
  readonly local: boolean;
  readonly cgroupVersion: 1 | 2;
  /** Directory of the engine's images and containers. */
  readonly dataRoot: string;
}

const infoSchema = z.object({
  ServerVersion: z.string(),
  CgroupVersion: z.string().optional(),
  DockerRootDir: z.string(),
  KernelVersion: z.string().optional(),
});
const versionSchema = z.object({Components: z.array(z.object({Name: z.string()})).optional()});
const modemSchema = z.object({socketPath: z.string().optional()});

/**
 * The engine that testcontainers finds: the one of DOCKER_HOST or the docker context, else a socket in the usual places.
 *
 * @returns undefined where none answers
 * @throws SuiteError (noEngine) where one answers and its command line client is missing
 */
export async function findEngine(signal: AbortSignal): Promise<Engine | undefined> {
  let client: ContainerRuntimeClient;
  try {
    client = await getContainerRuntimeClient();
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
  const {dockerode} = client.container;
  const info = infoSchema.parse(await dockerode.info());
  const {Components = []} = versionSchema.parse(await dockerode.version());
  const tool = Components.some(({Name}) => /podman/i.test(Name)) ? 'podman' : 'docker';
  const {socketPath} = modemSchema.parse(dockerode.modem);
  if ((await ask(tool, ['--version'], signal)) === undefined) {
    throw new SuiteError(
      'noEngine',
      `a container engine answers, but its client "${tool}", which kind needs, is not on PATH`,
      {
        next: `install the command line client "${tool}" (Debian, Ubuntu: apt-get install ${tool === 'docker' ? 'docker-cli' : 'podman'})`,
      },
    );
  }
  return {
    tool,
    client,
    version: info.ServerVersion,
    env: {
      ...(tool === 'docker' && socketPath !== undefined ? {DOCKER_HOST: `unix://${socketPath}`} : {}),
      ...(tool === 'podman' ? {KIND_EXPERIMENTAL_PROVIDER: 'podman'} : {}),
    },
    local: process.platform === 'linux' && info.KernelVersion === (await ask('uname', ['-r'], signal)),
    cgroupVersion: info.CgroupVersion === '1' ? 1 : 2,
    dataRoot: info.DockerRootDir,
  };
}
