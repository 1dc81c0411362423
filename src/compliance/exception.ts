import type { Evidence } from './check.ts';

/** An approved exception that holds now, for a subject where it stands. */
export interface HeldException {
  readonly id: string;
  readonly check: string;
  readonly values: readonly string[];
  readonly expiresAt: Date;
}

/** What of a result an exception is held against. */
export interface ExceptableResult {
  readonly id: string;
  readonly state: string;
  readonly seen?: readonly string[] | undefined;
  readonly evidence: readonly Pick<Evidence, 'at' | 'value'>[];
}

/** What keeps a result from counting. */
export interface Cover {
  /** The first end of those that are needed. */
  readonly until: Date;
  readonly exceptions: readonly string[];
}

/** What has to stay the same for an exception to hold: what was seen, or where nothing is named, what was judged. */
export function valuesOf({ state, seen = [], evidence }: ExceptableResult): readonly string[] {
  if (state !== 'fail' && state !== 'warn') return [];
  return seen.length > 0 ? [...new Set(seen)] : evidence.map(({ at, value }) => `${at} = ${value}`);
}

/** The exceptions that together name every value of a result, the last to end first; `undefined`: one is not named. */
export function coverOf(result: ExceptableResult, held: readonly HeldException[]): Cover | undefined {
  const values = valuesOf(result);
  if (values.length === 0) return undefined;
  const own = held
    .filter(({ check }) => check === result.id)
    .toSorted((left, right) => right.expiresAt.getTime() - left.expiresAt.getTime() || (left.id < right.id ? -1 : 1));
  const needed = new Map<string, HeldException>();
  for (const value of values) {
    const exception = own.find((one) => one.values.includes(value));
    if (exception === undefined) return undefined;
    needed.set(exception.id, exception);
  }
  const until = Math.min(...[...needed.values()].map(({ expiresAt }) => expiresAt.getTime()));
  return { until: new Date(until), exceptions: [...needed.keys()] };
}
