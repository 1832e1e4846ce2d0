import {z} from 'zod';
import {ApiError, type Api} from '../target/api.ts';
import {runLabel} from './labels.ts';

const collection = '/api/v1/persistentvolumes';
const listSchema = z.looseObject({items: z.array(z.looseObject({metadata: z.looseObject({name: z.string()})}))});

/**
 * Deletes the volumes that a run made, which belong to no namespace; each goes once the claim on it is gone.
 *
 * @returns their names
 * @throws ApiError or SuiteError where that is refused
 */
export async function removeVolumes(api: Api, run: string): Promise<readonly string[]> {
  const selector = encodeURIComponent(`${runLabel}=${run}`);
  const {items} = listSchema.parse(await api.json(`${collection}?labelSelector=${selector}`));
  const names = items.map(({metadata}) => metadata.name);
  for (const name of names) {
    await api.json(`${collection}/${name}`, {method: 'DELETE'}).catch((error: unknown) => {
      if (!(error instanceof ApiError && error.code === 404)) throw error;
    });
  }
  return names;
}
