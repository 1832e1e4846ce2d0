import type {Engine} from './engine.ts';

const probeMs = 4000;

/**
 * Whether the registry of an image answers the engine for it, decided within seconds. The engine asks, because it is the
 * engine that would pull: through its own proxy, mirror and credentials.
 */
export async function registryAnswers(image: string, engine: Engine, signal: AbortSignal): Promise<boolean> {
  const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(probeMs)]);
  try {
    await engine.client.container.dockerode.getImage(image).distribution({abortSignal});
    return true;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
