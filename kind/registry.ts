import {once} from 'node:events';

const probeMs = 4000;

/** What of the engine's API asks a registry for an image's digest without pulling it. */
export interface Distribution {
  getImage(name: string): {distribution(options: {abortSignal: AbortSignal}): Promise<unknown>};
}

/**
 * Whether the registry of an image answers for it, decided within seconds. The engine asks, because it is the engine that
 * would pull: through its own proxy, mirror and credentials.
 *
 * @param engine the engine's API client
 */
export async function registryAnswers(
  image: string,
  engine: Distribution,
  signal: AbortSignal,
  withinMs = probeMs,
): Promise<boolean> {
  const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(withinMs)]);
  // The connection to the engine may outlive the abort, so it is not what is waited for.
  const tooLate = once(abortSignal, 'abort').then(() => false);
  const answer = engine
    .getImage(image)
    .distribution({abortSignal})
    .then(
      () => true,
      () => false,
    );
  const answers = await Promise.race([answer, tooLate]);
  signal.throwIfAborted();
  return answers;
}
