/**
 * Does something with each of some things in one of some places, with one thing at a time in each: a place that is free takes
 * the next.
 *
 * @throws what the first that failed threw
 */
export async function inPlaces<Thing, Place>(
  things: readonly Thing[],
  places: readonly Place[],
  work: (thing: Thing, place: Place) => Promise<void>,
): Promise<void> {
  const left = things.values();
  await Promise.all(
    places.map(async place => {
      for (const thing of left) await work(thing, place);
    }),
  );
}
