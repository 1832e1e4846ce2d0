/** Something that tests wait on by its state, not by a clock. */
export class Changes {
  readonly #looks = new Set<() => void>();

  /** Resolves as soon as the state fits; now, where it already does. */
  async until(fits: () => boolean): Promise<void> {
    if (fits()) return;
    const {promise, resolve} = Promise.withResolvers<undefined>();
    const look = (): void => {
      if (fits()) resolve(undefined);
    };
    this.#looks.add(look);
    await promise;
    this.#looks.delete(look);
  }

  protected changed(): void {
    for (const look of this.#looks) look();
  }
}

/** What a callback was called with, in order. */
export class Calls<T> extends Changes {
  readonly all: T[] = [];

  readonly take = (call: T): void => {
    this.all.push(call);
    this.changed();
  };

  /** Resolves with every call so far once there are that many. */
  async first(count: number): Promise<readonly T[]> {
    await this.until(() => this.all.length >= count);
    return this.all;
  }
}
