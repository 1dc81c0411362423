/** Lets a bounded number of looks run at once, in the order in which they came; those of one image one after the other. */
export interface KeyedQueue {
  /** `full`: as many wait as may, so it is not taken. One that waits already for the image stands for this one too. */
  run(image: string, look: () => Promise<void>): Promise<void> | 'full';
}

export interface KeyedQueueSize {
  readonly atOnce: number;
  /** Missing: as many as there are who wait. */
  readonly mostWaiting?: number;
}

interface Waiting {
  readonly look: () => Promise<void>;
  readonly done: PromiseWithResolvers<void>;
}

export function createKeyedQueue({ atOnce, mostWaiting = Number.POSITIVE_INFINITY }: KeyedQueueSize): KeyedQueue {
  const waiting = new Map<string, Waiting>();
  const running = new Set<string>();

  function startNext(): void {
    for (const [image, { look, done }] of waiting) {
      if (running.size >= atOnce) return;
      if (running.has(image)) continue;
      waiting.delete(image);
      running.add(image);
      look()
        .finally(() => {
          running.delete(image);
          startNext();
        })
        .then(done.resolve, done.reject);
    }
  }

  return {
    run(image, look) {
      const already = waiting.get(image);
      if (already !== undefined) return already.done.promise;
      const canStart = running.size < atOnce && !running.has(image);
      if (!canStart && waiting.size >= mostWaiting) return 'full';
      const done = Promise.withResolvers<void>();
      waiting.set(image, { look, done });
      startNext();
      return done.promise;
    },
  };
}
