/**
 * Looks of this process that were given up and have not come back. Each keeps one of the four threads that read files, and
 * two of those have to stay: without any, the agent can neither read nor write. Whoever may mount in a container may make a
 * file system that never answers.
 */
const hanging = { now: 0, most: 2 };

/** A time for several looks together at files that may never answer. */
export class Patience {
  readonly #over = Promise.withResolvers<undefined>();
  #isOver = false;

  constructor(milliseconds: number) {
    setTimeout(() => {
      this.#isOver = true;
      this.#over.resolve(undefined);
    }, milliseconds).unref();
  }

  /**
   * `undefined` for what fails, or is not there in time; what is begun too late, or while too many looks hang, is not
   * begun.
   */
  async with<T>(look: () => Promise<T>): Promise<T | undefined> {
    if (this.#isOver || hanging.now >= hanging.most) return undefined;
    let isWaiting = true;
    const looking = look()
      .catch(() => undefined)
      .finally(() => (isWaiting = false));
    const found = await Promise.race([looking, this.#over.promise]);
    if (!isWaiting) return found;
    hanging.now += 1;
    void looking.then(() => (hanging.now -= 1));
    return undefined;
  }

  /** One after the other, so that a question never has more than one file waiting. What is not seen is missing. */
  async withEach<Key, T>(keys: readonly Key[], look: (key: Key) => Promise<T | undefined>): Promise<Map<Key, T>> {
    const found = new Map<Key, T>();
    for (const key of keys) {
      const answer = await this.with(() => look(key));
      if (answer !== undefined) found.set(key, answer);
    }
    return found;
  }
}
