/** One number that bounds what a caller may send, hold or ask. `docs/reference/limits.md` is made from all of them. */
export interface Limit {
  readonly value: number;
  /** `bytes`, `seconds`, `connections`, `requests in 10 s`. */
  readonly unit: string;
  /** Whom it bounds: `body`, `user`, `token`, `agent`, `address`, `image`, `host`, `console`. */
  readonly per: string;
  /** What happens beyond it: `413 too-large`, `429 busy`, `incident`. */
  readonly answer: string;
  /** Why it has this value, where that does not go without saying. */
  readonly why?: string;
}

/** The limits of a domain, in its `limits.ts`: `export const limits = { … } as const satisfies Limits`. */
export interface Limits {
  readonly [name: string]: Limit;
}
