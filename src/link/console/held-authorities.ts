import type { Authorities } from './authorities.ts';

/** The authorities as last read. */
export interface HeldAuthorities {
  /** Read at first use; a failed read is tried again. */
  current(): Promise<Authorities>;
  /** Reads them anew. What was read before stays in use when that fails. */
  renew(): Promise<Authorities>;
}

export function holdAuthorities(read: () => Promise<Authorities>): HeldAuthorities {
  let held: Promise<Authorities> | undefined;
  return {
    current: () => {
      held ??= read().catch((error: unknown) => {
        held = undefined;
        throw error;
      });
      return held;
    },
    renew: async () => {
      const fresh = await read();
      held = Promise.resolve(fresh);
      return fresh;
    },
  };
}
