import type { Clock } from '#base/index.ts';

export interface HoldOptions {
  readonly clock: Clock;
  /** How long a value is good for. */
  readonly milliseconds: number;
  /** Values that are held at once; beyond, the oldest go. */
  readonly most: number;
}

/** Reads a value once for all who ask within a time; what failed is read again. */
export function hold<Value>({ clock, milliseconds, most }: HoldOptions) {
  const held = new Map<string, { readonly until: number; readonly value: Promise<Value> }>();
  return async (key: string, read: () => Promise<Value>): Promise<Value> => {
    const now = clock().getTime();
    const found = held.get(key);
    if (found !== undefined && found.until > now) return await found.value;
    const value = read();
    held.delete(key);
    held.set(key, { until: now + milliseconds, value });
    for (const oldest of held.keys()) {
      if (held.size <= most) break;
      held.delete(oldest);
    }
    value.catch(() => held.delete(key));
    return await value;
  };
}
