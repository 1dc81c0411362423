/** Lets a bounded number of tasks run at once, in the order in which they came. */
export interface Turns {
  run<Value>(task: () => Promise<Value>): Promise<Value>;
}

/** A task that takes longer than `patience` milliseconds goes on, and the next one has its turn: no slow one holds up all. */
export function createTurns(atOnce: number, patience: number): Turns {
  const waiting: (() => void)[] = [];
  let free = atOnce;
  const next = (): void => {
    const first = waiting.shift();
    if (first === undefined) free += 1;
    else first();
  };
  return {
    async run(task) {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      let passed = false;
      const pass = (): void => {
        if (!passed) next();
        passed = true;
      };
      const timer = setTimeout(pass, patience);
      try {
        return await task();
      } finally {
        clearTimeout(timer);
        pass();
      }
    },
  };
}
