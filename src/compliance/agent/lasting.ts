/** Something that is made once, and good for a while. */
export interface Lasting<Value> {
  /** The one that is good now, or a new one. Rejects where none can be made. */
  current(): Promise<Value>;
  /** The next question makes a new one. */
  end(): void;
}

/** Makes something at the first question, and again when it is older than so many milliseconds. */
export function lasting<Value>(make: () => Promise<Value>, longest: number): Lasting<Value> {
  let good: { readonly value: Promise<Value>; readonly began: number } | undefined;
  return {
    async current() {
      const now = performance.now();
      if (good === undefined || now - good.began > longest) good = { value: make(), began: now };
      const { value } = good;
      try {
        return await value;
      } catch (error) {
        if (good?.value === value) good = undefined;
        throw error;
      }
    },
    end() {
      good = undefined;
    },
  };
}
