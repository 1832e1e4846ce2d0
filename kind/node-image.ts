import {SuiteError} from '../harness/errors.ts';
import {ask, run} from './command.ts';
import type {ConfigImage} from './config.ts';
import {needRoom} from './disk.ts';
import type {Engine} from './engine.ts';
import {ensureNodeImage, nodeImageName} from './node-image/build.ts';
import {step} from './progress.ts';
import {registryAnswers} from './registry.ts';

/** Which node image a cluster gets, and where from. */
export interface NodeImage {
  readonly image: string;
  readonly from: 'registry' | 'built' | 'given';
  /** The release it is expected to run; undefined for the user's own image. */
  readonly release: string | undefined;
  /** True when the engine has it. */
  readonly present: boolean;
}

/** What of the choice of a node image the user made. */
export interface ImageChoice {
  readonly kubernetes?: string | undefined;
  readonly nodeImage?: string | undefined;
}

/**
 * Decides the node image: the user's own; else kindest/node by the digest in the config where the engine has it or a
 * registry answers; else one that is built here.
 */
export async function chooseNodeImage(
  config: ConfigImage,
  choice: ImageChoice,
  engine: Engine,
  signal: AbortSignal,
): Promise<NodeImage> {
  const isPresent = async (image: string): Promise<boolean> =>
    (await ask(engine.tool, ['image', 'inspect', '--format', '{{.Id}}', image], signal)) !== undefined;
  if (choice.nodeImage !== undefined) {
    return {
      image: choice.nodeImage,
      from: 'given',
      release: choice.kubernetes,
      present: await isPresent(choice.nodeImage),
    };
  }
  const release = releaseOf(choice.kubernetes) ?? config.buildRelease;
  const built = nodeImageName(release);
  if (choice.kubernetes === undefined || release === config.imageRelease) {
    if (await isPresent(config.image))
      return {image: config.image, from: 'registry', release: config.imageRelease, present: true};
    if (await isPresent(built)) return {image: built, from: 'built', release, present: true};
    if (await registryAnswers(config.image, engine.client.container.dockerode, signal))
      return {image: config.image, from: 'registry', release: config.imageRelease, present: false};
  }
  return {image: built, from: 'built', release, present: await isPresent(built)};
}

/** A release as it was typed, without the leading v. @throws SuiteError (usage) */
export function releaseOf(typed: string | undefined): string | undefined {
  if (typed === undefined) return undefined;
  const release = /^v?(1\.\d+\.\d+)$/.exec(typed)?.[1];
  if (release === undefined)
    throw new SuiteError('usage', `"${typed}" is not a Kubernetes release`, {next: 'write it like 1.36.3'});
  return release;
}

/** Brings a chosen image into the engine: pulls or builds it. */
export async function fetchNodeImage(
  chosen: NodeImage,
  engine: Engine,
  options: {readonly yes: boolean; readonly signal: AbortSignal},
): Promise<void> {
  if (chosen.present) return;
  if (chosen.from === 'built' && chosen.release !== undefined) {
    await ensureNodeImage(chosen.release, engine, options);
    return;
  }
  await needRoom(`the node image ${chosen.image}`, [{path: engine.local ? engine.dataRoot : '.', bytes: 2e9}]);
  await step(`Pull ${chosen.image}`, say =>
    run(engine.tool, ['pull', chosen.image], {
      signal: options.signal,
      env: engine.env,
      exit: 'bootFailed',
      next: 'name an image that the engine has, or leave --node-image out',
      onLine: say,
    }),
  );
}
