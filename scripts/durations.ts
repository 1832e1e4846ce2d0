import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {z} from 'zod';
import {expectedSeconds, type Scenario} from '../harness/recording/scenario.ts';
import {cacheDirectory, writeWhole} from '../kind/cache.ts';

const schema = z.record(z.string(), z.number().nonnegative());

/** How many seconds each scenario took when it was last recorded, by its id. */
export type Durations = Readonly<Record<string, number>>;

/** What earlier runs on this machine took; nothing where there was none, or the file is not as it should be. */
export function pastDurations(): Durations {
  try {
    return schema.parse(JSON.parse(readFileSync(file(), 'utf8')));
  } catch {
    return {};
  }
}

/** Keeps what this run took, for the time left of later ones; a cache that can't be written costs nothing else. */
export async function keepDurations(took: Durations): Promise<void> {
  await writeWhole(file(), `${JSON.stringify({...pastDurations(), ...took}, null, 2)}\n`).catch(() => undefined);
}

/** How long a scenario takes, as far as is known. */
export function secondsOf(scenario: Scenario, past: Durations): number {
  return past[scenario.id] ?? expectedSeconds(scenario);
}

function file(): string {
  return join(cacheDirectory(), 'durations.json');
}
