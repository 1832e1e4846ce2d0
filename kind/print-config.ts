import {withAdditions} from './additions.ts';
import {readConfig} from './config.ts';
import {hostFacts} from './host.ts';
import {ensureEngine} from './install-engine.ts';
import {chooseNodeImage, type ImageChoice} from './node-image.ts';
import {tell} from './progress.ts';

/**
 * The kind Cluster file as `rac cluster up` would use it here: with this host's additions and the node image that would
 * be used.
 *
 * @returns YAML that `kind create cluster --config -` takes
 */
export async function effectiveConfig(
  asked: string,
  choice: ImageChoice & {readonly apiPort?: number},
  signal: AbortSignal,
): Promise<string> {
  const config = await readConfig(asked);
  const engine = await ensureEngine({yes: false, signal});
  const chosen = await chooseNodeImage(config, choice, engine, signal);
  const workers = config.workers === undefined ? undefined : await chooseNodeImage(config.workers, {}, engine, signal);
  const facts = await hostFacts(engine, chosen.image, signal);
  const {text, lines} = withAdditions(config.text, facts, {
    image: chosen.image,
    workerImage: workers?.image,
    ...(choice.apiPort === undefined ? {} : {apiPort: choice.apiPort}),
  });
  for (const line of lines) tell(`added: ${line}`);
  for (const each of workers === undefined ? [chosen] : [chosen, workers])
    if (!each.present && each.from === 'built')
      tell(`the node image ${each.image} is not built yet; rac cluster up ${asked} builds it`);
  return text;
}
